// Clients that interleave lose nothing: each of them reads, changes by ETag, creates and pages; a model keeps
// what must be there.
#include <map>
#include <set>

#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

class ConcurrentWriters : public fhir_fixture {
 protected:
  /// A counter that many clients count up: an update that got lost would be missing in the end.
  static std::string counter(std::string_view id, std::uint64_t count) {
    return fmt::format(R"({{"resourceType":"Basic","id":"{}","code":{{"text":"{}"}}}})", id, count);
  }
};

TEST_F(ConcurrentWriters, LoseNoUpdateAndKeepEveryVersion) {
  const std::uint64_t seed = 64;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  runtime::random_stream random(seed);
  struct client {
    std::string id, etag, text;  ///< what it read last
    std::string next;            ///< of the history that it pages through
  };
  std::vector<client> clients(64);
  std::map<std::string, std::uint64_t> counted;
  std::set<std::string> created;
  std::size_t refused = 0;
  for (int i = 0; i < 4; ++i)
    ask(request("PUT", fmt::format("/Basic/c{}", i), counter(fmt::format("c{}", i), 0)));
  for (int step = 0; step < 6'000; ++step) {
    client& one = clients[random.below(clients.size())];
    switch (random.below(6)) {
      case 0:
      case 1: {  // read
        one.id = fmt::format("c{}", random.below(4));
        const fhir::answer got = get("/Basic/" + one.id);
        one.etag = got.response.fields.get("ETag");
        one.text = json::parse(got.response.body)->string_at("code.text");
        break;
      }
      case 2:
      case 3: {  // count up what was read
        if (one.id.empty()) break;
        http::request r = request("PUT", "/Basic/" + one.id, counter(one.id, std::stoull(one.text) + 1));
        r.fields.set("If-Match", one.etag);
        const fhir::answer got = ask(r);
        if (got.response.status == 200) {
          ++counted[one.id];
        } else {
          ASSERT_EQ(got.response.status, 412U) << got.response.body;
          ++refused;
        }
        one.id.clear();
        break;
      }
      case 4: {  // create
        const fhir::answer got = post("/Basic", R"({"resourceType":"Basic","code":{"text":"new"}})");
        ASSERT_EQ(got.filed.size(), 1U);
        EXPECT_TRUE(created.insert(got.filed[0].resource).second) << "ids are unique";
        break;
      }
      default: {  // page
        const json::value page = get_json(one.next.empty() ? "/Basic/_history?_count=3" : one.next);
        one.next.clear();
        for (const json::value& link : *page.find("link")->if_array())
          if (link.string_at("relation") == "next")
            one.next = std::string(link.string_at("url")).substr(link.string_at("url").find("/Basic"));
      }
    }
  }
  EXPECT_GT(refused, 100U);
  for (const auto& [id, count] : counted) {
    EXPECT_GT(count, 50U);
    EXPECT_EQ(get_json("/Basic/" + id).string_at("code.text"), std::to_string(count));
    const json::value history = get_json("/Basic/" + id + "/_history?_count=1000");
    const json::array& versions = *history.find("entry")->if_array();
    ASSERT_EQ(versions.size(), count + 1);
    for (std::size_t i = 0; i < versions.size(); ++i)
      EXPECT_EQ(versions[i].string_at("resource.code.text"), std::to_string(versions.size() - 1 - i));
  }
  for (const std::string& name : created) EXPECT_EQ(get("/" + name).response.status, 200U);
}

}  // namespace
}  // namespace epicenter::mock::test
