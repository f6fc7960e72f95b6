// One pair of sockets and the bytes between them.
#pragma once

#include <epicenter/runtime/real/splice_loop.hpp>

namespace epicenter::runtime {

class spliced_pair final : public unseen_relay {
 public:
  spliced_pair(splice_loop&, descriptor_lender& a, descriptor_lender& b, relay_counters&,
               std::function<void()> on_done);
  ~spliced_pair() override;

  /// False where the sockets cannot be watched; they are given back then.
  bool start(int a, int b);
  void interrupt() override;
  bool done() const override { return done_; }
  unseen_outcome& outcome() override { return outcome_; }

 private:
  friend class splice_loop;
  struct end final : watcher {
    void on_events(std::uint32_t events) override { pair->on_events(number, events); }
    void abandon() override {}
    spliced_pair* pair = nullptr;
    unsigned number = 0;
    int descriptor = -1;
  };
  /// The bytes from one side to the other.
  struct direction {
    int from = -1, to = -1;
    std::unique_ptr<char[]> kept;  ///< read, and not yet taken by the receiver
    std::size_t kept_from = 0, kept_to = 0;
    pipe_ends pipe;
    std::size_t in_pipe = 0;
    unsigned full_reads = 0;  ///< in a row: what is large is spliced
    bool readable = true, writable = true, ending = false, ended = false, fin_sent = false;
    std::atomic<std::uint64_t>* read = nullptr;
    std::atomic<std::uint64_t>* written = nullptr;
  };
  enum class step { go_on, wait, broken };

  void on_events(unsigned from, std::uint32_t events);
  void go_on();
  void pump(direction&);
  step write_rest(direction&);
  step copy(direction&);
  step splice_on(direction&);
  step failed(direction&, int error);
  void finish(unseen_outcome::why);
  static std::string rest_of(direction&);

  splice_loop& loop_;
  descriptor_lender* lenders_[2];
  end ends_[2];
  direction ways_[2];
  std::shared_ptr<std::function<void()>> on_done_;
  unseen_outcome outcome_;
  bool watched_ = false, queued_ = false, done_ = false;
};

}  // namespace epicenter::runtime
