// A token manager in virtual time before a token endpoint that does what the test says.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/http/url.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <epicenter/smart/token_manager.hpp>
#include <functional>
#include <set>

#include "lib/epicenter/smart/tests/jwt_reader.hpp"
#include "lib/epicenter/smart/tests/test_keys.hpp"

namespace epicenter::smart {

using runtime::task;

class token_endpoint {
 public:
  explicit token_endpoint(runtime::runtime& rt) : rt_(rt) {}

  duration latency = 100ms;
  int tries = 1;  ///< requests made for one answer, as by a retry around it
  std::function<http::response(int call)> answer = [this](int) { return grant(3600); };

  int calls = 0;
  int outstanding = 0;
  int most_outstanding = 0;
  std::set<std::string> jtis;
  std::string last_jti;
  std::int64_t last_issued = 0;  ///< iat of the last assertion
  std::string last_kid;
  std::string last_jku;

  http::response grant(int seconds) const {
    http::response made;
    made.body = R"({"access_token":"SECRET-)" + std::to_string(calls) +
                R"(","token_type":"bearer","expires_in":)" + std::to_string(seconds) + "}";
    return made;
  }
  static http::response refusal(unsigned status, std::string_view code = "invalid_client") {
    http::response made;
    made.status = status;
    made.body = R"({"error":")" + std::string(code) + R"(","error_description":null})";
    return made;
  }

  task<result<http::response>> post(token_request_source source, instant) {
    most_outstanding = std::max(most_outstanding, ++outstanding);
    result<> slept;
    for (int i = 0; i != tries && slept; ++i) {
      ++calls;
      const auto request = source();
      EXPECT_TRUE(request.has_value());
      read(*request);
      slept = co_await runtime::sleep_for(rt_, latency);
    }
    --outstanding;
    if (!slept) co_return fail(std::move(slept.error()));
    co_return answer(calls);
  }

 private:
  void read(const http::request& request) {
    const std::string assertion = http::decode_form(request.body)->at(2).second;
    const jwt_parts parts = take_apart(assertion);
    const json::value& claims = parts.claims;
    last_kid = parts.header.string_at("kid");
    last_jku = parts.header.string_at("jku");
    const std::string jti(claims.string_at("jti"));
    EXPECT_TRUE(jtis.insert(jti).second) << "a jti came twice";
    EXPECT_LE(jti.size(), max_jti_length);
    last_jti = jti;
    last_issued = *claims.find("iat")->to_int64();
  }

  runtime::runtime& rt_;
};

class token_world {
 public:
  explicit token_world(std::uint64_t seed = 1, token_options options = usual_options())
      : rt(options_of(seed)),
        endpoint(rt),
        manager(
            rt, std::move(options), test_key(algorithm::es256),
            [this](token_request_source source, instant deadline) {
              return endpoint.post(std::move(source), deadline);
            },
            [this](const token_event& event) { events.push_back(event); }) {}

  static token_options usual_options() {
    token_options options;
    options.client_id = "client-1";
    options.audience = "https://epic.example/oauth2/token";
    options.target = "/oauth2/token";
    return options;
  }

  runtime::virtual_runtime rt;
  token_endpoint endpoint;
  std::vector<token_event> events;
  token_manager manager;

  /// Runs the body, stops the manager and expects that nothing is left over.
  void run(const std::function<task<>()>& body) {
    runtime::spawn(rt, "test", run_and_stop(body));
    ASSERT_EQ(rt.run(), runtime::run_end::finished);
    for (const auto& event : events) EXPECT_EQ(event.reason.find("SECRET"), std::string::npos);
    EXPECT_EQ(endpoint.outstanding, 0);
    EXPECT_LE(endpoint.most_outstanding, 1) << "two refreshes at once";
  }

  instant in(duration d) const { return rt.now() + d; }
  int count(token_event_kind kind) const {
    return static_cast<int>(
        std::count_if(events.begin(), events.end(), [kind](const token_event& e) { return e.kind == kind; }));
  }

 private:
  task<> run_and_stop(std::function<task<>()> body) {
    co_await body();
    co_await manager.stop();
  }
  static runtime::virtual_options options_of(std::uint64_t seed) {
    runtime::virtual_options options;
    options.seed = seed;
    return options;
  }
};

}  // namespace epicenter::smart
