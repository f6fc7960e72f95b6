#include "harness/faults/error_answer.hpp"

#include <fmt/format.h>

#include <epicenter/json/write.hpp>

#include "harness/faults/http_date.hpp"

namespace epicenter::faults {
namespace {

std::string outcome_body(unsigned status, std::string_view code) {
  const std::string text(http::reason_phrase(status));
  json::object details{{"text", text}};
  json::object issue{{"severity", "error"}, {"code", code}, {"details", std::move(details)}};
  json::object outcome{{"resourceType", "OperationOutcome"},
                       {"issue", json::array{json::value(std::move(issue))}}};
  return json::write(json::value(std::move(outcome)));
}

std::string html_body(unsigned status) {
  return fmt::format(
      "<html><head><title>{0} {1}</title></head>\r\n<body><center><h1>{0} "
      "{1}</h1></center></body></html>\r\n",
      status, http::reason_phrase(status));
}

}  // namespace

error_body error_body_named(std::string_view word) {
  if (word == "html") return error_body::html;
  return word == "empty" ? error_body::empty : error_body::outcome;
}

std::string_view issue_code(unsigned status) {
  switch (status) {
    case 401:
      return "login";
    case 403:
      return "forbidden";
    case 404:
      return "not-found";
    case 409:
    case 412:
      return "conflict";
    case 429:
      return "throttled";
    case 503:
      return "transient";
    case 504:
      return "timeout";
    default:
      return status < 500 ? "invalid" : "exception";
  }
}

void give_error_body(http::response& answer, error_body form, std::string_view code) {
  if (form == error_body::outcome) {
    answer.fields.add("Content-Type", "application/fhir+json");
    answer.body = outcome_body(answer.status, code);
  } else if (form == error_body::html) {
    answer.fields.add("Content-Type", "text/html");
    answer.body = html_body(answer.status);
  }
}

std::string retry_after_value(retry_after_form form, duration after, wall_time now) {
  if (form == retry_after_form::date) return http_date(std::chrono::ceil<std::chrono::seconds>(now + after));
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(after).count());
}

}  // namespace epicenter::faults
