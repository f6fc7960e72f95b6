// A fault at work: its behaviour, its selection, its lease and its counters.
#pragma once

#include <memory>
#include <string>

#include "harness/faults/catalog.hpp"
#include "harness/faults/selector.hpp"

namespace epicenter::proxy {

struct active_fault {
  std::string id;
  const faults::fault_type* type = nullptr;
  std::unique_ptr<faults::fault> behaviour;
  faults::hooks hooks;
  faults::selector selector;
  runtime::random_stream choices;  ///< which calls are hit
  runtime::random_stream values;   ///< what is done to them: a draw more here shifts no choice
  bool on_connections = false;     ///< acts on connections as a whole, and is not asked about calls
  faults::connection_verdict connection;
  instant lease_until{};
  bool ended = false;
  std::uint64_t touched = 0;
  std::uint64_t injected = 0;
  std::uint64_t skipped = 0;
  std::uint64_t active = 0;
};
using active_fault_ptr = std::shared_ptr<active_fault>;

/// One call (or connection) that a fault holds or delays now: counted for as long as this lives.
class holding {
 public:
  holding() = default;
  explicit holding(active_fault_ptr by) : by_(std::move(by)) { ++by_->active; }
  holding(holding&& other) noexcept : by_(std::exchange(other.by_, nullptr)) {}
  holding& operator=(holding&& other) noexcept {
    std::swap(by_, other.by_);
    return *this;
  }
  holding(const holding&) = delete;
  holding& operator=(const holding&) = delete;
  ~holding() {
    if (by_) --by_->active;
  }
  const active_fault* by() const { return by_.get(); }

 private:
  active_fault_ptr by_;
};

}  // namespace epicenter::proxy
