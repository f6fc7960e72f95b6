// An export as a client sees it, over the network, in virtual time.
#include "mock-epic/tests/mock_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class bulk_over_the_wire : public mock_fixture {
 public:
  http::request bulk(std::string method, std::string_view url) const {
    const std::string origin = where.to_string();
    EXPECT_TRUE(url.starts_with(origin)) << url;
    http::request r;
    r.method = std::move(method);
    r.target = std::string(url.substr(std::min(origin.size(), url.size())));
    if (!token.empty()) r.fields.add("Authorization", "Bearer " + token);
    return r;
  }

  runtime::task<> export_the_hospital() {
    co_await log_in();
    http::request asked = fhir("GET", "/$export");
    asked.fields.add("Prefer", "respond-async");
    const http::response accepted = co_await send(std::move(asked));
    EXPECT_EQ(accepted.status, 202U) << accepted.body;
    const std::string url(accepted.fields.get("Content-Location"));
    const std::string kept = std::exchange(token, "");
    http::request without = bulk("GET", url);
    const http::response refused = co_await send(std::move(without));
    EXPECT_EQ(refused.status, 401U);
    token = kept;
    int polls = 0;
    http::response got;
    do {
      http::request poll = bulk("GET", url);
      got = co_await send(std::move(poll));
      if (got.status != 202) break;
      EXPECT_EQ(got.fields.get("Retry-After"), "1");
      EXPECT_FALSE(got.fields.get("X-Progress").empty());
      const result<> slept = co_await runtime::sleep_for(rt, 1s);
      EXPECT_TRUE(slept);
    } while (++polls < 10);
    EXPECT_EQ(polls, 1);
    EXPECT_EQ(got.status, 200U) << got.body;
    const auto manifest = json::parse(got.body);
    EXPECT_TRUE(manifest);
    if (!manifest) co_return;
    const std::string file(manifest->string_at("output.0.url"));
    http::request download = bulk("GET", file);
    const http::response lines = co_await send(std::move(download));
    EXPECT_EQ(lines.content_type(), "application/fhir+ndjson");
    EXPECT_FALSE(lines.body.empty());
    http::request remove = bulk("DELETE", url);
    const http::response removed = co_await send(std::move(remove));
    EXPECT_EQ(removed.status, 202U);
    http::request again = bulk("GET", file);
    const http::response gone = co_await send(std::move(again));
    EXPECT_EQ(gone.status, 404U);
  }
};

TEST_F(bulk_over_the_wire, is_polled_downloaded_and_deleted) {
  run(&bulk_over_the_wire::export_the_hospital);
}

}  // namespace
}  // namespace epicenter::mock::test
