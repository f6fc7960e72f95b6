#include "harness/faults/header.hpp"

#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/http/serialise.hpp>
#include <optional>

namespace epicenter::faults {
namespace {

class header final : public fault {
 public:
  header(std::string name, std::optional<std::string> value, bool on_requests)
      : name_(std::move(name)), value_(std::move(value)), on_requests_(on_requests) {}

  hooks acts_on() const override { return {.requests = on_requests_, .responses = !on_requests_}; }

  request_verdict on_request(const call& c, runtime::random_stream&) override {
    if (is_so_already(c.head.fields)) return pass{};
    edit_request edit{c.head};
    change(edit.head.fields);
    return edit;
  }
  response_verdict on_response(const http::response& head, runtime::random_stream&) override {
    if (is_so_already(head.fields)) return pass{};
    edit_response edit{head};
    change(edit.head.fields);
    return edit;
  }

 private:
  bool is_so_already(const http::headers& fields) const {
    const auto of_that_name = std::count_if(fields.begin(), fields.end(), [&](const auto& f) {
      return http::equal_ignoring_case(f.first, name_);
    });
    return value_ ? of_that_name == 1 && fields.get(name_) == *value_ : of_that_name == 0;
  }
  void change(http::headers& fields) const {
    if (value_) {
      fields.set(name_, *value_);
    } else {
      fields.erase(name_);
    }
  }

  std::string name_;
  std::optional<std::string> value_;
  bool on_requests_;
};

/// The proxy frames the messages and keeps the connections (RFC 9110, section 7.6.1).
constexpr std::array<std::string_view, 8> of_the_connection{
    "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE",
    "Trailer",        "Proxy-Connection",  "Upgrade"};

}  // namespace

result<> check_header(const json::object& canonical) {
  const auto* name = canonical.find("field");
  const auto* direction = canonical.find("direction");
  EPICENTER_CHECK(name != nullptr && direction != nullptr, "parameters are canonical");
  const auto& field = *name->if_string();
  const auto* value = canonical.find("value");
  if (!http::is_token(field))
    return fail(errc::bad_parameter, "field: letters, digits and !#$%&'*+-.^_`|~ are wanted");
  if (value != nullptr && !http::is_field_value(*value->if_string()))
    return fail(errc::bad_parameter, "value: it has control characters");
  const auto same = [&](std::string_view other) { return http::equal_ignoring_case(field, other); };
  if (std::any_of(of_the_connection.begin(), of_the_connection.end(), same))
    return fail(errc::bad_parameter,
                "field: " + std::string(field) + " frames the message or belongs to the connection");
  if (same("Host") && (*direction->if_string() != "request" || value == nullptr))
    return fail(errc::bad_parameter, "field: Host can be set on requests only, and not be removed");
  return {};
}

std::unique_ptr<fault> make_header(const json::object& canonical) {
  const auto* name = canonical.find("field");
  const auto* direction = canonical.find("direction");
  EPICENTER_CHECK(name != nullptr && direction != nullptr, "parameters are canonical");
  std::optional<std::string> value;
  if (const auto* given = canonical.find("value")) value = *given->if_string();
  return std::make_unique<header>(*name->if_string(), std::move(value), *direction->if_string() == "request");
}

}  // namespace epicenter::faults
