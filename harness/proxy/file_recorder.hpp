// Records of exchanges in a file, a line of JSON each: what the reproduction of an outage begins with.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <memory>

#include "harness/proxy/exchange_record.hpp"

namespace epicenter::proxy {

/// Lines are written a few times a second. Where the disk is slower than the traffic, records beyond
/// most_waiting are left out, and a line says how many.
class file_recorder final : public exchange_recorder {
 public:
  static constexpr std::size_t most_waiting = 100'000;

  /// Appends to the file; a new one is readable by its owner only. runtime::errc::io.
  static result<std::unique_ptr<file_recorder>> open(const std::string& path);
  ~file_recorder() override;

  void record(exchange_record) override;
  /// Writes on that runtime's blocking threads until stop(). The first failure to write ends the recording,
  /// is told by failed(), and loses what waits.
  runtime::task<> run(runtime::runtime&);
  /// What was recorded before this is in the file when run() has returned.
  void stop();
  bool failed() const;

 private:
  struct impl;
  explicit file_recorder(std::unique_ptr<impl>);
  std::unique_ptr<impl> impl_;
};

/// One line, with its line feed.
std::string to_line(const exchange_record&);

}  // namespace epicenter::proxy
