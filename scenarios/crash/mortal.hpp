// A child process that is killed without warning, and the folder that outlives it.
#pragma once

#include <sys/types.h>
#include <epicenter/base/time.hpp>
#include <string>
#include <vector>

namespace epicenter::crash {

/// Removed at the end.
class scratch {
 public:
  scratch();
  ~scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

class mortal {
 public:
  mortal(const scratch&, const std::string& program, const std::vector<std::string>& args);
  ~mortal();
  mortal(const mortal&) = delete;
  mortal& operator=(const mortal&) = delete;

  /// SIGKILL after that time, unless it has ended before.
  void die_after(duration);
  /// The exit code; -1 where it still runs after the limit, 128 + the signal where one ended it.
  int wait(duration limit);
  /// What it has said on standard output.
  std::string out() const;

 private:
  std::string out_;
  pid_t pid_ = -1;
  int ended_with_ = -1;
};

}  // namespace epicenter::crash
