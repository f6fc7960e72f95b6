// The mock's levers behind the engine's one interface for faults.
#pragma once

#include "harness/faults/injector.hpp"
#include "mock-epic/levers/lever.hpp"

namespace epicenter::engine {

/// Drives the levers of an embedded mock by direct calls.
class mock_injector final : public faults::injector {
 public:
  explicit mock_injector(mock::lever_board& board) : board_(board) {}
  runtime::task<result<>> apply(faults::fault_spec) override;
  runtime::task<result<>> renew(std::string id, duration lease) override;
  runtime::task<result<faults::fault_status>> remove(std::string id) override;
  runtime::task<result<std::vector<faults::fault_status>>> status() override;

 private:
  mock::lever_board& board_;
};

}  // namespace epicenter::engine
