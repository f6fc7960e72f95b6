#include <epicenter/commands/adapter_executor.hpp>
#include <epicenter/commands/adapter_requests.hpp>
#include <epicenter/commands/canonical.hpp>
#include <epicenter/commands/note_text.hpp>
#include <epicenter/commands/planned_resource.hpp>
#include <epicenter/epic/digest.hpp>

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

constexpr std::string_view html_type = "text/html";
constexpr std::string_view plain_type = "text/plain";

// The best of its attachments that can be said; nullptr where none can.
const json::value* sayable_attachment(const json::value& document) {
  const auto* content = document.find("content");
  const auto* all = content == nullptr ? nullptr : content->if_array();
  if (all == nullptr) return nullptr;
  for (const auto wanted : {html_type, plain_type}) {
    for (const auto& one : *all) {
      if (one.string_at("attachment.contentType") == wanted) return one.find("attachment");
    }
  }
  return nullptr;
}

std::string words_of(std::string_view content_type, std::string_view bytes) {
  return content_type == html_type ? words_of_html(bytes) : words_of_plain(bytes);
}

// What stands in the document itself.
result<std::string> inline_words(const std::string& content_type, std::string_view data) {
  const auto bytes = epic::decode_base64(data);
  if (!bytes) return fail(epic::errc::protocol, "a note's content is no base64");
  return words_of(content_type, *bytes);
}

write_report not_sent(std::string why) {
  return {write_end::not_sent, {}, std::move(why)};
}

}  // namespace

bool adapter_executor::may_read(const std::string& user) const {
  return flags_.is_enabled(policy::epic_voice_commands, user) &&
         flags_.is_enabled(policy::epic_fhir_read_only, user);
}

runtime::task<result<read_answer>> adapter_executor::read(read_intent what, session_context where) {
  if (!may_read(where.user)) co_return fail(epic::errc::unavailable, "switched off");
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

runtime::task<result<std::string>> adapter_executor::read_note(json::value document, session_context where) {
  if (!may_read(where.user)) co_return fail(epic::errc::unavailable, "switched off");
  const json::value* attached = sayable_attachment(document);
  if (attached == nullptr) co_return fail(epic::errc::not_supported, "the note is no text");
  const std::string content_type(attached->string_at("contentType"));
  const auto data = attached->string_at("data");
  if (!data.empty()) co_return inline_words(content_type, data);
  epic::note_request asked;
  asked.content_type = content_type;
  asked.document = std::move(document);
  asked.who.patient = where.patient.id;
  asked.who.user = where.user;
  auto brought = co_await epic_.note_content(std::move(asked));
  if (!brought) co_return fail(std::move(brought.error()));
  co_return words_of(content_type, brought->bytes);
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
