#include <sys/random.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/real/boot_clock.hpp>
#include <epicenter/runtime/real/connect_operation.hpp>
#include <epicenter/runtime/real/loop_handler.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/real/socket_stream.hpp>
#include <epicenter/runtime/real/splice_loop.hpp>
#include <optional>

namespace epicenter::runtime {
namespace {

std::uint64_t drawn_seed() {
  std::uint64_t seed = 0;
  EPICENTER_CHECK(::getrandom(&seed, sizeof(seed), 0) == ssize_t{sizeof(seed)},
                  "Linux gives 8 random bytes whole");
  return seed;
}

real_epoch epoch_now() {
  return {boot_clock::now().time_since_epoch(),
          std::chrono::time_point_cast<duration>(std::chrono::system_clock::now())};
}

// Keeps the timer alive until its handler is called or destroyed.
struct timed {
  using cancellation_slot_type = boost::asio::cancellation_slot;
  timed(std::unique_ptr<boot_timer> owned, wait_handler&& handler)
      : timer(std::move(owned)), inner(std::move(handler)) {}
  timed(timed&&) = default;
  // Asio leaves a pointer into the timer in the slot.
  ~timed() {
    if (timer) clear();
  }
  cancellation_slot_type get_cancellation_slot() const noexcept { return inner.get_cancellation_slot(); }
  void operator()(system_error_code code) {
    clear();
    timer.reset();
    std::move(inner)(code);
  }
  void clear() {
    auto slot = inner.get_cancellation_slot();
    if (slot.is_connected()) slot.clear();
  }
  std::unique_ptr<boot_timer> timer;
  wait_handler inner;
};

}  // namespace

struct real_runtime::impl {
  impl(const real_options& options, const real_epoch& begin)
      : epoch(begin),
        started(begin.since_boot),
        owned_loop(std::make_unique<boost::asio::io_context>(1)),
        loop(*owned_loop),
        pool(options.blocking_threads) {}

  real_epoch epoch;
  boot_clock::time_point started;
  std::unique_ptr<boost::asio::io_context> owned_loop;
  boost::asio::io_context& loop;
  std::unique_ptr<splice_loop> splices;  ///< made when the first pair needs it
  std::atomic<bool> stopped{false};
  bool closing = false;  ///< the world ends: handlers are destroyed, not called
  std::exception_ptr failure;
  boost::asio::thread_pool pool;
};

real_runtime::real_runtime(real_options options)
    : real_runtime(options, options.epoch ? *options.epoch : epoch_now()) {}

real_runtime::real_runtime(const real_options& options, const real_epoch& epoch)
    : runtime(options.seed != 0 ? options.seed : drawn_seed(), epoch.wall),
      impl_(std::make_unique<impl>(options, epoch)) {
  EPICENTER_CHECK(options.blocking_threads > 0, "blocking work needs a thread");
}

real_runtime::~real_runtime() {
  // Finished work posts to the loop, so the threads end first. Then the loop, while this object is still
  // whole: what is destroyed with it calls back.
  impl_->pool.join();
  impl_->closing = true;
  impl_->owned_loop.reset();
}

real_epoch real_runtime::epoch() const {
  return impl_->epoch;
}

void real_runtime::post(std::function<void()> call) {
  boost::asio::post(impl_->loop.get_executor(), std::move(call));
}

executor real_runtime::get_executor() {
  return impl_->loop.get_executor();
}

instant real_runtime::now() const {
  return instant(boot_clock::now() - impl_->started);
}

void real_runtime::wait_until(instant due, wait_handler handler) {
  if (impl_->closing) return;
  const duration since_start = due.time_since_epoch();
  const duration longest = boot_clock::time_point::max() - impl_->started;
  auto timer = std::make_unique<boot_timer>(impl_->loop.get_executor());
  timer->expires_at(impl_->started + std::min(since_start, longest));
  boot_timer& waiting = *timer;
  waiting.async_wait(timed(std::move(timer), std::move(handler)));
}

void real_runtime::connect(endpoint to, connect_handler handler) {
  start_connect(impl_->loop, std::move(to), std::move(handler));
}

result<listener_ptr> real_runtime::listen(endpoint where) {
  return make_socket_listener(impl_->loop, where);
}

void real_runtime::run_blocking(std::function<void()> work,
                                boost::asio::any_completion_handler<void()> done) {
  // The handler owns coroutines of the loop's thread: it must not be destroyed on a thread of the pool.
  auto job = [&loop = impl_->loop, body = std::move(work),
              h = std::make_unique<boost::asio::any_completion_handler<void()>>(std::move(done))]() mutable {
    body();
    auto call = [owned = std::move(h)] { std::move (*owned)(); };
    boost::asio::post(loop.get_executor(), std::move(call));
  };
  boost::asio::post(impl_->pool.get_executor(), std::move(job));
}

unseen_relay_ptr real_runtime::relay_unseen(stream& a, stream& b, relay_counters& counters,
                                            std::function<void()> on_done) {
  auto* const first = dynamic_cast<descriptor_lender*>(&a);
  auto* const second = dynamic_cast<descriptor_lender*>(&b);
  if (first == nullptr || second == nullptr || impl_->closing) return nullptr;
  if (!impl_->splices) impl_->splices = std::make_unique<splice_loop>(impl_->loop);
  return impl_->splices->start(*first, *second, counters, std::move(on_done));
}

void real_runtime::fail_run(std::exception_ptr thrown, std::string_view) {
  if (!impl_->failure) impl_->failure = thrown;
}

void real_runtime::run() {
  const boost::asio::executor_work_guard<loop_executor> keep_alive(impl_->loop.get_executor());
  while (!impl_->failure && !impl_->stopped && !live_tasks().empty()) {
    if (impl_->loop.stopped()) impl_->loop.restart();
    impl_->loop.run_one();
  }
  impl_->stopped = false;
  if (impl_->failure) std::rethrow_exception(impl_->failure);
}

void real_runtime::stop() {
  impl_->stopped = true;
  // An empty handler wakes the loop; stopping the context instead would lose a stop() that comes before
  // run().
  boost::asio::post(impl_->loop.get_executor(), [] {});
}

}  // namespace epicenter::runtime
