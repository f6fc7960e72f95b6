#include "harness/proxy/stage_chain.hpp"

#include <algorithm>

namespace epicenter::proxy {
namespace {

void bytes_into(live_stages&, std::size_t next, std::size_t bytes, instant at, fault_mask by, stage_sink&);
void end_into(live_stages&, std::size_t next, instant at, fault_mask by, stage_sink&);

/// What one stage lets out goes into the next.
class tap final : public faults::outflow {
 public:
  tap(live_stages& all, std::size_t stage, instant entered, fault_mask by, stage_sink& sink)
      : all_(all), stage_(stage), entered_(entered), by_(by), sink_(sink) {}

  void pass(std::size_t bytes, instant at) override {
    if (bytes > 0) bytes_into(all_, stage_ + 1, bytes, later(at), blame(at), sink_);
  }
  void drop(std::size_t bytes) override {
    if (bytes > 0) sink_.out_dropped(bytes);
  }
  void end_of_stream(instant at) override { end_into(all_, stage_ + 1, later(at), blame(at), sink_); }
  void close(instant at) override { sink_.out_close(later(at), blame(at)); }
  void reset(instant at) override { sink_.out_reset(later(at), blame(at)); }

 private:
  instant later(instant at) const { return std::max(at, entered_); }
  fault_mask blame(instant at) const { return at > entered_ ? by_ | all_[stage_].bit : by_; }

  live_stages& all_;
  std::size_t stage_;
  instant entered_;
  fault_mask by_;
  stage_sink& sink_;
};

void bytes_into(live_stages& all, std::size_t next, std::size_t bytes, instant at, fault_mask by,
                stage_sink& sink) {
  if (next == all.size()) return sink.out_bytes(bytes, at, by);
  tap out(all, next, at, by, sink);
  all[next].behaviour->on_bytes(bytes, at, out);
}

void end_into(live_stages& all, std::size_t next, instant at, fault_mask by, stage_sink& sink) {
  if (next == all.size()) return sink.out_end_of_stream(at, by);
  tap out(all, next, at, by, sink);
  all[next].behaviour->on_end(at, out);
}

}  // namespace

void run_bytes(live_stages& all, std::size_t bytes, instant at, fault_mask by, stage_sink& sink) {
  bytes_into(all, 0, bytes, at, by, sink);
}

void run_end(live_stages& all, instant at, fault_mask by, stage_sink& sink) {
  end_into(all, 0, at, by, sink);
}

void run_begin(live_stages& all, std::size_t which, instant now, stage_sink& sink) {
  tap out(all, which, now, 0, sink);
  all[which].behaviour->begin(now, out);
}

}  // namespace epicenter::proxy
