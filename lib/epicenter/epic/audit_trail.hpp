// Writes the adapter's intents and outcomes to the audit log.
#pragma once

#include <epicenter/audit/log.hpp>
#include <epicenter/base/secret.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <string>
#include <string_view>

namespace epicenter::epic {

class audit_trail {
 public:
  audit_trail(runtime::runtime&, audit::log&, secret key);

  /// What stands for the patient in every entry.
  std::string pseudonym(std::string_view patient) const;

  struct who {
    const std::string& user;
    const std::string& patient;  ///< pseudonym
  };
  result<> intent(std::string_view type, std::string subject, who);
  result<> outcome(std::string_view type, std::string subject, who, std::string outcome);

 private:
  result<> append(audit::entry);
  runtime::runtime& runtime_;
  audit::log& log_;
  secret key_;
};

inline constexpr std::string_view audited_call = "ehr.call";
inline constexpr std::string_view audited_write = "ehr.write";
inline constexpr std::string_view audited_failed_write = "EHR_WRITE_FAILED";

}  // namespace epicenter::epic
