// A client and a server that is scripted by the test, in virtual time.
#pragma once

#include <gmock/gmock.h>

#include <epicenter/fhir/write_client.hpp>
#include <epicenter/http/server.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

namespace epicenter::fhir::test {

using runtime::task;

inline http::response answer_of(unsigned status, std::string body,
                                std::string type = "application/fhir+json; charset=utf-8") {
  http::response made;
  made.status = status;
  if (!type.empty()) made.fields.add("Content-Type", std::move(type));
  made.body = std::move(body);
  return made;
}

inline http::response located(unsigned status, std::string location, std::string body = {}) {
  auto made = answer_of(status, std::move(body));
  made.fields.add("Location", std::move(location));
  return made;
}

/// An OperationOutcome with one issue under Epic's code system. Its texts are what must never be seen.
inline std::string outcome_of(std::string_view severity, std::string_view code, std::string_view epic_code) {
  return R"({"resourceType":"OperationOutcome","issue":[{"severity":")" + std::string(severity) +
         R"(","code":")" + std::string(code) +
         R"(","details":{"coding":[{"system":"urn:oid:1.2.840.114350.1.13.0.1.7.2.657369","code":")" +
         std::string(epic_code) + R"("}],"text":"LOPEZ"},"diagnostics":"LOPEZ"}]})";
}

inline std::string resource_text(std::string_view type, std::string_view id) {
  return R"({"resourceType":")" + std::string(type) + R"(","id":")" + std::string(id) + "\"}";
}

/// A page with a Condition for each id; an empty link ends the search.
inline std::string page_of(const std::vector<std::string>& ids, std::string_view next,
                           std::string_view outcome = {}) {
  std::string text = R"({"resourceType":"Bundle","type":"searchset","total":99,"link":[)";
  if (!next.empty()) text += R"({"relation":"next","url":")" + std::string(next) + "\"},";
  text += R"({"relation":"self","url":"x"}],"entry":[)";
  const char* between = "";
  for (const auto& id : ids) {
    text += between + (R"({"resource":)" + resource_text("Condition", id)) + R"(,"search":{"mode":"match"}})";
    between = ",";
  }
  if (!outcome.empty())
    text += between + (R"({"resource":)" + std::string(outcome)) + R"(,"search":{"mode":"outcome"}})";
  return text + "]}";
}

class scripted_server {
 public:
  using script = std::function<http::response(const http::request&)>;

  explicit scripted_server(script answers, compression allowed = compression::none)
      : rt(runtime::virtual_options{}),
        web(rt, {}),
        through(web, {home(), std::size_t{1} << 30U,
                      [](http::request& r) { r.fields.set("Authorization", "Bearer t"); }}),
        epic(through, {request_builder("/fhir", allowed), {}, {}}),
        answers_(std::move(answers)) {}

  static http::origin home() { return http::parse_url("http://epic.test/fhir")->where; }

  void run(std::function<task<>(scripted_server&)> body) {
    http::server_options options;
    options.gzip = true;
    server_ = std::make_unique<http::server>(rt, options, [this](http::exchange& x) { return handle(x); });
    server_->listen({"epic.test", 80, {}}).value();
    runtime::spawn(rt, "test", top(*this, std::move(body)));
    EXPECT_EQ(rt.run(instant(24h)), runtime::run_end::finished);
    for (const auto& one : seen) EXPECT_EQ(one.fields.get("Authorization"), "Bearer t");
  }

  instant in(duration d) const { return rt.now() + d; }
  std::size_t count(std::string_view method) const {
    return static_cast<std::size_t>(
        std::count_if(seen.begin(), seen.end(), [&](const auto& r) { return r.method == method; }));
  }

  runtime::virtual_runtime rt;
  http::client web;
  direct_exchange through;
  client epic;
  std::vector<http::request> seen;
  std::vector<instant> seen_at;
  /// Where set, it takes the place of the answers: raw bytes, resets, chunks.
  std::function<task<bool>(http::exchange&)> before_answer;

 private:
  static task<> top(scripted_server& here, std::function<task<>(scripted_server&)> body) {
    co_await body(here);
    co_await here.web.stop();
    co_await here.server_->stop(0s);
  }

  task<> handle(http::exchange& x) {
    seen.push_back(x.incoming());
    seen_at.push_back(rt.now());
    if (before_answer) {
      const bool done = co_await before_answer(x);
      if (done) co_return;
    }
    http::response r = answers_(x.incoming());
    (void)co_await x.respond(std::move(r));
  }

  script answers_;
  std::unique_ptr<http::server> server_;
};

/// The texts of an error chain hold nothing of what the server said.
inline void expect_clean(const error& e) {
  EXPECT_EQ(e.message().find("LOPEZ"), std::string::npos) << e.message();
}

}  // namespace epicenter::fhir::test
