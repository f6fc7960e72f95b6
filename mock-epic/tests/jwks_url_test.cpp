// Keys by URL: a scripted JWKS server and the authority, on a simulated network, in virtual time.
#include <epicenter/http/server.hpp>
#include <epicenter/http/private_ca.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include <deque>

#include "mock-epic/tests/authority_fixture.hpp"

namespace epicenter::mock::oauth {
namespace {

struct JwksUrl : test::authority_fixture {
  /// What the JWKS server does: it answers with `keys` and `cache_control`, or as told.
  runtime::task<> serve(http::exchange& ex) {
    ++fetches;
    accept = std::string(ex.incoming().fields.get("Accept"));
    method = ex.incoming().method;
    if (hangs) {
      const result<> slept = co_await runtime::sleep_for(rt, 1h);
      static_cast<void>(slept);
      co_return;
    }
    http::response made;
    made.status = status;
    made.body = body.empty() ? json::write(keys) : body;
    if (!cache_control.empty()) made.fields.set("Cache-Control", cache_control);
    if (!location.empty()) made.fields.set("Location", location);
    made.fields.set("Content-Type", "application/json");
    static_cast<void>(co_await ex.respond(std::move(made)));
  }

  /// Runs the body with the server listening (with TLS where asked), and the client registered by its URL.
  template <class Fixture>
  void run(runtime::task<> (Fixture::*what)(), bool tls = false) {
    http::server_options options;
    const http::private_ca authority = http::private_ca::make(rt.wall()).value();
    const http::certificate certificate = authority.issue({"keys.example"}, rt.wall()).value();
    if (tls) options.tls = http::make_tls_server({certificate.pem, certificate.key_pem}).value();
    http::server host(rt, options, [this](http::exchange& ex) { return serve(ex); });
    runtime::endpoint where{"keys.example", 443, {}};
    ASSERT_TRUE(host.listen(where));
    url = std::string(tls ? "https" : "http") + "://keys.example:443/jwks.json";
    key_fetcher web(rt, trusts ? authority.pem() : std::string());
    fetcher = &web;
    client_registration made{"by-url"};
    made.jwks_url = url;
    server->register_client(made);
    runtime::spawn(rt, "test", run_body(static_cast<Fixture*>(this), what, &host));
    EXPECT_EQ(rt.run(), runtime::run_end::finished);
    fetcher = nullptr;
  }
  template <class Fixture>
  runtime::task<> run_body(Fixture* self, runtime::task<> (Fixture::*what)(), http::server* host) {
    co_await (self->*what)();
    co_await fetcher->stop();
    co_await host->stop();
  }

  /// The rule of the answer to a token request signed with the key.
  runtime::task<std::string> ask_with(const test::signing_key& key, std::string jku = {}) {
    at = {rt.now(), rt.wall()};
    test::assertion a{"ES384", {}, claims_for("by-url")};
    if (!jku.empty()) a.header.set("jku", jku);
    http::request r = post(
        "/token", with_assertion({{"grant_type", "client_credentials"}}, test::make_jwt(key, std::move(a))));
    with_authority locked = [this](const std::function<void(authority&)>& act) { act(*server); };
    token_answer got =
        co_await handle(rt, *fetcher, std::move(locked), std::move(r), std::string(test::test_origin));
    if (got.rule != "token_issued") expect_refused(got, "invalid_client", got.rule);
    co_return got.rule;
  }
  runtime::task<> pass(duration time) {
    const result<> slept = co_await runtime::sleep_for(rt, time);
    EXPECT_TRUE(slept);
  }
  runtime::task<> expect(const test::signing_key& key, std::string rule, int fetches_in_all) {
    const std::string got = co_await ask_with(key);
    EXPECT_EQ(got, rule);
    EXPECT_EQ(fetches, fetches_in_all);
  }

