// `epicenter proxy VERB` as a process, against Toxiproxy's API over a fleet without sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <epicenter/http/server.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>

#include "harness/cli/tests/program.hpp"
#include "harness/proxy/tests/fake_fleet.hpp"
#include "harness/proxy/toxiproxy/toxiproxy_api.hpp"

namespace epicenter::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using words = std::vector<std::string>;
/// A control API on loopback: Toxiproxy's, and /faults.
class api_server {
 public:
  explicit api_server(runtime::runtime& rt)
      : fleet_(rt), api_(rt, fleet_), server_(rt, {}, [this](http::exchange& x) { return answer(x); }) {
    const runtime::endpoint any{"127.0.0.1", 0, {}};
    url = "http://" + server_.listen(any).value().to_string();
  }
  runtime::task<> stop() {
    auto stopping = api_.stop();
    co_await std::move(stopping);
    auto closing = server_.stop();
    co_await std::move(closing);
  }

  std::string url;
  std::string last_authorization, last_agent;
  bool only_toxics = false;  ///< like Toxiproxy itself, which has no /faults

 private:
  runtime::task<> answer(http::exchange& x) {
    const auto& r = x.incoming();
    last_authorization = r.fields.get("Authorization");
    last_agent = r.fields.get("User-Agent");
    http::response reply;
    if (r.path() == "/faults" && !only_toxics) {
      if (r.method == "DELETE") fleet_.faults.clear();
      reply = faults();
    } else {
      auto answering = api_.answer(r);
      reply = co_await std::move(answering);
    }
    auto responding = x.respond(std::move(reply));
    (void)co_await std::move(responding);
  }
  http::response faults() const {
    json::array list;
    for (const auto& f : fleet_.faults) {
      json::object one{{"id", f.spec.id}, {"type", f.spec.type}, {"touched", 7},
                       {"injected", 5},   {"skipped", 2},        {"active", 1}};
      if (f.spec.lease != proxy::no_lease) one.set("lease_left_ms", 1500);
      list.push_back(std::move(one));
    }
    http::response reply;
    reply.body = json::write(json::object{{"faults", std::move(list)}});
    return reply;
  }

  proxy::testing::fake_fleet fleet_;
  proxy::toxiproxy::toxiproxy_api api_;
  http::server server_;
};

class proxy_verbs : public ::testing::Test {
 protected:
  /// The body runs beside the server's loop.
  template <class Body>
  void with_api(Body body) {
    runtime::real_runtime rt;
    runtime::spawn(rt, "verbs", serve(rt, *this, std::function<void()>(std::move(body))));
    rt.run();
  }
  finished verb(words line) {
    words all{"proxy"};
    all.insert(all.end(), line.begin(), line.end());
    all.insert(all.end(), {"--host", api->url});
    return run_to_end(where, all);
  }
  /// What the verb printed; it is to succeed without a word on the standard error.
  std::string said(words line) {
    const auto done = verb(std::move(line));
    EXPECT_EQ(done.exit_code, 0);
    EXPECT_EQ(done.err, "");
    return done.out;
  }
  std::string refused(words line, int exit_code = 1) {
    const auto done = verb(std::move(line));
    EXPECT_EQ(done.exit_code, exit_code);
    EXPECT_EQ(done.out, "");
    return done.err;
  }
  void create_web() {
    EXPECT_EQ(said({"create", "-l", "127.0.0.1:18000", "-u", "127.0.0.1:18001", "web"}),
              "Created new proxy web\n");
  }

  scratch where;
  api_server* api = nullptr;

 private:
  static runtime::task<> serve(runtime::runtime& rt, proxy_verbs& test, std::function<void()> body) {
    api_server server(rt);
    test.api = &server;
    auto running = runtime::blocking(rt, body_of(std::move(body)));
    co_await std::move(running);
    co_await server.stop();
  }
  static std::function<int()> body_of(std::function<void()> body) {
    return [body] {
      body();
      return 0;
    };
  }
};

