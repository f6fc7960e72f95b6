#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <epicenter/runtime/real/real_runtime.hpp>

namespace epicenter::runtime {
namespace {

// Whoever sends it again wants the process to end, above all one whose loop hangs.
void hold_once(int number) {
  struct sigaction how {};
  if (::sigaction(number, nullptr, &how) != 0) return;
  how.sa_flags |= static_cast<int>(SA_RESETHAND);
  (void)::sigaction(number, &how, nullptr);
}

struct held_signals {
  explicit held_signals(const executor& loop) : set(loop) {}
  boost::asio::signal_set set;
  result<> held = {};
};

task<result<int>> next_of(std::shared_ptr<held_signals> wanted) {
  if (!wanted->held) co_return fail(std::move(wanted->held.error()));
  auto waiting = wanted->set.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  const auto [code, number] = co_await std::move(waiting);
  system_error_code ignored;
  wanted->set.clear(ignored);
  if (code) co_return fail(errc::cancelled);
  co_return number;
}

}  // namespace

task<result<int>> wait_for_signal(real_runtime& rt, std::vector<int> signals) {
  auto wanted = std::make_shared<held_signals>(rt.get_executor());
  for (const int one : signals) {
    system_error_code code;
    wanted->set.add(one, code);
    if (code) {
      wanted->held = fail(errc::io, "signal " + std::to_string(one) + ": " + code.message());
      break;
    }
    hold_once(one);
  }
  return next_of(std::move(wanted));
}

}  // namespace epicenter::runtime
