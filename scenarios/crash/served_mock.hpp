// A mock Epic that takes orders, served on loopback by a thread of its own.
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
  mock::mock_epic::patient_ref patient();
  /// By identifier: how often a write was committed. Ends the service.
  std::map<std::string, std::size_t> filed();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::crash
