// A program as a process of its own, as its users start it, and as they end it.
#pragma once

#include <sys/types.h>
#include <epicenter/base/time.hpp>
#include <map>
#include <string>
#include <vector>

#include "lib/epicenter/base/tests/scratch_folder.hpp"

namespace epicenter::testkit {

/// Variables beside those of the test itself.
using variables = std::map<std::string, std::string>;

/// One run. Whatever still runs at the end of the test is killed. What it says is kept in files of the
/// folder.
class child_process {
 public:
  child_process(const scratch_folder&, std::string program, std::vector<std::string> args,
                const variables& beside = {});
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  void signal(int number) const;
  /// The exit code, or 128 + the signal that ended it; -1 where it still runs after `limit`.
  int wait(duration limit = 120s);
  bool running() { return wait(duration{}) == -1; }
  /// True where a signal ended it, and not a call of exit.
  bool killed() const { return killed_; }
  /// SIGKILL after that time, unless it has ended before.
  void die_after(duration);
  /// Waits for a text on its standard output: false where it has ended, or the limit has come, without.
  bool says(const std::string& text, duration limit = 20s);
  /// The first line of its standard output; empty where none came within 20 s.
  std::string first_line();
  std::string out() const { return read_file(out_); }
  std::string err() const { return read_file(err_); }

 private:
  std::string out_;
  std::string err_;
  pid_t pid_ = -1;
  int ended_with_ = -1;
  bool killed_ = false;
};

/// Time limits stretch where sanitizers slow the program down.
duration within(duration limit);

}  // namespace epicenter::testkit