TEST_F(proxy_verbs, create_list_toggle_and_delete_speak_like_toxiproxy_cli) {
  with_api([this] {
    EXPECT_EQ(said({"list"}), "");
    create_web();
    for (const auto* alias : {"list", "l", "li", "ls"})
      EXPECT_EQ(said({alias}), "web\t127.0.0.1:18000\t127.0.0.1:18001\tenabled\t0\n");
    EXPECT_EQ(said({"toggle", "web"}), "Proxy web is now disabled\n");
    EXPECT_EQ(said({"ls"}), "web\t127.0.0.1:18000\t127.0.0.1:18001\tdisabled\t0\n");
    EXPECT_EQ(said({"tog", "web"}), "Proxy web is now enabled\n");
    EXPECT_EQ(said({"d", "web"}), "Deleted proxy web\n");
    EXPECT_EQ(said({"c", "--listen=127.0.0.1:0", "--upstream", "u:1", "a b"}), "Created new proxy a b\n");
    EXPECT_EQ(said({"delete", "a b"}), "Deleted proxy a b\n");
  });
}

TEST_F(proxy_verbs, toxics_are_added_shown_updated_and_removed) {
  with_api([this] {
    create_web();
    EXPECT_EQ(said({"toxic", "add", "-t", "latency", "-a", "latency=5", "-a", "jitter=1.0", "web"}),
              "Added downstream latency toxic 'latency_downstream' on proxy 'web'\n");
    EXPECT_EQ(said({"t", "a", "web", "--type", "limit_data", "-u", "-n", "cut", "-tox", "0.5",
                    "--attribute=bytes=9"}),
              "Added upstream limit_data toxic 'cut' on proxy 'web'\n");
    const std::string shown =
        "cut\ttype=limit_data\tstream=upstream\ttoxicity=0.50\tattributes=[\tbytes=9\t]\n"
        "latency_downstream\ttype=latency\tstream=downstream\ttoxicity=1.00\tattributes=[\tjitter=1\tlatency="
        "5\t]\n";
    for (const auto* alias : {"inspect", "i", "ins"}) EXPECT_EQ(said({alias, "web"}), shown);
    EXPECT_EQ(said({"toxic", "update", "-n", "cut", "-a", "bytes=10", "web"}),
              "Updated toxic 'cut' on proxy 'web'\n");
    EXPECT_THAT(said({"inspect", "web"}),
                StartsWith("cut\ttype=limit_data\tstream=upstream\ttoxicity=0.50\t"))
        << "without --toxicity it stays, where toxiproxy-cli sets it to 1";
    EXPECT_THAT(said({"inspect", "web"}), HasSubstr("bytes=10"));
    EXPECT_EQ(said({"t", "u", "-n", "cut", "--toxicity", "0.25", "web"}),
              "Updated toxic 'cut' on proxy 'web'\n");
    EXPECT_THAT(said({"inspect", "web"}), HasSubstr("toxicity=0.25\tattributes=[\tbytes=10\t]"));
    for (const auto* alias : {"remove", "r", "delete", "d"}) {
      EXPECT_EQ(said({"toxic", alias, "-n", "cut", "web"}), "Removed toxic 'cut' on proxy 'web'\n");
      EXPECT_EQ(said({"toxic", "add", "-t", "noop", "-n", "cut", "web"}),
                "Added downstream noop toxic 'cut' on proxy 'web'\n");
    }
  });
}

