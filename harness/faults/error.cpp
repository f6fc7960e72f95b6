#include "harness/faults/error.hpp"

#include <fmt/format.h>

#include <epicenter/base/check.hpp>
#include <epicenter/json/write.hpp>
#include <optional>
#include <vector>

#include "harness/faults/http_date.hpp"

namespace epicenter::faults {

namespace {

enum class body_form { outcome, html, empty };

struct settings {
  std::vector<unsigned> statuses;
  body_form body = body_form::outcome;
  std::optional<duration> retry_after;
  bool retry_after_date = false;
  bool committed = false;
};

/// Codes of the value set issue-type (hl7.org/fhir/R4/valueset-issue-type.html).
const char* issue_code(unsigned status) {
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

std::string outcome_body(unsigned status) {
  const std::string text(http::reason_phrase(status));
  json::object details{{"text", text}};
  json::object issue{{"severity", "error"}, {"code", issue_code(status)}, {"details", std::move(details)}};
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

class error_fault final : public fault {
 public:
  explicit error_fault(settings s) : settings_(std::move(s)) {}

  hooks acts_on() const override { return {.requests = true}; }

  request_verdict on_request(const call& c, runtime::random_stream& random) override {
    answer a;
    a.committed = settings_.committed;
    a.response.status = settings_.statuses[random.below(settings_.statuses.size())];
    if (settings_.body == body_form::outcome) {
      a.response.fields.add("Content-Type", "application/fhir+json");
      a.response.body = outcome_body(a.response.status);
    } else if (settings_.body == body_form::html) {
      a.response.fields.add("Content-Type", "text/html");
      a.response.body = html_body(a.response.status);
    }
    if (settings_.retry_after) a.response.fields.add("Retry-After", retry_after(c.wall));
    return a;
  }

 private:
  /// Both forms count whole seconds (RFC 9110, section 10.2.3); rounded up, so that the promise is kept.
  std::string retry_after(wall_time now) const {
    const auto after = *settings_.retry_after;
    if (settings_.retry_after_date) return http_date(std::chrono::ceil<std::chrono::seconds>(now + after));
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(after).count());
  }

  settings settings_;
};

}  // namespace

std::unique_ptr<fault> make_error_fault(const json::object& canonical) {
  settings s;
  const auto* statuses = canonical.find("status");
  const auto* body = canonical.find("body");
  const auto* committed = canonical.find("committed");
  EPICENTER_CHECK(
      statuses != nullptr && statuses->if_array() != nullptr && body != nullptr && committed != nullptr,
      "parameters are canonical");
  for (const auto& status : *statuses->if_array())
    s.statuses.push_back(static_cast<unsigned>(*status.to_int64()));
  if (*body->if_string() == "html") s.body = body_form::html;
  if (*body->if_string() == "empty") s.body = body_form::empty;
  s.committed = *committed->if_bool();
  if (const auto* retry_after = canonical.find("retry_after")) {
    s.retry_after = duration(*retry_after->find("after")->to_int64());
    s.retry_after_date = retry_after->string_at("form") == "date";
  }
  return std::make_unique<error_fault>(std::move(s));
}

}  // namespace epicenter::faults
