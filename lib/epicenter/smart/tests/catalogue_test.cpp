// The failure catalogue's rows of the token, before a server that judges each assertion as Epic does.
#include <gtest/gtest.h>

#include <epicenter/http/url.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <epicenter/smart/diagnosis.hpp>
#include <epicenter/smart/jwks.hpp>

#include "lib/epicenter/smart/tests/strict_epic.hpp"
#include "lib/epicenter/smart/tests/test_keys.hpp"

namespace epicenter::smart {
namespace {

using runtime::task;

class catalogue_world {
 public:
  explicit catalogue_world(private_key key = test_key(algorithm::es256))
      : rt(runtime::virtual_options{}),
        epic(rt),
        manager(
            rt, options_of(), key,
            [this](token_request_source source, instant) { return post(std::move(source)); },
            [this](const token_event& what) { events.push_back(what); }) {
    epic.served = *jwks_document(std::span(&key, 1));
  }

  runtime::virtual_runtime rt;
  strict_epic epic;
  int lose_answers = 0;  ///< so many answers are lost after the server saw the request; the owner tries again
  std::vector<token_event> events;
  token_manager manager;

  void run(const std::function<task<>()>& body) {
    runtime::spawn(rt, "test", run_and_stop(body));
    ASSERT_EQ(rt.run(), runtime::run_end::finished);
  }
  /// Asks each second until there is a token that the server takes; how many seconds it took, or -1.
  task<int> seconds_to_token(int most) {
    for (int i = 0; i != most; ++i) {
      auto token = co_await manager.get(rt.now() + 10s);
      if (token && epic.takes(std::string((*token)->value.reveal()))) co_return i;
      co_await runtime::sleep_for(rt, 1s);
    }
    co_return -1;
  }
  diagnosis diagnosed() const {
    refusal_facts facts;
    facts.status = manager.status();
    return diagnose(facts);
  }