  runtime::task<> kept_for_29_hours() {
    co_await expect(first, "token_issued", 1);
    EXPECT_EQ(accept, "application/json");
    EXPECT_EQ(method, "GET");
    co_await pass(29h - 1min);
    co_await expect(first, "token_issued", 1);
    co_await pass(2min);
    co_await expect(first, "token_issued", 2);
    cache_control = "max-age=999999";
    co_await pass(30h);
    co_await expect(first, "token_issued", 3);
    co_await pass(28h);
    co_await expect(first, "token_issued", 3);
    co_await pass(2h);
    co_await expect(first, "token_issued", 4);
  }
  runtime::task<> shorter_by_cache_control() {
    cache_control = "public, max-age=60";
    co_await expect(first, "token_issued", 1);
    co_await pass(50s);
    co_await expect(first, "token_issued", 1);
    co_await pass(11s);
    cache_control = "no-store";
    co_await expect(first, "token_issued", 2);
    co_await expect(first, "token_issued", 3);
    co_await expect(first, "token_issued", 4);
  }
  runtime::task<> rotation() {
    co_await expect(first, "token_issued", 1);
    // Signed before it is published: one fetch for the JWT, and none of the next one's business.
    co_await expect(second, "kid_unknown", 2);
    co_await expect(second, "kid_unknown", 3);
    keys = test::key_set({first.jwk(), second.jwk()});
    co_await expect(second, "token_issued", 4);
    co_await expect(first, "token_issued", 4);
    co_await expect(second, "token_issued", 4);
    // Removed: the old key serves as long as the set is kept.
    keys = test::key_set({second.jwk()});
    co_await expect(first, "token_issued", 4);
    co_await pass(29h);
    co_await expect(second, "token_issued", 5);
    co_await expect(first, "kid_unknown", 6);
  }
  runtime::task<> same_kid_other_key() {
    co_await expect(first, "token_issued", 1);
    const test::signing_key renewed = test::signing_key::ec("first", "P-384");
    co_await expect(renewed, "signature", 2);
    keys = test::key_set({renewed.jwk()});
    co_await expect(renewed, "token_issued", 3);
    co_await expect(first, "signature", 4);
  }
  runtime::task<> failures() {
    struct row {
      unsigned status;
      std::string body, rule;
    };
    int count = 0;
    const std::vector<row> rows{{502, "x", "jwks_status"},
                                {404, "x", "jwks_status"},
                                {204, "", "jwks_status"},
                                {200, "<html>", "jwks_malformed"},
                                {200, R"({"keys":1})", "jwks_malformed"},
                                {200, std::string(max_key_set_bytes + 1, ' '), "jwks_too_large"}};
    for (const row& one : rows) {
      status = one.status;
      body = one.body;
      const std::string rule = one.rule;
      co_await expect(first, rule, ++count);
    }
    location = "http://keys.example:443/elsewhere";
    body = "x";
    const std::vector<unsigned> redirects{301, 302, 307, 308};
    for (const unsigned redirect : redirects) {
      status = redirect;
      co_await expect(first, "jwks_redirect", ++count);
    }
    status = 200;
    body.clear();
    hangs = true;
    const instant before = rt.now();
    co_await expect(first, "jwks_timeout", ++count);
    EXPECT_EQ(rt.now() - before, key_fetch_timeout);
    hangs = false;
    co_await expect(first, "token_issued", ++count);
    EXPECT_EQ(server->counts().key_fetches, 12U);
    EXPECT_EQ(server->counts().key_fetch_failures, 11U);
    // A set that is kept outlives a failure to fetch another.
    status = 502;
    co_await expect(second, "jwks_status", ++count);
    co_await expect(first, "token_issued", count);
    co_await pass(30h);
    co_await expect(first, "jwks_status", ++count);
  }
  runtime::task<> unreachable() {
    client_registration moved{"by-url"};
    moved.jwks_url = "http://nowhere.example/";
    server->register_client(moved);
    rt.set_unknown_hosts({"nowhere.example"});
    co_await expect(first, "jwks_unreachable", 0);
    moved.jwks_url = "ftp://keys.example/";
    server->register_client(moved);
    co_await expect(first, "jwks_url", 0);
  }
  runtime::task<> jku() {
    EXPECT_EQ(co_await ask_with(first, url), "token_issued");
    EXPECT_EQ(co_await ask_with(first, url + "?"), "jku");
    EXPECT_EQ(co_await ask_with(first, "http://evil.example/"), "jku");
    EXPECT_EQ(fetches, 1);
  }
  runtime::task<> a_refused_assertion_costs_one_fetch() {
    keys = test::key_set({});
    co_await expect(first, "kid_unknown", 1);
    keys = test::key_set({first.jwk(), first.jwk()});
    co_await expect(first, "kid_unknown", 2);
    keys = test::key_set({first.jwk()});
    co_await expect(first, "token_issued", 3);
  }
  runtime::task<> frozen() {
    server->freeze_keys(true);
    co_await expect(first, "token_issued", 1);  // what was never fetched is fetched
    keys = test::key_set({second.jwk()});
    co_await expect(second, "kid_unknown", 1);
    co_await pass(40h);
    co_await expect(first, "token_issued", 1);
    EXPECT_EQ(server->counts().fetches_withheld, 2U);
    server->freeze_keys(false);
    co_await expect(second, "token_issued", 2);
  }
  runtime::task<> retired() {
    EXPECT_EQ(server->retire_keys("by-url", rt.now()), 0U);
    co_await expect(first, "token_issued", 1);
    EXPECT_EQ(server->retire_keys({}, rt.now()), 3U);  // with the two of "backend"
    co_await expect(first, "key_retired", 2);
    keys = test::key_set({first.jwk(), second.jwk()});
    co_await expect(second, "token_issued", 3);
    co_await expect(first, "key_retired", 4);
  }
  runtime::task<> reset_in_between() {
    at = {rt.now(), rt.wall()};
    http::request r = post("/token", with_assertion({{"grant_type", "client_credentials"}},
                                                    assertion_of("by-url", first, "ES384")));
    int calls = 0;
    with_authority locked = [this, &calls](const std::function<void(authority&)>& act) {
      if (++calls == 2) start(false);  // by-url is not known to the new one
      act(*server);
    };
    const token_answer got =
        co_await handle(rt, *fetcher, std::move(locked), std::move(r), std::string(test::test_origin));
    expect_refused(got, "invalid_client", "client_unknown");
  }
  runtime::task<> over_tls() { co_await expect(first, "token_issued", 1); }
  runtime::task<> untrusted() { co_await expect(first, "jwks_tls", 0); }

