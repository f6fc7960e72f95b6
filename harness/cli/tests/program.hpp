// The built program as a process of its own, as its users start it.
#pragma once

#include <sys/types.h>
#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <string>
#include <vector>

namespace epicenter::cli {

/// A folder of its own for each test, removed at the end.
class scratch {
 public:
  scratch();
  ~scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

std::string read_file(const std::string& path);

/// One run of the program. Whatever still runs at the end of the test is killed.
class program {
 public:
  program(const scratch&, const std::vector<std::string>& args);
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  void signal(int number) const;
  /// The exit code, or 128 + the signal that ended it; -1 where it still runs after `limit`.
  int wait(duration limit = 120s);
  bool running() { return wait(0s) == -1; }
  /// The first line of its standard output; empty where none came within 20 s.
  std::string first_line();
  std::string out() const { return read_file(out_); }
  std::string err() const { return read_file(err_); }

 private:
  std::string out_;
  std::string err_;
  pid_t pid_ = -1;
  int ended_with_ = -1;
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

/// Time limits stretch where sanitizers slow the program down.
duration within(duration limit);

}  // namespace epicenter::cli
