#include "harness/faults/wrong_type.hpp"

#include <epicenter/base/check.hpp>

#include "harness/faults/message_layout.hpp"
#include "harness/faults/new_body.hpp"

namespace epicenter::faults {
namespace {

struct document {
  std::string_view type;
  std::string_view text;
};

constexpr document html{"text/html; charset=utf-8", R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to continue</title></head>
<body>
<h1>Your session has ended</h1>
<p>Sign in again to go on. If you need help, call the service desk.</p>
<form method="post" action="/login">
<label>User name <input name="user" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button type="submit">Sign in</button>
</form>
</body>
</html>
)"};
constexpr document xml{"application/fhir+xml; charset=utf-8", R"(<?xml version="1.0" encoding="UTF-8"?>
<OperationOutcome xmlns="http://hl7.org/fhir">
  <issue>
    <severity value="error"/>
    <code value="processing"/>
    <details><text value="The request could not be processed."/></details>
  </issue>
</OperationOutcome>
)"};
constexpr document text{"text/plain; charset=utf-8", "The request could not be processed.\n"};

class wrong_type final : public fault {
 public:
  wrong_type(document instead, bool honest) : instead_(instead), honest_(honest) {}
  hooks acts_on() const override { return {.responses = true}; }
  response_verdict on_response(const http::response&, runtime::random_stream&) override {
    return take_whole{};
  }

  std::optional<delivery> on_whole_response(const whole_response& w, runtime::random_stream&) override {
    const auto layout = layout_of(w);
    if (!layout || layout->body_size == 0) return std::nullopt;
    http::headers changed{{"Content-Encoding", ""}};
    if (honest_) changed.add("Content-Type", std::string(instead_.type));
    return delivery{with_new_body(w.raw.substr(0, layout->head_size), changed, instead_.text),
                    layout->next()};
  }

 private:
  document instead_;
  bool honest_;
};

}  // namespace

std::unique_ptr<fault> make_wrong_type(const json::object& canonical) {
  const auto* as = canonical.find("as");
  const auto* content_type = canonical.find("content_type");
  EPICENTER_CHECK(as != nullptr && content_type != nullptr, "parameters are canonical");
  const auto& word = *as->if_string();
  return std::make_unique<wrong_type>(word == "html"  ? html
                                      : word == "xml" ? xml
                                                      : text,
                                      *content_type->if_string() == "honest");
}

}  // namespace epicenter::faults
