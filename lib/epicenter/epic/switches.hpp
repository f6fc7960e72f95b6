// What operators have switched off, asked on every call.
#pragma once

#include <epicenter/policy/service.hpp>
#include <memory>
#include <string_view>

namespace epicenter::epic {

/// Without a policy everything is on.
class switches {
 public:
  explicit switches(std::shared_ptr<const policy::service> flags = {}) : flags_(std::move(flags)) {}

  bool reading(std::string_view user) const {
    return !flags_ || flags_->is_enabled(policy::epic_fhir_read_only, user);
  }
  bool writing(std::string_view user) const {
    return !flags_ || flags_->is_enabled(policy::epic_fhir_write, user);
  }

 private:
  std::shared_ptr<const policy::service> flags_;
};

}  // namespace epicenter::epic
