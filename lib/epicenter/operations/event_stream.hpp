// One ordered stream of everything that the adapters of a process tell, for logs, metrics and whoever
// watches.
#pragma once

#include <cstdint>
#include <deque>
#include <epicenter/epic/events.hpp>
#include <epicenter/operations/upkeep_report.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace epicenter::operations {

/// The wall clock was set: it moved against the boot clock by so much; negative: backwards.
struct clock_stepped {
  duration by{};
};

using tenant_ptr = std::shared_ptr<const std::string>;

struct stream_event {
  std::uint64_t seq = 0;  ///< gap-free within the stream; a replayed event has the one it had
  instant at{};
  bool replayed = false;  ///< tells a new subscriber how things stand
  tenant_ptr tenant;      ///< whose adapter told it; null: the process itself
  std::variant<epic::event, clock_stepped, upkeep_ran> what;
};
using stream_event_ptr = std::shared_ptr<const stream_event>;

/// What one subscriber has not taken yet. Bounded: where it is full the oldest goes, and is counted.
class subscription {
 public:
  /// Oldest first, at most so many.
  std::vector<stream_event_ptr> take(std::size_t most);
  bool empty() const { return waiting_.empty(); }
  /// Events this subscriber will never see.
  std::uint64_t dropped() const { return dropped_; }
  const std::string& name() const { return name_; }

 private:
  friend class event_stream;
  void put(stream_event_ptr);

  std::string name_;
  std::size_t capacity_ = 1;
  std::function<void()> on_ready_;
  std::deque<stream_event_ptr> waiting_;
  std::uint64_t dropped_ = 0;
};
using subscription_ptr = std::shared_ptr<subscription>;

/// Used on its runtime's thread. No I/O and no clock: events bring their time.
class event_stream {
 public:
  event_stream() = default;
  event_stream(const event_stream&) = delete;
  event_stream& operator=(const event_stream&) = delete;

  /// What the adapter of this tenant is to be given. The stream must outlive it.
  epic::event_observer observer(std::string tenant);
  void publish(clock_stepped, instant at);
  void publish(upkeep_ran, instant at);

  /// The ring begins with the current state: each circuit that is not closed, the fallback where it is
  /// active, the last token, the alarm of an audit chain that does not verify; then everything that is
  /// published. on_ready is called when the empty ring gets an event, on the publisher's stack: it must
  /// return at once and must not publish. The stream forgets a subscription once nobody else holds it.
  /// Capacity: at least 1.
  subscription_ptr subscribe(std::string name, std::size_t capacity, std::function<void()> on_ready = {});

  /// Sees every event, none is dropped; called as on_ready is. For counters.
  using tap_function = std::function<void(const tenant_ptr&, const decltype(stream_event::what)&)>;
  void add_tap(tap_function);

  std::uint64_t published() const { return seq_; }
  /// Of the subscriptions that live, in the order they came.
  std::vector<subscription_ptr> subscriptions() const;

 private:
  struct standing {
    std::map<resilience::endpoint_class, stream_event_ptr> circuits;
    stream_event_ptr fallback;
    stream_event_ptr token;
  };
  void publish(const tenant_ptr&, decltype(stream_event::what), instant at);
  void remember(const stream_event_ptr&);

  std::uint64_t seq_ = 0;
  std::vector<tap_function> taps_;
  std::vector<std::weak_ptr<subscription>> subscriptions_;
  std::map<std::string, standing, std::less<>> standing_;  // by tenant
  stream_event_ptr chain_alarm_;
};

}  // namespace epicenter::operations
