// The levers of a mock in a process of its own, behind the engine's one interface for faults.
#pragma once

#include "harness/engine/control_link.hpp"
#include "harness/faults/injector.hpp"

namespace epicenter::engine {

class remote_mock_injector final : public faults::injector {
 public:
  explicit remote_mock_injector(control_link& admin) : admin_(admin) {}
  runtime::task<result<>> apply(faults::fault_spec) override;
  runtime::task<result<>> renew(std::string id, duration lease) override;
  runtime::task<result<faults::fault_status>> remove(std::string id) override;
  runtime::task<result<std::vector<faults::fault_status>>> status() override;

 private:
  control_link& admin_;
};

}  // namespace epicenter::engine
