// A mock Epic that takes orders, served on loopback by a thread of its own, and a proxy before it that can
// lose answers.
#pragma once

#include <epicenter/smart/key.hpp>
#include <map>
#include <memory>
#include <string>

#include "mock-epic/mock.hpp"

namespace epicenter::crash {

class served_mock {
 public:
  served_mock(const std::string& client_id, const smart::private_key&);
  ~served_mock();
  served_mock(const served_mock&) = delete;
  served_mock& operator=(const served_mock&) = delete;

  std::string url() const;
  /// Through the proxy.
  std::string lossy_url() const;
  /// A fault of the proxy (harness/faults), from now on: on requests of that method to paths that the glob
  /// matches. Its parameters are JSON.
  void fault(const std::string& type, const std::string& parameters, const std::string& method,
             const std::string& path);
  /// Requests that it hit so far.
  std::uint64_t hits() const;
  void heal();
  mock::mock_epic::patient_ref patient();
  /// By identifier: how often a write was committed. Ends the service.
  std::map<std::string, std::size_t> filed();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::crash
