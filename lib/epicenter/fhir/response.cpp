#include <algorithm>
#include <array>
#include <epicenter/fhir/response.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::fhir {
namespace {

struct content {
  body_form form = body_form::empty;
  json::value document;
};

// Bodies are bounded where they are read.
content read_body(const http::response& answer) {
  const std::string type = answer.content_type();
  const body_form seen = form_of_start(answer.body, type);
  if (seen != body_form::json) return {seen, {}};
  json::parse_limits limits;
  limits.max_bytes = answer.body.size();
  auto parsed = json::parse(answer.body, limits);
  if (parsed) return {body_form::json, std::move(*parsed)};
  return {form_of_unparsed(answer.body, type, parsed.error()), {}};
}

struct meaning {
  std::string_view code;
  errc why;
};

// Only codes that decide something; all others are decided by the status.
constexpr std::array<meaning, 10> epic_meanings{{{"4102", errc::not_found},
                                                 {"4103", errc::gone},
                                                 {"4107", errc::merged},
                                                 {"4113", errc::session_expired},
                                                 {"4130", errc::restricted},
                                                 {"4131", errc::restricted},
                                                 {"4135", errc::quota_exceeded},
                                                 {"59008", errc::not_found},
                                                 {"59141", errc::duplicate},
                                                 {"59189", errc::duplicate}}};
constexpr std::array<meaning, 5> fhir_meanings{{{"not-found", errc::not_found},
                                                {"deleted", errc::gone},
                                                {"duplicate", errc::duplicate},
                                                {"conflict", errc::conflict},
                                                {"throttled", errc::throttled}}};
constexpr std::array<std::string_view, 5> passing_trouble{"transient", "exception", "timeout", "lock-error",
                                                          "no-store"};

std::optional<errc> from_status_alone(unsigned status) {
  if (status == 401) return errc::unauthorized;
  if (status == 429) return errc::throttled;
  if (status == 405 || status == 406 || status == 415 || status == 501) return errc::unsupported;
  if (status == 408 || status >= 500) return errc::unavailable;
  return std::nullopt;
}

std::optional<errc> from_codes(unsigned status, const operation_outcome& outcome) {
  for (const auto& [code, why] : epic_meanings)
    if (outcome.has_epic_code(code, severity::error)) return why;
  if (status == 403) return errc::forbidden;
  for (const auto& [code, why] : fhir_meanings)
    if (outcome.has_code(code, severity::error)) return why;
  if (status >= 400) return std::nullopt;
  for (const std::string_view code : passing_trouble)
    if (outcome.has_code(code, severity::error)) return errc::unavailable;
  return errc::rejected;
}

errc reason(unsigned status, const operation_outcome& outcome) {
  if (const auto certain = from_status_alone(status)) return *certain;
  const bool explained = outcome.worst().value_or(severity::information) >= severity::error;
  if (explained)
    if (const auto told = from_codes(status, outcome)) return *told;
  if (status == 403) return errc::forbidden;
  if (status == 409 || status == 412) return errc::conflict;
  if (status == 410) return errc::gone;
  if (status == 404) return outcome.issues.empty() ? errc::not_fhir : errc::not_found;
  return status >= 400 && status < 500 ? errc::rejected : errc::not_fhir;
}

failure failure_with(unsigned status, const content& body) {
  failure made = make_failure(status, body.form);
  if (auto outcome = parse_operation_outcome(body.document)) made.outcome = std::move(*outcome);
  made.why = reason(status, made.outcome);
  return made;
}

created make_created(const http::response& answer, content body) {
  created made;
  made.where = parse_reference(answer.fields.get("Location"));
  const std::string_view type = type_of(body.document);
  if (!made.where && type != "OperationOutcome" && is_resource_type(type) && is_id(id_of(body.document)))
    made.where = reference{std::string(type), std::string(id_of(body.document)), {}};
  made.content = std::move(body.document);
  return made;
}

}  // namespace

error failure::to_error() const {
  std::string detail = "status " + std::to_string(status) + ", body " + std::string(to_string(form));
  if (!outcome.issues.empty()) detail += ", " + outcome.summary();
  return error(make_error_code(why), std::move(detail));
}

failure make_failure(unsigned status, body_form form) {
  failure made;
  made.status = status;
  made.form = form;
  made.why = reason(status, {});
  return made;
}

interpretation interpret_document(unsigned status, json::value document) {
  content body{body_form::json, std::move(document)};
  if (const auto outcome = parse_operation_outcome(body.document))
    if (outcome->worst().value_or(severity::information) >= severity::error)
      return failure_with(status, body);
  if (!is_resource_type(type_of(body.document))) return failure_with(status, body);
  if (type_of(body.document) == "Bundle") return *parse_bundle(std::move(body.document));
  return resource{std::move(body.document)};
}

interpretation interpret(const http::response& answer) {
  content body = read_body(answer);
  if (answer.status == 201) return make_created(answer, std::move(body));
  const bool success = answer.status >= 200 && answer.status < 300;
  if (success && body.form == body_form::json)
    return interpret_document(answer.status, std::move(body.document));
  failure bad = failure_with(answer.status, body);
  bad.location = answer.fields.get("Location");
  return bad;
}

}  // namespace epicenter::fhir