TEST_F(proxy_verbs, tell_what_went_wrong_and_exit_1) {
  with_api([this] {
    create_web();
    EXPECT_EQ(refused({"inspect", "x"}), "Failed to retrieve proxy x: HTTP 404: proxy not found\n");
    EXPECT_EQ(refused({"delete", "x"}), "Failed to retrieve proxy x: HTTP 404: proxy not found\n");
    EXPECT_EQ(refused({"toggle", "x"}), "Failed to retrieve proxy x: HTTP 404: proxy not found\n");
    EXPECT_EQ(refused({"create", "-l", "127.0.0.1:0", "-u", "u:1", "web"}),
              "Failed to create proxy: HTTP 409: proxy already exists\n");
    EXPECT_EQ(refused({"create", "-u", "u:1", "web"}), "Required argument 'listen' was empty.\n");
    EXPECT_EQ(refused({"create", "-l", "x:1", "web"}), "Required argument 'upstream' was empty.\n");
    EXPECT_EQ(refused({"inspect"}), "Proxy name is required as the first argument.\n");
    EXPECT_EQ(refused({"toxic", "add", "-t", "noop"}), "Proxy name is missing.\n");
    EXPECT_EQ(refused({"toxic", "add", "web"}), "Required argument 'type' was empty.\n");
    EXPECT_EQ(refused({"toxic", "add", "-t", "nonsense", "web"}),
              "Failed to add toxic: HTTP 400: invalid toxic type\n");
    EXPECT_EQ(refused({"toxic", "add", "-t", "noop", "-u", "-d", "web"}),
              "Only one should be specified: upstream or downstream.\n");
    for (const auto* bad : {"1.5", "-1", "x", ""})
      EXPECT_EQ(refused({"toxic", "add", "-t", "noop", "-tox", bad, "web"}),
                "toxicity should be a float between 0 and 1.\n");
    EXPECT_EQ(refused({"toxic", "add", "-t", "noop", "-a", "bytes", "web"}),
              "'bytes' is not an attribute: write key=value\n");
    EXPECT_EQ(refused({"toxic", "update", "-n", "x", "web"}),
              "Failed to update toxic: HTTP 404: toxic not found\n");
    EXPECT_EQ(refused({"toxic", "remove", "-n", "x", "web"}),
              "Failed to remove toxic: HTTP 404: toxic not found\n");
    EXPECT_EQ(refused({"populate", "/nonexistent"}), "/nonexistent cannot be read\n");
  });
}

TEST_F(proxy_verbs, a_wrong_line_is_2_with_the_nearest_that_is_right) {
  with_api([this] {
    EXPECT_THAT(refused({"lsit"}, 2), HasSubstr("there is no verb 'lsit'; did you mean 'list'?"));
    EXPECT_THAT(refused({"toxic", "ad"}, 2), HasSubstr("did you mean 'toxic add'?"));
    EXPECT_THAT(refused({"toxic"}, 2), HasSubstr("add, update or remove"));
    EXPECT_THAT(refused({"list", "--hots", "x"}, 2), HasSubstr("did you mean '--host'?"));
    EXPECT_THAT(refused({"list", "web"}, 2), HasSubstr("'web' is more than 'list' takes"));
    EXPECT_THAT(refused({"create", "web", "-l", "a:1", "-l", "b:1"}, 2), HasSubstr("given twice"));
  });
  EXPECT_THAT(run_to_end(where, {"proxy", "create", "web", "--listen"}).err,
              HasSubstr("takes a value: HOST:PORT"));
  EXPECT_THAT(run_to_end(where, {"proxy", "list", "--host", "https://x:1"}).err, HasSubstr("plain http://"));
}

TEST_F(proxy_verbs, find_their_api_by_option_before_or_behind_or_by_the_environment) {
  with_api([this] {
    create_web();
    const std::string line = "web\t127.0.0.1:18000\t127.0.0.1:18001\tenabled\t0\n";
    EXPECT_EQ(run_to_end(where, {"proxy", "--host", api->url, "list"}).out, line);
    EXPECT_EQ(run_to_end(where, {"proxy", "-h", api->url.substr(7), "list"}).out, line);
    EXPECT_EQ(run_to_end(where, {"proxy", "list", "--host=" + api->url}).out, line);
    ::setenv("TOXIPROXY_URL", api->url.c_str(), 1);
    EXPECT_EQ(run_to_end(where, {"proxy", "list"}).out, line);
    ::unsetenv("TOXIPROXY_URL");
    EXPECT_THAT(api->last_agent, StartsWith("epicenter/"));
    EXPECT_EQ(api->last_authorization, "");
    const auto file = where.write("token", "a-token-of-some-length\n");
    EXPECT_EQ(said({"list", "--token-file", file}), line);
    EXPECT_EQ(api->last_authorization, "Bearer a-token-of-some-length");
  });
  const auto nobody = run_to_end(where, {"proxy", "list", "--host", "127.0.0.1:1"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("no proxy answers at http://127.0.0.1:1"));
}

TEST_F(proxy_verbs, populate_and_reset) {
  with_api([this] {
    const auto file = where.write(
        "toxics.json", R"([{"name":"web","listen":"127.0.0.1:18000","upstream":"u:1","enabled":true,
                            "toxics":[{"type":"latency","attributes":{"latency":5}}]}])");
    EXPECT_EQ(said({"populate", file}), "Populated proxy web at 127.0.0.1:18000\n");
    EXPECT_THAT(said({"inspect", "web"}), HasSubstr("latency=5"));
    EXPECT_EQ(said({"reset"}), "Enabled all proxies and removed their toxics\n");
    EXPECT_EQ(said({"inspect", "web"}), "");
    EXPECT_EQ(refused({"populate", where.write("bad.json", "{}")}).substr(0, 45),
              "Failed to populate: HTTP 400: bad request bod");
  });
}