 private:
  task<> run_and_stop(std::function<task<>()> body) {
    co_await body();
    co_await manager.stop();
  }
  task<result<http::response>> post(token_request_source source) {
    for (;;) {
      const auto request = source();
      auto slept = co_await runtime::sleep_for(rt, 100ms);
      if (!slept) co_return fail(std::move(slept.error()));
      http::response answer = epic.token(*request);
      if (lose_answers-- <= 0) co_return answer;
    }
  }
  static token_options options_of() {
    token_options options;
    options.client_id = "client-1";
    options.audience = "https://epic.example/oauth2/token";
    options.target = "/oauth2/token";
    return options;
  }
};

const http::url own_key_set = *http::parse_url("https://hospital.example/jwks.json");

task<result<http::response>> no_answer() {
  co_return fail(errc::unavailable, "no connection");
}

TEST(catalogue, a_strict_server_takes_every_algorithm) {
  for (const auto a :
       {algorithm::rs256, algorithm::rs384, algorithm::rs512, algorithm::es256, algorithm::es384}) {
    catalogue_world world(named_key(a, "kid"));
    const auto body = [&]() -> task<> {
      const int seconds = co_await world.seconds_to_token(3);
      EXPECT_EQ(seconds, 0) << to_string(a);
    };
    world.run(body);
    EXPECT_TRUE(world.epic.refused.empty()) << world.epic.refused.front();
  }
}

TEST(catalogue, the_strict_server_refuses_what_epic_refuses) {
  const private_key key = named_key(algorithm::es256, "kid");
  const auto ask = [&key](strict_epic& epic, runtime::runtime& rt, assertion_claims claims, duration off) {
    epic.served = *jwks_document(std::span(&key, 1));
    const auto signed_one = make_assertion(key, claims, rt.wall() + off);
    (void)epic.token(make_token_request("/t", *signed_one));
    return epic.refused.empty() ? std::string() : epic.refused.back();
  };
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  const assertion_claims good{"client-1", "https://epic.example/oauth2/token", "jti"};
  const auto fresh = [&](assertion_claims claims, duration off) {
    strict_epic epic(rt);
    return ask(epic, rt, std::move(claims), off);
  };
  EXPECT_EQ(fresh(good, 0s), "");
  EXPECT_EQ(fresh(good, 29s), "");
  EXPECT_EQ(fresh(good, -239s), "");
  EXPECT_EQ(fresh(good, 31s), "not_yet");
  EXPECT_EQ(fresh(good, -240s), "expired");
  EXPECT_EQ(fresh(good, 61s), "exp_too_far");
  EXPECT_EQ(fresh({"other", good.audience, "jti"}, 0s), "client");
  EXPECT_EQ(fresh({"client-1", "https://elsewhere.example/token", "jti"}, 0s), "aud");
  strict_epic epic(rt);
  EXPECT_EQ(ask(epic, rt, good, 0s), "");
  EXPECT_EQ(ask(epic, rt, good, 0s), "jti_replayed");
  const private_key stranger = named_key(algorithm::es256, "kid");
  (void)epic.token(make_token_request("/t", *make_assertion(stranger, good, rt.wall())));
  EXPECT_EQ(epic.refused.back(), "signature");
}

TEST(catalogue, row_3_a_revoked_token_costs_one_refresh) {
  catalogue_world world;
  const auto body = [&]() -> task<> {
    co_await world.seconds_to_token(1);
    world.epic.revoke_all();
    const auto stale = co_await world.manager.get(runtime::never);
    world.manager.invalidate((*stale)->id);
    const int seconds = co_await world.seconds_to_token(1);
    EXPECT_EQ(seconds, 0);
  };
  world.run(body);
  EXPECT_EQ(world.epic.signed_with.begin()->second, 2);
}

TEST(catalogue, row_6_a_key_set_that_is_down_is_told_apart_and_outlived) {
  catalogue_world world;
  const auto served = world.epic.served;
  const auto body = [&]() -> task<> {
    world.epic.served.reset();
    const int in_vain = co_await world.seconds_to_token(2);
    EXPECT_EQ(in_vain, -1);
    EXPECT_EQ(world.diagnosed().cause, refusal_cause::unknown) << "the wire does not tell";
    fetch_function fetch = [](http::url, http::request, instant) { return no_answer(); };
    auto why = co_await examine_refusal(world.manager, false, fetch, own_key_set, world.rt.now() + 5s);
    EXPECT_EQ(why.cause, refusal_cause::key_set_down);
    world.epic.served = served;
    const int seconds = co_await world.seconds_to_token(5);
    EXPECT_GE(seconds, 0);
  };
  world.run(body);
}

TEST(catalogue, row_8_a_clock_that_is_off_mends_itself_at_the_second_try) {
  for (const duration skew :
       {duration(10min), duration(-10min), duration(35s), duration(-250s), duration(24h)}) {
    catalogue_world world;
    world.epic.clock_skew = skew;
    const auto body = [&]() -> task<> {
      const int seconds = co_await world.seconds_to_token(5);
      EXPECT_GE(seconds, 0);
      EXPECT_LE(seconds, 2);
    };
    world.run(body);
    EXPECT_LE(world.epic.refused.size(), 1U);
    EXPECT_TRUE(world.events.back().clock_differs) << "somebody should be told";
    EXPECT_LE(std::chrono::abs(world.events.back().clock_offset - skew), 1s);
  }
}

TEST(catalogue, row_8_small_differences_are_borne_without_any_date) {
  for (const duration skew : {duration(25s), duration(-29s), duration(200s)}) {
    catalogue_world world;
    world.epic.clock_skew = skew;
    world.epic.shows_date = false;
    const auto body = [&]() -> task<> {
      const int seconds = co_await world.seconds_to_token(1);
      EXPECT_EQ(seconds, 0) << skew / 1s;
    };
    world.run(body);
  }
}

TEST(catalogue, row_9_no_try_repeats_an_assertion_that_the_server_has_seen) {
  catalogue_world world;
  world.lose_answers = 5;
  const auto body = [&]() -> task<> {
    const int seconds = co_await world.seconds_to_token(1);
    EXPECT_EQ(seconds, 0);
  };
  world.run(body);
  EXPECT_TRUE(world.epic.refused.empty());
}

TEST(catalogue, row_10_a_missing_background_user_is_named) {
  catalogue_world world;
  world.epic.user_mapped = false;
  const auto body = [&]() -> task<> {
    const int in_vain = co_await world.seconds_to_token(10);
    EXPECT_EQ(in_vain, -1);
    EXPECT_EQ(world.diagnosed().cause, refusal_cause::no_background_user);
    world.epic.user_mapped = true;
    const int seconds = co_await world.seconds_to_token(301);
    EXPECT_GE(seconds, 0) << "the cure needs no restart";
  };
  world.run(body);
}

}  // namespace
}  // namespace epicenter::smart
