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

std::string_view trimmed(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  return start == std::string_view::npos ? std::string_view() : text.substr(start);
}

// Markup is recognised by itself: gateways send pages under any Content-Type. Epic's 401 has the two
// characters "".
content read_body(const http::response& answer) {
  const std::string_view text = trimmed(answer.body);
  if (text.empty() || text == "\"\"") return {};
  if (text.starts_with('<')) {
    const bool page = answer.content_type() == "text/html" ||
                      http::equal_ignoring_case(text.substr(0, 5), "<html") ||
                      http::equal_ignoring_case(text.substr(0, 14), "<!doctype html");
    return {page ? body_form::html : body_form::xml, {}};
  }
  auto parsed = json::parse(answer.body);
  if (parsed) return {body_form::json, std::move(*parsed)};
  const std::string type = answer.content_type();
  const bool promised = type.empty() || type.ends_with("json") || text.starts_with('{');
  return {promised ? body_form::malformed_json : body_form::text, {}};
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

failure make_failure(unsigned status, const content& body) {
  failure made;
  made.status = status;
  made.form = body.form;
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

std::string_view to_string(body_form form) {
  switch (form) {
    case body_form::empty:
      return "empty";
    case body_form::json:
      return "JSON";
    case body_form::malformed_json:
      return "malformed JSON";
    case body_form::html:
      return "HTML";
    case body_form::xml:
      return "XML";
    case body_form::text:
      return "text";
  }
  return "unknown";
}

error failure::to_error() const {
  std::string detail = "status " + std::to_string(status) + ", body " + std::string(to_string(form));
  if (!outcome.issues.empty()) detail += ", " + outcome.summary();
  return error(make_error_code(why), std::move(detail));
}

interpretation interpret(const http::response& answer) {
  content body = read_body(answer);
  if (answer.status == 201) return make_created(answer, std::move(body));
  const bool success = answer.status >= 200 && answer.status < 300;
  if (!success || body.form != body_form::json) return make_failure(answer.status, body);
  if (const auto outcome = parse_operation_outcome(body.document))
    if (outcome->worst().value_or(severity::information) >= severity::error)
      return make_failure(answer.status, body);
  if (!is_resource_type(type_of(body.document))) return make_failure(answer.status, body);
  if (type_of(body.document) == "Bundle") return *parse_bundle(std::move(body.document));
  return resource{std::move(body.document)};
}

}  // namespace epicenter::fhir
