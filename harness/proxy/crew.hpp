// The loops that a proxy runs on: one that controls, and those that carry the traffic.
#pragma once

#include <epicenter/runtime/task.hpp>
#include <functional>
#include <memory>
#include <vector>

namespace epicenter::proxy {

class crew {
 public:
  virtual ~crew() = default;
  virtual runtime::runtime& control() = 0;
  /// How many loops carry traffic; at least one.
  virtual std::size_t size() const = 0;
  virtual runtime::runtime& at(std::size_t) = 0;
  /// Calls on that loop's thread: soon, or at once where it is the control's own.
  virtual void post(std::size_t, std::function<void()>) = 0;
  /// The same, on the control's thread.
  virtual void post_control(std::function<void()>) = 0;
  /// A listener for each loop that carries traffic, in their order. Called on the control's thread.
  virtual result<std::vector<runtime::listener_ptr>> listen(const runtime::endpoint&) = 0;
};

/// One loop does everything: virtual time, tests, small programs.
std::unique_ptr<crew> make_solo_crew(runtime::runtime&);

/// Calls on every loop, and returns when all have returned.
runtime::task<> on_all(crew&, std::function<void(std::size_t)>);

}  // namespace epicenter::proxy
