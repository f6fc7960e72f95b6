#include <algorithm>
#include <array>
#include <epicenter/base/check.hpp>
#include <epicenter/base/units.hpp>
#include <epicenter/runtime/virtual/network.hpp>
#include <epicenter/runtime/virtual/timers.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <stdexcept>

namespace epicenter::runtime {
namespace {

constexpr std::size_t remembered_events = 16;

struct past_event {
  instant when;
  event_kind kind;
};

std::string_view name_of(event_kind kind) {
  switch (kind) {
    case event_kind::timer:
      return "timer";
    case event_kind::delivery:
      return "delivery";
    case event_kind::reset:
      return "reset";
    case event_kind::connect:
      return "connect";
    case event_kind::blocking:
      return "blocking";
  }
  return "unknown";
}

std::string what_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15U + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdU;
}

}  // namespace

struct virtual_runtime::impl {
  explicit impl(const virtual_options& given)
      : options(given), world(given.seed), timers(world), net(world, given.link) {}

  void step() {
    const instant due = world.queue.next_due();
    queued_event& next = world.queue.pop();
    world.now = std::max(world.now, due);
    past[events % remembered_events] = {world.now, next.kind()};
    ++events;
    hash = mixed(mixed(hash, static_cast<std::uint64_t>(world.now.time_since_epoch().count())),
                 static_cast<std::uint64_t>(next.kind()));
    next.fire();
  }

  std::string last_events() const {
    std::string text;
    const std::uint64_t first = events - std::min<std::uint64_t>(events, remembered_events);
    for (std::uint64_t i = first; i < events; ++i) {
      const past_event& one = past[i % remembered_events];
      text.append(text.empty() ? "" : ", ").append(name_of(one.kind)).append(" at ");
      text.append(format_duration(one.when.time_since_epoch()));
    }
    return text;
  }

  virtual_options options;
  simulation world;
  timer_set timers;
  network net;
  std::uint64_t events = 0;
  std::uint64_t hash = 0;
  std::array<past_event, remembered_events> past{};
  std::optional<std::string> failure;
};

virtual_runtime::virtual_runtime(virtual_options options)
    : runtime(options.seed, options.wall_epoch), impl_(std::make_unique<impl>(options)) {}

virtual_runtime::~virtual_runtime() {
  // Everything while this object is still whole: what is destroyed here calls back.
  impl_->world.closing = true;
  impl_->world.operations.abandon_all();
  impl_->world.owned_loop.reset();
}

executor virtual_runtime::get_executor() {
  return impl_->world.loop.get_executor();
}
instant virtual_runtime::now() const {
  return impl_->world.now;
}

void virtual_runtime::wait_until(instant due, wait_handler handler) {
  if (!impl_->world.closing) impl_->timers.wait_until(due, std::move(handler));
}

void virtual_runtime::connect(endpoint to, connect_handler handler) {
  impl_->net.connect(std::move(to), std::move(handler));
}

result<listener_ptr> virtual_runtime::listen(endpoint where) {
  return impl_->net.listen(std::move(where));
}

void virtual_runtime::run_blocking(std::function<void()> work,
                                   boost::asio::any_completion_handler<void()> done) {
  work();
  impl_->timers.call_at(now() + impl_->options.blocking_latency, std::move(done));
}

void virtual_runtime::fail_run(std::exception_ptr thrown, std::string_view task_name) {
  if (impl_->failure || impl_->world.closing) return;
  impl_->failure = "task «" + std::string(task_name) + "» threw: " + what_of(thrown) + "; seed " +
                   std::to_string(seed()) + ", at " + format_duration(now().time_since_epoch()) +
                   ", last events: " + impl_->last_events();
  impl_->world.loop.stop();
}

run_end virtual_runtime::run(instant limit) {
  simulation& world = impl_->world;
  for (;;) {
    if (!impl_->failure) {
      world.loop.restart();
      world.loop.poll();
    }
    if (impl_->failure) throw std::runtime_error(*impl_->failure);
    if (live_tasks().empty()) return run_end::finished;
    // What waits for ever is in the queue too, at the end of time.
    if (world.queue.empty() || world.queue.next_due() == instant::max()) return run_end::stuck;
    if (world.queue.next_due() > limit) {
      world.now = std::max(world.now, limit);
      return run_end::limit;
    }
    impl_->step();
  }
}

void virtual_runtime::set_link(std::string host, link_model model) {
  EPICENTER_CHECK(model.buffer > 0, "a link carries at least one byte");
  EPICENTER_CHECK(model.latency >= duration{0} && model.jitter >= duration{0}, "a link does not look ahead");
  impl_->net.set_link(host == "localhost" ? "127.0.0.1" : std::move(host), model);
}

void virtual_runtime::set_unknown_hosts(std::vector<std::string> hosts) {
  impl_->net.set_unknown_hosts(std::move(hosts));
}

std::uint64_t virtual_runtime::events_run() const {
  return impl_->events;
}
std::uint64_t virtual_runtime::event_hash() const {
  return impl_->hash;
}

}  // namespace epicenter::runtime
