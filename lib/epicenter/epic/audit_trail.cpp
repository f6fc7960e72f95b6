#include <epicenter/epic/audit_trail.hpp>
#include <epicenter/epic/error.hpp>

namespace epicenter::epic {
namespace {

// Pseudonyms of two processes then differ; a known or empty key would let anybody test for a patient.
secret key_of_this_object(const runtime::runtime& rt) {
  auto random = rt.random("epic.audit_key");
  std::string key;
  for (int i = 0; i < 32; ++i) key += static_cast<char>(random.below(256));
  return secret(std::move(key));
}

}  // namespace

audit_trail::audit_trail(runtime::runtime& rt, audit::log& log, const secret& key)
    : runtime_(rt),
      log_(log),
      outcomes_(std::make_shared<owed_outcomes>(rt, log)),
      pseudonyms_((key.empty() ? key_of_this_object(rt) : key).reveal()) {}

audit_trail::~audit_trail() {
  outcomes_->close();
}

std::string audit_trail::pseudonym(std::string_view patient) const {
  return pseudonyms_.of(patient);
}

std::size_t audit_trail::owed() const {
  return outcomes_->owed();
}

audit::entry audit_trail::entry_of(audit::stage stage, std::string_view type, std::string subject,
                                   who by) const {
  audit::entry made;
  made.at = runtime_.wall();
  made.stage = stage;
  made.type = type;
  made.subject = std::move(subject);
  made.user = by.user;
  made.patient = by.patient;
  return made;
}

// No coroutine of its own: every call would pay for it.
runtime::task<result<std::uint64_t>> audit_trail::intent(std::string_view type, std::string subject, who by) {
  if (outcomes_->owed() > 0) outcomes_->pay();
  return log_.append(entry_of(audit::stage::intent, type, std::move(subject), by));
}

runtime::task<result<>> audit_trail::admit(std::string_view type, std::string subject, who by) {
  return admitted(intent(type, std::move(subject), by));
}

runtime::task<result<>> audit_trail::admitted(runtime::task<result<std::uint64_t>> intent) {
  auto audited = co_await std::move(intent);
  if (audited) co_return result<>();
  co_return fail(error(make_error_code(errc::audit_unavailable)).caused_by(std::move(audited.error())));
}

void audit_trail::outcome(std::string_view type, std::string subject, who by, std::string outcome) {
  auto made = entry_of(audit::stage::outcome, type, std::move(subject), by);
  made.result = std::move(outcome);
  outcomes_->put(std::move(made));
}

runtime::task<> audit_trail::settled() {
  return owed_outcomes::settled(outcomes_);
}

runtime::task<unaudited> audit_trail::end(instant deadline) {
  return owed_outcomes::end(outcomes_, deadline);
}

}  // namespace epicenter::epic
