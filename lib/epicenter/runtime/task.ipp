// Implementation of the templates of task.hpp; included by task.hpp.
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/detail/child_control.hpp>
#include <optional>
#include <type_traits>

namespace epicenter::runtime {
namespace detail {

// What a child leaves for its owner. Holds no handler: handlers own frames, and frames own this.
template <class T>
struct child_outcome : child_control {
  using child_control::child_control;
  std::optional<T> value;
  std::exception_ptr thrown;
};

template <>
struct child_outcome<void> : child_control {
  using child_control::child_control;
  std::exception_ptr thrown;
};

// Cancellation shows in results, not as exceptions: throw_if_cancelled is a property of the whole chain of
// coroutines that this one starts.
template <class T>
task<> run_for_outcome(std::shared_ptr<child_outcome<T>> outcome, task<T> body) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  outcome->started();
  if constexpr (std::is_void_v<T>) {
    co_await std::move(body);
  } else {
    T value = co_await std::move(body);
    outcome->value.emplace(std::move(value));
  }
}

template <class T, class Ended>
void start_child(runtime& rt, std::shared_ptr<child_outcome<T>> outcome, task<T> body, Ended ended) {
  auto completed = [outcome, done = std::move(ended)](std::exception_ptr thrown) mutable {
    outcome->ended();
    outcome->thrown = thrown;
    std::move(done)();
  };
  boost::asio::co_spawn(rt.get_executor(), run_for_outcome<T>(outcome, std::move(body)),
                        boost::asio::bind_cancellation_slot(outcome->slot(), std::move(completed)));
}

template <class T>
using outcome_ptr = std::shared_ptr<child_outcome<T>>;

// Ends when the child has ended. A cancellation of the owner reaches it.
template <class T>
task<> run_child_of(runtime& rt, outcome_ptr<T> outcome, task<T> body) {
  auto start = [](auto handler, runtime* world, outcome_ptr<T> into, task<T> child) {
    auto outer = boost::asio::get_associated_cancellation_slot(handler);
    if (outer.is_connected()) outer.assign([into](boost::asio::cancellation_type) { into->cancel(); });
    auto ended = [h = std::move(handler)]() mutable { std::move(h)(); };
    start_child<T>(*world, std::move(into), std::move(child), std::move(ended));
  };
  using token = boost::asio::use_awaitable_t<>;
  token how = boost::asio::use_awaitable;
  return boost::asio::async_initiate<token, void()>(start, how, &rt, std::move(outcome), std::move(body));
}

template <class T>
using outcomes = std::vector<outcome_ptr<T>>;

template <class T>
task<outcomes<T>> run_all(runtime& rt, std::vector<task<T>> bodies, bool cancelled) {
  auto start = [](auto handler, runtime* world, std::vector<task<T>> children, bool cancel_first) {
    outcomes<T> all;
    for (std::size_t i = 0; i < children.size(); ++i) {
      all.push_back(std::make_shared<child_outcome<T>>(*world));
      if (cancel_first) all.back()->cancel();
    }
    auto outer = boost::asio::get_associated_cancellation_slot(handler);
    if (outer.is_connected()) {
      outer.assign([all](boost::asio::cancellation_type) {
        for (const auto& one : all) one->cancel();
      });
    }
    struct last_step {
      decltype(handler) h;
      outcomes<T> all;
      std::size_t left;
    };
    auto last = std::make_shared<last_step>(last_step{std::move(handler), all, children.size()});
    for (std::size_t i = 0; i < children.size(); ++i) {
      auto ended = [last] {
        if (--last->left == 0) std::move(last->h)(std::move(last->all));
      };
      start_child<T>(*world, all[i], std::move(children[i]), std::move(ended));
    }
  };
  using token = boost::asio::use_awaitable_t<>;
  token how = boost::asio::use_awaitable;
  return boost::asio::async_initiate<token, void(outcomes<T>)>(start, how, &rt, std::move(bodies), cancelled);
}

inline bool is_set(const boost::asio::cancellation_state& state) {
  return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace detail

template <class T>
task<result<T>> with_timeout(runtime& rt, instant deadline, task<result<T>> body) {
  const auto before = co_await boost::asio::this_coro::cancellation_state;
  if (detail::is_set(before)) co_return fail(errc::cancelled);
  if (deadline == never) {
    result<T> unlimited = co_await std::move(body);
    co_return unlimited;
  }
  if (rt.now() >= deadline) co_return fail(errc::timed_out);
  const auto outcome = std::make_shared<detail::child_outcome<result<T>>>(rt);
  outcome->cancel_at(deadline);
  auto running = detail::run_child_of<result<T>>(rt, outcome, std::move(body));
  co_await std::move(running);
  if (outcome->thrown) std::rethrow_exception(outcome->thrown);
  EPICENTER_CHECK(outcome->value.has_value(), "a task that did not throw has a result");
  result<T> own = std::move(*outcome->value);
  // A task that succeeded in spite of its cancellation has succeeded: a write that happened must not be
  // forgotten.
  if (own.has_value() || !outcome->expired()) co_return own;
  co_return fail(error(make_error_code(errc::timed_out)).caused_by(std::move(own.error())));
}

template <class T>
task<std::vector<T>> when_all(runtime& rt, std::vector<task<T>> bodies) {
  std::vector<T> values;
  if (bodies.empty()) co_return values;
  const auto before = co_await boost::asio::this_coro::cancellation_state;
  auto running = detail::run_all<T>(rt, std::move(bodies), detail::is_set(before));
  const auto all = co_await std::move(running);
  for (const auto& one : all) {
    if (one->thrown) std::rethrow_exception(one->thrown);
  }
  values.reserve(all.size());
  for (const auto& one : all) {
    EPICENTER_CHECK(one->value.has_value(), "a task that did not throw has a result");
    values.push_back(std::move(*one->value));
  }
  co_return values;
}

inline task<> when_all(runtime& rt, std::vector<task<>> bodies) {
  if (bodies.empty()) co_return;
  const auto before = co_await boost::asio::this_coro::cancellation_state;
  auto running = detail::run_all<void>(rt, std::move(bodies), detail::is_set(before));
  const auto all = co_await std::move(running);
  for (const auto& one : all) {
    if (one->thrown) std::rethrow_exception(one->thrown);
  }
}

}  // namespace epicenter::runtime
