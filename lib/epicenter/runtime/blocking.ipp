// Implementation of runtime::blocking; included by runtime.hpp.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <type_traits>

namespace epicenter::runtime {
namespace detail {

// Not cancellable: the work is already on its way, and its caller must learn how it went.
inline task<> run_blocking(runtime& rt, std::function<void()> work) {
  auto start = [](auto handler, runtime* world, std::function<void()> body) {
    auto done = [h = std::move(handler)]() mutable { std::move(h)(); };
    world->run_blocking(std::move(body), std::move(done));
  };
  using token = boost::asio::use_awaitable_t<>;
  token how = boost::asio::use_awaitable;
  return boost::asio::async_initiate<token, void()>(start, how, &rt, std::move(work));
}

}  // namespace detail

template <class F>
auto blocking(runtime& rt, F work) -> task<decltype(work())> {
  using value_type = decltype(work());
  // Shared: the work may outlive a task that is destroyed while it waits.
  auto body = std::make_shared<F>(std::move(work));
  if constexpr (std::is_void_v<value_type>) {
    std::function<void()> call = [body] { (*body)(); };
    auto running = detail::run_blocking(rt, std::move(call));
    co_await std::move(running);
  } else {
    auto value = std::make_shared<std::optional<value_type>>();
    std::function<void()> call = [body, value] { value->emplace((*body)()); };
    auto running = detail::run_blocking(rt, std::move(call));
    co_await std::move(running);
    co_return std::move(**value);
  }
}

}  // namespace epicenter::runtime
