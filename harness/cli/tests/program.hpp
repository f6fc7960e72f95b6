// The built program as a process of its own, as its users start it.
#pragma once

#include <epicenter/json/value.hpp>

#include "lib/epicenter/base/tests/child_process.hpp"

namespace epicenter::cli {

using scratch = testkit::scratch_folder;
using testkit::read_file;
using testkit::within;

/// One run of the program. Whatever still runs at the end of the test is killed.
class program : public testkit::child_process {
 public:
  program(const scratch&, std::vector<std::string> args);
};

struct finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};
/// Runs the program to its end.
finished run_to_end(const scratch&, const std::vector<std::string>& args);

/// Waits in real time.
void pause_for(duration);
/// Asks until it is true; false where it never was within the limit.
template <class Condition>
bool comes_true(Condition holds, duration limit) {
  constexpr duration step = 20ms;
  for (duration waited{}; waited < limit; waited += step) {
    if (holds()) return true;
    pause_for(step);
  }
  return holds();
}

/// What a GET is answered: status 0 where there is no answer within two seconds.
struct answer {
  unsigned status = 0;
  json::value body;
};
answer get(const std::string& url);

}  // namespace epicenter::cli
