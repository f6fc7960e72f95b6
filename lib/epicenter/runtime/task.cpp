#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/detail/parking.hpp>
#include <epicenter/runtime/task.hpp>
#include <exception>
#include <list>

namespace epicenter::runtime {
namespace {

task<> run_top(task<> body) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await boost::asio::post(boost::asio::use_awaitable);
  co_await std::move(body);
}

// Posted, so that a child's first step never runs inside its owner's call of spawn.
task<> run_child(std::shared_ptr<detail::child_control> control, task<> body) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await boost::asio::post(boost::asio::use_awaitable);
  control->started();
  co_await std::move(body);
}

}  // namespace

void spawn(runtime& rt, std::string name, task<> body) {
  rt.task_started(name);
  auto ended = [&rt, name](std::exception_ptr thrown) {
    if (thrown) rt.fail_run(thrown, name);
    rt.task_ended(name);
  };
  boost::asio::co_spawn(rt.get_executor(), run_top(std::move(body)), std::move(ended));
}

task<bool> is_cancelled() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

struct task_group::state {
  explicit state(runtime& world) : rt(world) {}

  void cancel() {
    cancelled = true;
    for (const auto& child : children) child->cancel();
  }

  runtime& rt;
  std::list<std::shared_ptr<detail::child_control>> children;
  detail::parking_lot joiners;
  bool cancelled = false;
};

task_group::task_group(runtime& rt) : state_(std::make_shared<state>(rt)) {}

task_group::~task_group() {
  if (state_->children.empty()) return;
  state_->cancel();
  // While an exception unwinds the owner, that exception is the failure to report.
  if (std::uncaught_exceptions() > 0) return;
  try {
    throw_check_failed("task_group::size() == 0", "a task group was destroyed before its children ended");
  } catch (...) {
    state_->rt.fail_run(std::current_exception(), "task_group");
  }
}

void task_group::spawn(std::string name, task<> body) {
  auto control = std::make_shared<detail::child_control>(state_->rt);
  const auto place = state_->children.insert(state_->children.end(), control);
  state_->rt.task_started(name);
  if (state_->cancelled) control->cancel();
  auto ended = [shared = state_, place, name](std::exception_ptr thrown) {
    const std::shared_ptr<detail::child_control> self = *place;
    self->ended();
    shared->children.erase(place);
    if (thrown) shared->rt.fail_run(thrown, name);
    shared->rt.task_ended(name);
    if (shared->children.empty()) shared->joiners.wake_all();
  };
  boost::asio::co_spawn(state_->rt.get_executor(), run_child(control, std::move(body)),
                        boost::asio::bind_cancellation_slot(control->slot(), std::move(ended)));
}

std::size_t task_group::size() const {
  return state_->children.size();
}

void task_group::cancel() {
  state_->cancel();
}

task<> task_group::join() {
  const std::shared_ptr<state> shared = state_;
  const auto before = co_await boost::asio::this_coro::cancellation_state;
  if (before.cancelled() != boost::asio::cancellation_type::none) shared->cancel();
  while (!shared->children.empty()) {
    detail::parked self(shared->joiners);
    auto on_cancel = [group = shared.get()] { group->cancel(); };
    auto parking = detail::park(shared->rt, self, never, on_cancel);
    co_await std::move(parking);
  }
}

}  // namespace epicenter::runtime
