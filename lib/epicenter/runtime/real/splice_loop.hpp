// Moves bytes between pairs of sockets with as few system calls as there can be: small transfers are copied,
// large ones spliced.
#pragma once

#include <boost/asio/io_context.hpp>
#include <epicenter/runtime/real/descriptor_lender.hpp>
#include <epicenter/runtime/real/readiness.hpp>
#include <epicenter/runtime/unseen_relay.hpp>
#include <vector>

namespace epicenter::runtime {

class spliced_pair;

/// A pipe of the kernel, empty.
struct pipe_ends {
  int read = -1;
  int write = -1;
};

class splice_loop {
 public:
  explicit splice_loop(boost::asio::io_context&);
  ~splice_loop();
  splice_loop(const splice_loop&) = delete;
  splice_loop& operator=(const splice_loop&) = delete;

  /// Null where a stream does not lend, or cannot be watched.
  unseen_relay_ptr start(descriptor_lender& a, descriptor_lender& b, relay_counters&,
                         std::function<void()> on_done);

 private:
  friend class spliced_pair;
  static constexpr std::size_t scratch_bytes = 64 * 1024;
  static constexpr std::size_t kept_pipes = 32;

  /// The pair has more to do than is fair at once.
  void again(spliced_pair&);
  void leave(spliced_pair&);
  pipe_ends take_pipe();
  void give_pipe(pipe_ends);

  boost::asio::io_context& loop_;
  readiness_loop& readiness_;
  std::unique_ptr<char[]> scratch_;
  std::vector<pipe_ends> pipes_;
  std::vector<spliced_pair*> again_;
  std::shared_ptr<bool> alive_;
};

}  // namespace epicenter::runtime
