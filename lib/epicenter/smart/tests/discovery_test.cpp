#include <gtest/gtest.h>

#include <epicenter/json/write.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <epicenter/smart/discovery.hpp>
#include <map>

namespace epicenter::smart {
namespace {

using runtime::task;

const http::url base = *http::parse_url("https://epic.example/interconnect/api/FHIR/R4");
constexpr const char* configuration_path = "/interconnect/api/FHIR/R4/.well-known/smart-configuration";
constexpr const char* metadata_path = "/interconnect/api/FHIR/R4/metadata";

http::response answer(std::string body, unsigned status = 200) {
  http::response made;
  made.status = status;
  made.body = std::move(body);
  return made;
}

std::string configuration(std::string token) {
  return json::write(json::object{
      {"token_endpoint", std::move(token)},
      {"token_endpoint_auth_methods_supported", json::array{"client_secret_basic", "private_key_jwt"}},
      {"capabilities", json::array{"permission-v2", 7, "client-confidential-asymmetric"}}});
}

std::string statement(std::string token) {
  const json::value part = json::object{{"url", "token"}, {"valueUri", std::move(token)}};
  const json::value uris =
      json::object{{"url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"},
                   {"extension", json::array{json::object{{"url", "authorize"}}, part}}};
  const json::value security = json::object{{"extension", json::array{uris}}};
  return json::write(json::object{{"resourceType", "CapabilityStatement"},
                                  {"rest", json::array{json::object{{"security", security}}}}});
}

// A site that answers by path, and shows what it was asked.
class site {
 public:
  std::map<std::string, http::response> pages;
  std::vector<http::request> asked;

  result<discovered> discover_now() {
    runtime::virtual_runtime rt{runtime::virtual_options{}};
    runtime::spawn(rt, "test", run());
    EXPECT_EQ(rt.run(), runtime::run_end::finished);
    return *found_;
  }

 private:
  task<> run() {
    fetch_function fetch = [this](http::url, http::request request, instant) {
      return serve(std::move(request));
    };
    found_ = co_await discover(std::move(fetch), base, "client-1", instant(5s));
  }
  task<result<http::response>> serve(http::request request) {
    asked.push_back(request);
    const auto page = pages.find(request.target);
    if (page == pages.end()) co_return fail(errc::unavailable, "no connection");
    co_return page->second;
  }

  std::optional<result<discovered>> found_;
};

TEST(discovery, asks_as_this_client_and_reads_the_token_endpoint) {
  site there;
  there.pages[configuration_path] = answer(configuration("https://epic.example/oauth2/token"));
  const auto found = there.discover_now();
  ASSERT_TRUE(found.has_value()) << found.error().message();
  EXPECT_EQ(found->token_url.to_string(), "https://epic.example/oauth2/token");
  EXPECT_EQ(found->auth_methods.back(), "private_key_jwt");
  EXPECT_EQ(found->capabilities.size(), 2U);
  ASSERT_EQ(there.asked.size(), 1U);
  EXPECT_EQ(there.asked[0].fields.get("Epic-Client-ID"), "client-1");
  EXPECT_EQ(there.asked[0].fields.get("Accept"), "application/json");
}

TEST(discovery, falls_back_to_the_capability_statement) {
  for (const auto& absent : {answer("<html>", 404), answer("<html>"), answer("{}"), answer("", 302)}) {
    site there;
    there.pages[configuration_path] = absent;
    there.pages[metadata_path] = answer(statement("https://epic.example/oauth2/token"));
    const auto found = there.discover_now();
    ASSERT_TRUE(found.has_value()) << found.error().message();
    EXPECT_EQ(found->source, discovered::source_kind::capability_statement);
    ASSERT_EQ(there.asked.size(), 2U);
    EXPECT_EQ(there.asked[1].fields.get("Epic-Client-ID"), "client-1");
    EXPECT_EQ(there.asked[1].fields.get("Accept"), "application/fhir+json");
  }
}

TEST(discovery, both_failures_are_told) {
  site there;
  there.pages[configuration_path] = answer("", 503);
  const auto found = there.discover_now();
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error(), make_error_code(errc::unavailable));
  EXPECT_EQ(found.error().cause()->detail(), "status 503");
}

TEST(discovery, a_place_that_is_not_trusted_ends_it) {
  for (const char* token : {"http://epic.example/token", "https://127.0.0.1/token", "http://localhost/token",
                            "ftp://epic.example/token", "/oauth2/token", "https://user@epic.example/token"}) {
    site there;
    there.pages[configuration_path] = answer(configuration(token));
    there.pages[metadata_path] = answer(statement("https://epic.example/oauth2/token"));
    const auto found = there.discover_now();
    ASSERT_FALSE(found.has_value()) << token;
    EXPECT_EQ(found.error(), make_error_code(errc::untrusted_url)) << token;
  }
}

TEST(discovery, a_base_on_loopback_may_name_loopback) {
  const auto here = *http::parse_url("http://127.0.0.1:8080/R4");
  EXPECT_TRUE(
      parse_smart_configuration(answer(configuration("http://127.0.0.1:8080/token")), here).has_value());
}

TEST(discovery, documents_are_bounded) {
  const std::string filler(max_smart_configuration, ' ');
  EXPECT_FALSE(parse_smart_configuration(answer(filler + configuration("https://a.example/t")), base));
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  EXPECT_FALSE(parse_smart_configuration(answer(deep), base));
  std::string many = R"({"token_endpoint":"https://a.example/t","scopes_supported":[")";
  for (int i = 0; i != 5000; ++i) many += R"(x",")";
  const auto read = parse_smart_configuration(answer(many + "\"]}"), base);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->scopes_supported.size(), 1024U);
}

TEST(token_endpoint_pin, keeps_what_was_configured_and_tells_of_another) {
  const auto ours = *http::parse_url("https://epic.example/oauth2/token");
  const auto other = *http::parse_url("https://epic.example/other/oauth2/token");
  token_endpoint_pin pin(ours);
  EXPECT_TRUE(pin.compare(*http::parse_url("https://EPIC.example:443/oauth2/token")).has_value());
  const auto moved = pin.compare(other);
  ASSERT_FALSE(moved.has_value());
  EXPECT_EQ(moved.error(), make_error_code(errc::endpoint_moved));
  EXPECT_NE(moved.error().detail().find("/other/"), std::string::npos);
  EXPECT_EQ(pin.in_use(), ours);
}

TEST(token_endpoint_pin, takes_the_first_one_where_none_is_configured) {
  token_endpoint_pin pin(std::nullopt);
  EXPECT_TRUE(pin.compare(base).has_value());
  EXPECT_EQ(pin.in_use(), base);
  EXPECT_FALSE(pin.compare(*http::parse_url("https://evil.example/token")).has_value());
}

}  // namespace
}  // namespace epicenter::smart
