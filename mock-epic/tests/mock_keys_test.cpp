// A client whose keys are at a URL, and the whole mock.
#include <epicenter/http/server.hpp>

#include "mock-epic/tests/mock_fixture.hpp"

namespace epicenter::mock::test {
namespace {

struct MockKeys : mock_fixture {
  runtime::task<> serve(http::exchange& ex) {
    ++fetches;
    if (resets) {
      options fresh = default_options();
      mock->reset(std::move(fresh));
    }
    http::response made;
    made.body = json::write(key_set({client_key().jwk()}));
    static_cast<void>(co_await ex.respond(std::move(made)));
  }
  runtime::task<> fetched_once() {
    http::server host(rt, http::server_options{}, [this](http::exchange& ex) { return serve(ex); });
    runtime::endpoint at{"keys.example", 80, {}};
    EXPECT_TRUE(host.listen(at));
    co_await log_in();
    co_await log_in();
    EXPECT_EQ(fetches, 1);
    const std::string patient = mock->patients().front().patient;
    http::request r = fhir("GET", "/Patient/" + patient);
    const http::response read = co_await send(std::move(r));
    EXPECT_EQ(read.status, 200U);
    std::vector<std::string> rules;
    for (const journal_entry& one : mock->journal().entries()) rules.push_back(one.rule);
    EXPECT_EQ(rules, (std::vector<std::string>{"token_issued", "token_issued", ""}));
    // A reset while keys are fetched: the new site knows the client by other means, and its journal is its
    // own.
    options again = with_url();
    mock->reset(std::move(again));
    resets = true;
    http::request late = token_request();
    const http::response got = co_await send(std::move(late));
    EXPECT_EQ(got.status, 200U) << got.body;
    EXPECT_EQ(fetches, 2);
    EXPECT_TRUE(mock->journal().entries().empty());
    co_await host.stop();
  }
  static options with_url() {
    options made = default_options();
    made.clients.front().jwks = nullptr;
    made.clients.front().jwks_url = "http://keys.example/jwks";
    return made;
  }
  int fetches = 0;
  bool resets = false;
};

TEST_F(MockKeys, AreFetchedOnceAndKept) {
  run(&MockKeys::fetched_once, with_url());
}

}  // namespace
}  // namespace epicenter::mock::test
