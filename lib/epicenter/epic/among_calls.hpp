// Work on behalf of a caller that the adapter's end must be able to cut short.
#pragma once

#include <epicenter/epic/error.hpp>
#include <epicenter/epic/flight.hpp>
#include <epicenter/epic/lifecycle.hpp>

namespace epicenter::epic {

template <class T>
runtime::task<> land_in(std::shared_ptr<flight<result<T>>> mine, runtime::task<result<T>> work) {
  auto outcome = co_await std::move(work);
  mine->land(std::move(outcome));
}

/// Runs it among the calls of the adapter, so that stopping ends it, and gives its result. The caller may go
/// earlier: the work goes on. errc::stopped.
template <class T>
runtime::task<result<T>> among_calls(runtime::runtime& rt, lifecycle& life, std::string name,
                                     runtime::task<result<T>> work) {
  if (life.stopping()) co_return fail(errc::stopped);
  auto asked = std::make_shared<flight<result<T>>>(rt);
  life.start_call(std::move(name), land_in(asked, std::move(work)));
  const bool landed = co_await wait_for(asked, runtime::never);
  if (!landed) co_return fail(errc::stopped);
  co_return *asked->outcome;
}

}  // namespace epicenter::epic
