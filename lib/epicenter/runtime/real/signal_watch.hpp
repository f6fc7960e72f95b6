// Signals for programs that do not sit in an event loop of their own.
#pragma once

#include <optional>
#include <vector>

namespace epicenter::runtime {

/// From now on writing to a pipe that nobody reads any more fails, and does not end the process: standard
/// output must not decide over what is under way. A handler of the program's own stays.
void ignore_broken_pipes();

/// While it lives, the signals given do not end the process but wait to be asked for (signalfd). Made on the
/// main thread before others start: threads inherit what is held back.
class signal_watch {
 public:
  explicit signal_watch(const std::vector<int>& signals);
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

  /// The first signal that came, and from then on always the same. Never blocks. A second signal ends the
  /// process at once with 128 + its number: for those who press Ctrl-C again because the clean-up hangs.
  std::optional<int> received();

 private:
  std::optional<int> next();
  int descriptor_;
  std::optional<int> first_;
};

}  // namespace epicenter::runtime
