#include <gtest/gtest.h>

#include <array>
#include <epicenter/smart/diagnosis.hpp>
#include <epicenter/smart/jwks.hpp>

#include "lib/epicenter/smart/tests/token_world.hpp"

namespace epicenter::smart {
namespace {

http::response page(std::string body, unsigned status = 200) {
  http::response made;
  made.status = status;
  made.body = std::move(body);
  return made;
}

jwks_finding judged(const http::response& answer) {
  static const private_key ours = named_key(algorithm::rs384, "ours");
  return judge_jwks(answer, ours).finding;
}

TEST(jwks_probe, sees_what_epic_would_see) {
  const auto ours = named_key(algorithm::rs384, "ours");
  const std::array<private_key, 2> with{named_key(algorithm::es384, "other"), ours};
  EXPECT_EQ(judged(page(*jwks_document(with))), jwks_finding::published);
  const std::array<private_key, 1> without{named_key(algorithm::es384, "ours")};  // that kid, another type
  EXPECT_EQ(judged(page(*jwks_document(without))), jwks_finding::absent);
  std::string other = *jwks_document(with);
  other.replace(other.find("\"n\": \"") + 10, 4, "AAAA");
  EXPECT_EQ(judged(page(other)), jwks_finding::other_key);
  std::string twice = *jwks_document(std::span(&ours, 1));
  const auto first = twice.find('{', 2);
  const auto one = twice.substr(first, twice.rfind(']') - first);
  twice.insert(first, one + ',');
  EXPECT_EQ(judged(page(twice)), jwks_finding::ambiguous);
}

TEST(jwks_probe, tells_the_ways_of_not_answering_apart) {
  EXPECT_EQ(judged(page("", 302)), jwks_finding::redirected);
  EXPECT_EQ(judged(page("", 502)), jwks_finding::unreachable);
  EXPECT_EQ(judged(page("", 404)), jwks_finding::unreachable);
  EXPECT_EQ(judged(page("<html>")), jwks_finding::malformed);
  EXPECT_EQ(judged(page("{}")), jwks_finding::malformed);
  EXPECT_EQ(judged(page(R"({"keys":7})")), jwks_finding::malformed);
  EXPECT_EQ(judged(page(R"({"keys":[7,{}]})")), jwks_finding::absent);
}

TEST(jwks_probe, asks_as_the_standard_says) {
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  std::vector<http::request> asked;
  std::vector<jwks_report> found;
  bool answers = true;
  const auto serve = [&](http::request question) -> task<result<http::response>> {
    asked.push_back(std::move(question));
    if (!answers) co_return fail(errc::unavailable, "refused");
    co_return page(R"({"keys":[]})");
  };
  const fetch_function fetch = [&](http::url, http::request question, instant) {
    return serve(std::move(question));
  };
  const auto where = *http::parse_url("https://hospital.example/jwks.json");
  const auto body = [&]() -> task<> {
    found.push_back(co_await probe_jwks(fetch, where, test_key(algorithm::es384), instant(5s)));
    answers = false;
    found.push_back(co_await probe_jwks(fetch, where, test_key(algorithm::es384), instant(5s)));
  };
  runtime::spawn(rt, "test", body());
  ASSERT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_EQ(asked[0].target, "/jwks.json");
  EXPECT_EQ(asked[0].fields.get("Accept"), "application/json");
  EXPECT_EQ(found[0].finding, jwks_finding::absent);
  EXPECT_EQ(found[1].finding, jwks_finding::unreachable);
  EXPECT_NE(found[1].detail.find("refused"), std::string::npos);
}

refusal_facts refused(oauth_error said = oauth_error::invalid_client) {
  refusal_facts made;
  made.status.state = token_state::failing;
  made.status.last_refusal = said;
  made.status.kid = "2026-a";
  return made;
}

TEST(diagnosis, rows_5_to_10_are_told_apart_as_far_as_the_wire_allows) {
  EXPECT_EQ(diagnose(refused(oauth_error::none)).cause, refusal_cause::none);
  EXPECT_EQ(diagnose(refused(oauth_error::unauthorized_client)).cause, refusal_cause::no_background_user);
  EXPECT_EQ(diagnose(refused(oauth_error::invalid_request)).cause, refusal_cause::bad_request);
  EXPECT_EQ(diagnose(refused(oauth_error::invalid_scope)).cause, refusal_cause::scope_refused);
  EXPECT_EQ(diagnose(refused()).cause, refusal_cause::unknown);

  auto skewed = refused();
  skewed.status.clock_differs = true;
  skewed.status.clock_offset = -90s;
  EXPECT_EQ(diagnose(skewed).cause, refusal_cause::clock_skew);
  EXPECT_NE(diagnose(skewed).advice.find("-90 s"), std::string::npos);

  auto down = refused();
  down.own_key_set = {jwks_finding::redirected, "status 301"};
  EXPECT_EQ(diagnose(down).cause, refusal_cause::key_set_down);
  EXPECT_NE(diagnose(down).advice.find("301"), std::string::npos);
  auto absent = refused();
  absent.own_key_set = {jwks_finding::absent, {}};
  EXPECT_EQ(diagnose(absent).cause, refusal_cause::key_not_published);
  EXPECT_NE(diagnose(absent).advice.find("2026-a"), std::string::npos);

  auto stale = refused();
  stale.own_key_set = {jwks_finding::published, {}};
  stale.key_changed_lately = true;
  EXPECT_EQ(diagnose(stale).cause, refusal_cause::key_set_stale);
  auto fresh = refused();
  fresh.own_key_set = {jwks_finding::published, {}};
  fresh.status.state = token_state::propagating;
  EXPECT_EQ(diagnose(fresh).cause, refusal_cause::propagation);
}

TEST(diagnosis, every_cause_but_none_comes_with_advice) {
  for (const auto said :
       {oauth_error::invalid_client, oauth_error::invalid_request, oauth_error::unauthorized_client,
        oauth_error::invalid_grant, oauth_error::invalid_scope, oauth_error::unsupported_grant_type})
    EXPECT_GT(diagnose(refused(said)).advice.size(), 40U);
}

}  // namespace
}  // namespace epicenter::smart
