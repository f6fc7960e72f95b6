#include <epicenter/epic/audit_trail.hpp>

namespace epicenter::epic {
namespace {

// Pseudonyms of two processes then differ; a known or empty key would let anybody test for a patient.
secret key_of_this_object(const runtime::runtime& rt) {
  auto random = rt.random("epic.audit_key");
  std::string key;
  for (int i = 0; i < 32; ++i) key += static_cast<char>(random.below(256));
  return secret(std::move(key));
}

audit::entry entry_of(audit::stage stage, std::string_view type, std::string subject, audit_trail::who by) {
  audit::entry made;
  made.stage = stage;
  made.type = type;
  made.subject = std::move(subject);
  made.user = by.user;
  made.patient = by.patient;
  return made;
}

}  // namespace

audit_trail::audit_trail(runtime::runtime& rt, audit::log& log, secret key)
    : runtime_(rt), log_(log), key_(key.empty() ? key_of_this_object(rt) : std::move(key)) {}

std::string audit_trail::pseudonym(std::string_view patient) const {
  return audit::pseudonym(key_.reveal(), patient);
}

result<> audit_trail::intent(std::string_view type, std::string subject, who by) {
  return append(entry_of(audit::stage::intent, type, std::move(subject), by));
}

result<> audit_trail::outcome(std::string_view type, std::string subject, who by, std::string outcome) {
  auto made = entry_of(audit::stage::outcome, type, std::move(subject), by);
  made.result = std::move(outcome);
  return append(std::move(made));
}

result<> audit_trail::append(audit::entry made) {
  made.at = runtime_.wall();
  auto appended = log_.append(std::move(made));
  if (!appended) return fail(std::move(appended.error()));
  return {};
}

}  // namespace epicenter::epic
