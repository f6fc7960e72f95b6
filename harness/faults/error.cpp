#include "harness/faults/error.hpp"

#include <epicenter/base/check.hpp>
#include <optional>
#include <vector>

#include "harness/faults/error_answer.hpp"

namespace epicenter::faults {

namespace {

struct settings {
  std::vector<unsigned> statuses;
  error_body body = error_body::outcome;
  std::optional<duration> retry_after;
  bool retry_after_date = false;
  bool committed = false;
};

class error_fault final : public fault {
 public:
  explicit error_fault(settings s) : settings_(std::move(s)) {}

  hooks acts_on() const override { return {.requests = true}; }

  request_verdict on_request(const call& c, runtime::random_stream& random) override {
    answer a;
    a.committed = settings_.committed;
    a.response.status = settings_.statuses[random.below(settings_.statuses.size())];
    give_error_body(a.response, settings_.body, issue_code(a.response.status));
    if (settings_.retry_after) {
      const auto form = settings_.retry_after_date ? retry_after_form::date : retry_after_form::seconds;
      a.response.fields.add("Retry-After", retry_after_value(form, *settings_.retry_after, c.wall));
    }
    return a;
  }

 private:
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
  s.body = error_body_named(*body->if_string());
  s.committed = *committed->if_bool();
  if (const auto* retry_after = canonical.find("retry_after")) {
    s.retry_after = duration(*retry_after->find("after")->to_int64());
    s.retry_after_date = retry_after->string_at("form") == "date";
  }
  return std::make_unique<error_fault>(std::move(s));
}

}  // namespace epicenter::faults