  runtime::virtual_runtime rt{runtime::virtual_options{}};
  key_fetcher* fetcher = nullptr;
  test::signing_key first = test::signing_key::ec("first", "P-384");
  test::signing_key second = test::signing_key::ec("second", "P-384");
  json::object keys = test::key_set({first.jwk()});
  std::string url, body, cache_control, location, accept, method;
  unsigned status = 200;
  bool hangs = false;
  bool trusts = true;
  int fetches = 0;
};

TEST_F(JwksUrl, KeysAreKeptFor29HoursAndNoLonger) {
  run(&JwksUrl::kept_for_29_hours);
}
TEST_F(JwksUrl, CacheControlShortensAndNoStoreDisables) {
  run(&JwksUrl::shorter_by_cache_control);
}
TEST_F(JwksUrl, RotationIsSafeForWhoPublishesBeforeSigning) {
  run(&JwksUrl::rotation);
}
TEST_F(JwksUrl, AKeyThatDoesNotVerifyIsLookedForOnce) {
  run(&JwksUrl::same_kid_other_key);
}
TEST_F(JwksUrl, EveryFailureIsInvalidClientWithItsReasonInTheJournal) {
  run(&JwksUrl::failures);
}
TEST_F(JwksUrl, HostsThatAreNotThereAndUrlsThatAreNone) {
  run(&JwksUrl::unreachable);
}
TEST_F(JwksUrl, TheHeadersUrlMustBeTheRegisteredOne) {
  run(&JwksUrl::jku);
}
TEST_F(JwksUrl, EachAssertionCostsAtMostOneFetch) {
  run(&JwksUrl::a_refused_assertion_costs_one_fetch);
}
TEST_F(JwksUrl, FrozenKeysAreNotFetchedAgain) {
  run(&JwksUrl::frozen);
}
TEST_F(JwksUrl, RetiredKeysStayRetiredWhenTheyAreFetchedAgain) {
  run(&JwksUrl::retired);
}
TEST_F(JwksUrl, AResetWhileKeysAreFetchedIsSeen) {
  run(&JwksUrl::reset_in_between);
}
TEST_F(JwksUrl, OverTlsByAnAuthorityOfOnesOwn) {
  run(&JwksUrl::over_tls, true);
}
TEST_F(JwksUrl, NotOverTlsThatNobodyVouchesFor) {
  trusts = false;
  run(&JwksUrl::untrusted, true);
}

}  // namespace
}  // namespace epicenter::mock::oauth
