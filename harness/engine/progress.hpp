// What a run tells while it goes on.
#pragma once

#include <epicenter/base/time.hpp>
#include <string_view>

#include "harness/scenario/model.hpp"
#include "reports/run_record.hpp"

namespace epicenter::engine {

/// Where an experiment is, about once a second of its own clock.
struct tick {
  std::string_view experiment;
  scenario::phase phase = scenario::phase::baseline;
  duration elapsed{};  ///< of the experiment
  duration total{};
  std::uint64_t operations = 0;
  std::uint64_t failed = 0;
  std::size_t faults_active = 0;
  std::string_view circuit;  ///< the worst state of any breaker: CLOSED, HALF_OPEN, OPEN
};

class progress {
 public:
  virtual ~progress() = default;
  virtual void scenario_started(const scenario::scenario&, std::string_view clock) = 0;
  virtual void experiment_started(const scenario::scenario&, const scenario::experiment&, std::size_t number,
                                  std::size_t of) = 0;
  virtual void ticked(const tick&) = 0;
  virtual void experiment_ended(const reports::experiment_record&) = 0;
};

}  // namespace epicenter::engine
