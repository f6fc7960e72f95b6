// Load: operations that start when they should, whether or not earlier ones were answered.
#pragma once

#include <cstdint>
#include <epicenter/base/units.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace epicenter::load {

enum class arrival_process { poisson, uniform };

/// This rate for this long; the last stage holds to the end.
struct stage {
  rate arrivals;
  duration length{};
};

struct options {
  bool open =
      true;  ///< open: arrivals by the stages; closed: max_in_flight callers, one operation after the other
  std::vector<stage> stages;  ///< open only
  arrival_process arrivals = arrival_process::poisson;
  std::size_t max_in_flight = 2000;
  /// Closed only: operations begin no faster, however fast they are answered. Absent: without limit.
  std::optional<rate> at_most;
  std::vector<std::uint32_t> weights;  ///< of the kinds of operation, by position
};

/// One operation that is due.
struct arrival {
  std::uint64_t number = 0;  ///< from 1
  std::size_t kind = 0;      ///< position in options.weights
  instant intended{};
  duration late{};  ///< how long after `intended` it was started
};

/// Sends load from `from` to `to`. Arrivals, and which kind each is, depend on the runtime's seed only.
class generator {
 public:
  using perform = std::function<runtime::task<>(arrival)>;
  using dropped = std::function<void(instant intended)>;

  generator(runtime::runtime&, options, perform, dropped);

  /// Returns when the last operation has ended, or after stop() when those in flight have.
  runtime::task<> run(instant from, instant to);
  /// No new operation starts.
  void stop();
  std::size_t in_flight() const { return in_flight_; }

 private:
  runtime::task<> run_open(instant from, instant to);
  runtime::task<> run_closed(instant to);
  runtime::task<> caller(instant to);
  runtime::task<> perform_one(arrival);
  std::size_t draw_kind();
  duration gap_at(duration since_start);
  instant next_slot();

  runtime::runtime& runtime_;
  options options_;
  perform perform_;
  dropped dropped_;
  runtime::random_stream gaps_;
  runtime::random_stream kinds_;
  std::uint64_t total_weight_ = 0;
  std::uint64_t next_number_ = 1;
  std::size_t in_flight_ = 0;
  bool stopped_ = false;
  instant free_slot_{};
  runtime::event stopping_;
  runtime::task_group operations_;
  runtime::task_group pacing_;
};

}  // namespace epicenter::load