TEST_F(proxy_verbs, status_shows_faults_toxics_and_what_is_disabled_and_clear_ends_them) {
  with_api([this] {
    EXPECT_EQ(said({"status"}), "no faults\n\nno toxics\n");
    create_web();
    said({"toxic", "add", "-t", "latency", "-a", "latency=100", "--lease", "5000", "web"});
    said({"toggle", "web"});
    EXPECT_EQ(
        said({"status"}),
        "FAULT                           TYPE           TOUCHED  INJECTED  SKIPPED  ACTIVE  LEASE LEFT\n"
        "toxic.web.latency_downstream.1  chunk_latency  7        5         2        1       1.5s\n"
        "\n"
        "PROXY  TOXIC               TYPE     STREAM      TOXICITY  LEASE  ATTRIBUTES\n"
        "web    latency_downstream  latency  downstream  1.00      5s     jitter=0 latency=100\n"
        "proxy web is disabled\n");
    EXPECT_EQ(said({"clear"}), "Removed all faults and toxics, and enabled all proxies\n");
    EXPECT_EQ(said({"status"}), "no faults\n\nno toxics\n");
    api->only_toxics = true;
    EXPECT_EQ(said({"status"}), "no toxics\n") << "Toxiproxy itself has no /faults";
    EXPECT_EQ(said({"clear"}), "Removed all faults and toxics, and enabled all proxies\n");
  });
}

TEST_F(proxy_verbs, watch_repeats_the_status_every_second) {
  with_api([this] {
    EXPECT_EQ(said({"watch", "--count", "2"}), "no faults\n\nno toxics\n\nno faults\n\nno toxics\n");
    EXPECT_THAT(refused({"watch", "--count", "0"}), HasSubstr("at least 1"));
    program watching(where, {"proxy", "watch", "--host", api->url});
    const auto again = [&] { return watching.out().find("\n\nno faults") != std::string::npos; };
    EXPECT_TRUE(comes_true(again, within(10s)));
    watching.signal(SIGINT);
    EXPECT_EQ(watching.wait(within(2s)), 130);
  });
}

TEST_F(proxy_verbs, help_lists_them_and_tells_about_each) {
  const auto all = run_to_end(where, {"proxy", "help"});
  EXPECT_EQ(all.exit_code, 0);
  for (const auto* name :
       {"list", "inspect NAME", "create NAME", "toggle NAME", "delete NAME", "toxic add PROXY",
        "toxic update PROXY", "toxic remove PROXY", "reset", "populate FILE", "status", "clear", "watch"})
    EXPECT_THAT(all.out, HasSubstr("\n  " + std::string(name)));
  const auto one = run_to_end(where, {"proxy", "toxic", "add", "--help"});
  EXPECT_THAT(one.out, HasSubstr("-a, --attribute KEY=VALUE"));
  EXPECT_THAT(run_to_end(where, {"proxy", "--help"}).out, HasSubstr("--upstream"));
}

}  // namespace
}  // namespace epicenter::cli
