// The injector of a proxy that runs as a process of its own, over its control API.
#pragma once

#include <epicenter/http/client.hpp>

#include "harness/faults/injector.hpp"

namespace epicenter::proxy {

/// Calls go over connections of their own that no fault touches. Errors are those of the proxy (fault_exists,
/// fault_not_found, bad_parameter with the proxy's words), or errc::control_failed where it does not answer
/// within `limit`. Nothing is sent twice: a lease ends what got lost.
class http_injector final : public faults::injector {
 public:
  http_injector(runtime::runtime&, http::origin control, duration limit = 2s);

  runtime::task<result<>> apply(faults::fault_spec) override;
  runtime::task<result<>> renew(std::string id, duration lease) override;
  runtime::task<result<faults::fault_status>> remove(std::string id) override;
  runtime::task<result<std::vector<faults::fault_status>>> status() override;

  /// Requests that the proxy has received and not answered yet.
  runtime::task<result<std::size_t>> in_flight();
  /// Removes every fault at once.
  runtime::task<result<>> clear();
  runtime::task<> stop();

 private:
  runtime::task<result<json::value>> call(std::string method, std::string target, std::string body);

  runtime::runtime& runtime_;
  http::origin control_;
  duration limit_;
  http::client client_;
};

}  // namespace epicenter::proxy
