// The same work on several threads at once.
#pragma once

#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <functional>

namespace epicenter::faults::testing {

inline runtime::task<> work_on_a_thread(runtime::runtime& rt, const std::function<void(int)>& work,
                                        int number) {
  auto one = [&work, number] {
    work(number);
    return true;
  };
  auto running = runtime::blocking(rt, one);
  co_await std::move(running);
}

/// Calls work(0) to work(count - 1), each on a thread of its own, and waits for all.
inline void on_threads(int count, const std::function<void(int)>& work) {
  runtime::real_runtime rt(runtime::real_options{1, static_cast<std::size_t>(count)});
  for (int i = 0; i < count; ++i) runtime::spawn(rt, "worker", work_on_a_thread(rt, work, i));
  rt.run();
}

}  // namespace epicenter::faults::testing
