// The adapter's audit trail over a log that fails, in virtual time.
#pragma once

#include <epicenter/epic/audit_trail.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/epic/tests/failing_log.hpp"

namespace epicenter::epic::test {

using runtime::task;

struct trail_world {
  explicit trail_world(duration latency = 1ms, std::uint64_t seed = 1)
      : rt(of_seed(seed)), log(rt, latency), trail(rt, log, secret("key")) {}

  static runtime::virtual_options of_seed(std::uint64_t seed) {
    runtime::virtual_options made;
    made.seed = seed;
    return made;
  }

  runtime::virtual_runtime rt;
  failing_log log;
  audit_trail trail;
  std::string user = "dr-1";
  std::string patient = "p";
  audit_trail::who by() const { return {user, patient}; }
  void report(const std::string& subject) {
    log.reported.push_back(subject);
    trail.outcome(audited_write, subject, by(), "WRITTEN");
  }
  void report(int first, int count) {
    for (int i = 0; i < count; ++i) report(std::to_string(first + i));
  }
  void run(std::function<task<>(trail_world&)> body) {
    runtime::spawn(rt, "test", body(*this));
    ASSERT_EQ(rt.run(), runtime::run_end::finished);
  }
};

}  // namespace epicenter::epic::test
