#include <epicenter/commands/adapter_executor.hpp>
#include <epicenter/commands/adapter_requests.hpp>
#include <epicenter/commands/canonical.hpp>
#include <epicenter/commands/planned_resource.hpp>

namespace epicenter::commands {
namespace {

using outcome = runtime::task<result<epic::write_outcome>>;

outcome file_with(epic::adapter& epic, epic::lab_order what) {
  return epic.order_lab(std::move(what));
}
outcome file_with(epic::adapter& epic, epic::imaging_order what) {
  return epic.order_imaging(std::move(what));
}
outcome file_with(epic::adapter& epic, epic::medication_order what) {
  return epic.order_medication(std::move(what));
}
outcome file_with(epic::adapter& epic, epic::allergy what) {
  return epic.add_allergy(std::move(what));
}
outcome file_with(epic::adapter& epic, epic::problem what) {
  return epic.add_problem(std::move(what));
}
outcome file_with(epic::adapter& epic, epic::vital_sign what) {
  return epic.record_vitals(std::move(what));
}
outcome file_with(epic::adapter& epic, epic::note what) {
  return epic.file_note(std::move(what));
}

outcome file_request(epic::adapter& epic, epic_request request) {
  return std::visit([&](auto& one) { return file_with(epic, std::move(one)); }, request);
}

runtime::task<result<epic::section>> read_labs(epic::adapter& epic, epic::read_request who) {
  auto brought = co_await epic.latest_labs(std::move(who));
  if (!brought) co_return fail(std::move(brought.error()));
  co_return std::move(brought->observations);
}

runtime::task<result<epic::section>> read_nothing() {
  co_return fail(epic::errc::not_supported, "vital signs are not read by voice");
}

runtime::task<result<epic::section>> read_section(epic::adapter& epic, read_target target,
                                                  epic::read_request who) {
  switch (target) {
    case read_target::labs:
      return read_labs(epic, std::move(who));
    case read_target::allergies:
      return epic.allergies(std::move(who));
    case read_target::problems:
      return epic.problems(std::move(who));
    case read_target::medications:
      return epic.medications(std::move(who));
    case read_target::notes:
      return epic.notes(std::move(who));
    case read_target::immunizations:
      return epic.immunizations(std::move(who));
    case read_target::encounters:
      return epic.encounters(std::move(who));
    case read_target::vitals:
      break;
  }
  return read_nothing();
}

write_report not_sent(std::string why) {
  return {write_end::not_sent, {}, std::move(why)};
}

}  // namespace

runtime::task<result<read_answer>> adapter_executor::read(read_intent what, session_context where) {
  const bool allowed = flags_.is_enabled(policy::epic_voice_commands, where.user) &&
                       flags_.is_enabled(policy::epic_fhir_read_only, where.user);
  if (!allowed) co_return fail(epic::errc::unavailable, "switched off");
  epic::read_request who;
  who.patient = where.patient.id;
  who.user = where.user;
  auto brought = co_await read_section(epic_, what.target, std::move(who));
  if (!brought) co_return fail(std::move(brought.error()));
  read_answer answer;
  answer.resources = std::move(brought->resources);
  answer.partial = brought->partial;
  answer.from = brought->from;
  answer.merged_into = std::move(brought->merged_into);
  co_return answer;
}

runtime::task<write_report> adapter_executor::file(confirmed_write what) {
  const std::string& user = what.draft.where.user;
  if (!flags_.is_enabled(policy::epic_voice_commands, user))
    co_return not_sent("Voice commands are switched off.");
  if (!flags_.is_enabled(policy::epic_fhir_write, user)) co_return not_sent("Writing is switched off.");
  if (!is_as_confirmed(what.draft)) co_return not_sent("What would be sent is not what was confirmed.");
  auto request = request_of(what.draft);
  auto ended = co_await file_request(epic_, std::move(request));
  if (!ended) co_return report_of(ended.error());
  co_return report_of(*ended);
}

bool is_as_confirmed(const draft& what) {
  if (sha256_of(what) != what.sha256) return false;
  const auto planned = planned_resource(what);
  return planned && canonical(*planned) == canonical(what.resource);
}

write_report report_of(const epic::write_outcome& ended) {
  write_report told;
  told.resource = ended.resource;
  if (ended.why) told.why = ended.why->code().message() + ".";
  switch (ended.state) {
    case epic::write_state::written:
      told.end = write_end::filed;
      told.why.clear();
      for (const auto& element : ended.altered)
        told.why.append(told.why.empty() ? "The EHR filed these otherwise: " : ", ").append(element);
      if (!told.why.empty()) told.why += '.';
      return told;
    case epic::write_state::rejected:
      told.end = write_end::rejected;
      return told;
    case epic::write_state::not_sent:
      told.end = write_end::not_sent;
      return told;
    case epic::write_state::duplicate:
      told.end = write_end::needs_review;
      told.why = "It is in the chart more than once.";
      return told;
    case epic::write_state::needs_review:
      told.end = write_end::needs_review;
      return told;
    case epic::write_state::queued:
    case epic::write_state::unknown:
      break;
  }
  told.end = write_end::unknown;
  return told;
}

write_report report_of(const error& why) {
  return not_sent(why.code().message() + ".");
}

}  // namespace epicenter::commands
