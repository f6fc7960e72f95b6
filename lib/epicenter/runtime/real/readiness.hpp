// Tells streams when their descriptors can be read or written, with as few system calls as there can be: one
// epoll set for a loop, edge-triggered, to which a descriptor is added once.
//
// Asio tries before it waits. On a connection that answers one request after another, each try after an
// answer finds nothing and costs what a read costs. Who keeps the edges knows that there is nothing to find.
#pragma once

#include <sys/epoll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace epicenter::runtime {

/// Told of what happens to one descriptor. Every change is told once: what was told holds until a system call
/// says EAGAIN, or moves fewer bytes than it was asked for while the peer's end has not been told.
class watcher {
 public:
  virtual ~watcher() = default;
  /// EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR. May destroy itself, and other watchers.
  virtual void on_events(std::uint32_t) = 0;
  /// The loop ends: what waits is to be destroyed, not called.
  virtual void abandon() = 0;

 private:
  friend class readiness_loop;
  std::size_t place_ = 0;
};

/// Of an io_context: boost::asio::use_service. Used on its loop's thread.
class readiness_loop final : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;
  explicit readiness_loop(boost::asio::execution_context&);

  /// The descriptor's present state is told as its first change. False where it cannot be watched.
  bool watch(int descriptor, watcher&);
  /// Nothing is told any more, not even what has happened already.
  void forget(int descriptor, watcher&);
  /// As forget(), for a descriptor that is closed next.
  void forget_closing(watcher&);
  /// True once the io_context is being destroyed.
  bool has_ended() const { return ended_; }

 private:
  void shutdown() override;
  void wait();
  void serve();

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
  std::vector<watcher*> watchers_;
  std::span<epoll_event> being_served_;
  bool waiting_ = false;
  bool ended_ = false;
};

}  // namespace epicenter::runtime
