// A fault at work: its behaviour, its selection, its lease and its counters.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "harness/faults/catalog.hpp"
#include "harness/faults/selector.hpp"

namespace epicenter::proxy {

/// Shared by the control side, which alone changes the lease and ends the fault, and by the loops that carry
/// the traffic.
struct active_fault {
  active_fault(faults::fault_spec s, const faults::fault_type& t, std::unique_ptr<faults::fault> made,
               instant now, std::uint64_t seed)
      : id(s.id),
        route(s.route),
        type(t),
        behaviour(std::move(made)),
        hooks(behaviour->acts_on()),
        selector(s.match, faults::ramp{now, s.ramp_in, s.ramp_out, s.lasting},
                 runtime::derive_seed(seed, "choices")),
        values_seed(runtime::derive_seed(seed, "values")),
        max_active(s.max_active),
        spec(std::move(s)) {}

  const std::string id;
  const std::string route;  ///< empty: acts on every route
  const faults::fault_type& type;
  const std::unique_ptr<faults::fault> behaviour;
  const faults::hooks hooks;
  faults::selector selector;        ///< which calls are hit
  const std::uint64_t values_seed;  ///< what is done to them: a draw more here shifts no choice
  const std::uint64_t max_active;
  const faults::fault_spec spec;  ///< as it was applied
  std::uint64_t version = 0;  ///< how often it was changed in place: each draws anew
  bool on_listener = false;       ///< acts on the route as a whole, and is not asked about calls
  faults::connection_verdict connection;
  instant lease_until{};
  std::atomic<bool> ended{false};
  std::atomic<std::uint64_t> touched{0}, injected{0}, skipped{0}, active{0};

  /// The random numbers of the n-th call that matched.
  runtime::random_stream values(std::uint64_t ordinal) const {
    return runtime::random_stream(runtime::derive_seed(values_seed, ordinal));
  }
};

/// It was hit, and found nothing to do.
inline void spare(active_fault& f) {
  --f.injected;
  ++f.skipped;
}
using active_fault_ptr = std::shared_ptr<active_fault>;

/// One call (or connection) that a fault holds or delays now: counted for as long as this lives.
class holding {
 public:
  holding() = default;
  explicit holding(active_fault_ptr by) : by_(std::move(by)) { ++by_->active; }
  holding(holding&& other) noexcept : by_(std::exchange(other.by_, nullptr)) {}
  holding& operator=(holding&& other) noexcept {
    std::swap(by_, other.by_);
    return *this;
  }
  holding(const holding&) = delete;
  holding& operator=(const holding&) = delete;
  ~holding() {
    if (by_) --by_->active;
  }
  const active_fault* by() const { return by_.get(); }

 private:
  active_fault_ptr by_;
};

}  // namespace epicenter::proxy
