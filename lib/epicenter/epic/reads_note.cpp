// What a note says. A Binary tells nothing of its patient, so it is fetched only by way of a document that
// does.
#include <epicenter/epic/digest.hpp>
#include <epicenter/epic/patient_guard.hpp>
#include <epicenter/epic/reads.hpp>

namespace epicenter::epic {
namespace {

const json::value* attachment_of(const json::value& document, std::string_view content_type) {
  const json::value* const content = document.find("content");
  const json::array* const all = content == nullptr ? nullptr : content->if_array();
  if (all == nullptr) return nullptr;
  for (const auto& one : *all) {
    if (one.string_at("attachment.contentType") == content_type) return one.find("attachment");
  }
  return nullptr;
}

// The id of the Binary; nothing for a link that leads elsewhere.
std::optional<std::string> binary_of(std::string_view url, const http::origin& expected) {
  if (url.find("//") != std::string_view::npos) {
    const auto whole = http::parse_url(url);
    if (!whole || whole->where != expected) return std::nullopt;
  }
  const auto named = fhir::parse_reference(url);
  if (!named || named->type != "Binary") return std::nullopt;
  return named->id;
}

result<epic::note_content> content_of(const json::value& binary, const std::string& patient) {
  const auto owner = fhir::reference_at(binary, "securityContext");
  if (owner && owner->type == "Patient" && owner->id != patient) return fail(errc::wrong_patient, "Binary");
  auto bytes = decode_base64(binary.string_at("data"));
  if (fhir::type_of(binary) != "Binary" || !bytes) {
    return fail(errc::protocol, "a note's content is no Binary with data");
  }
  epic::note_content made;
  made.content_type = binary.string_at("contentType");
  made.bytes = std::move(*bytes);
  return made;
}

}  // namespace

runtime::task<result<epic::note_content>> reads::note_content(note_request asked) {
  read_request& who = asked.who;
  if (auto checked = check(operation_kind::notes, who); !checked) co_return fail(std::move(checked.error()));
  if (!site_.switches.reading(who.user)) co_return fail(errc::switched_off);
  const std::string patient = site_.merges.chart_of(who.patient);
  if (fhir::type_of(asked.document) != "DocumentReference" || !is_about(asked.document, patient)) {
    co_return fail(errc::invalid_argument, "the document is not one of the patient's notes");
  }
  const json::value* const attached = attachment_of(asked.document, asked.content_type);
  if (attached == nullptr)
    co_return fail(errc::invalid_argument, "the note has no attachment of that content type");
  const auto id = binary_of(attached->string_at("url"), pipeline_.fhir_origin());
  if (!id) co_return fail(errc::protocol, "the note's content lies elsewhere");
  if (const auto waits = parked("Binary")) co_return fail(error_of(*waits));
  auto started = std::make_shared<flight<call_result>>(runtime_);
  life_.start_call("epic.note", fly_binary(*id, started, origin_of(who, patient, 1, 1)));
  const bool landed = co_await wait_for(started, *who.deadline);
  if (!landed) co_return fail(errc::deadline, "Binary");
  call_result& got = *started->outcome;
  if (!got) {
    note_refusal("Binary", patient, got.error());
    co_return fail(error_of(got.error()));
  }
  const auto* read = std::get_if<fhir::resource>(&got->content);
  if (read == nullptr) co_return fail(errc::protocol, "a note's content is no Binary");
  auto content = content_of(read->content, patient);
  if (!content && content.error() == make_error_code(errc::wrong_patient)) {
    told_.tell(events::safety_alarm{"wrong_patient", who.operation, "Binary", {}});
  }
  if (content) content->from = provenance{source::live, runtime_.now() - got->at, {}};
  co_return content;
}

runtime::task<> reads::fly_binary(std::string id, std::shared_ptr<flight<call_result>> mine,
                                  fetch_origin from) {
  auto message = pipeline_.build().read("Binary", id);
  if (!message) {
    mine->land(tl::unexpected(failed(failure_cause::refused, std::move(message.error()))));
    co_return;
  }
  call asked;
  asked.purpose = from.purpose;
  asked.endpoint = resilience::endpoint_class::read;
  asked.repeat = resilience::retry_class::safe;
  asked.operation = std::move(from.operation);
  asked.request = from.first_request;
  asked.message = std::move(*message);
  asked.user = std::move(from.user);
  asked.patient = std::move(from.pseudonym);
  asked.deadline = from.deadline;
  auto ended = co_await pipeline_.run(asked);
  mine->land(std::move(ended));
}

}  // namespace epicenter::epic
