// Which requests a lever hits, what it takes, and that nothing of it is left when it is gone.
#include <map>

#include "mock-epic/levers/call_filter.hpp"
#include "mock-epic/tests/lever_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using LeverBoard = lever_fixture;

TEST_F(LeverBoard, CountsAndRateChooseAmongTheRequestsThatMatch) {
  const auto outcome = [&](lever_match match) {
    lever_spec s = spec("maintenance");
    s.match = std::move(match);
    pull(std::move(s));
    std::string hit;
    for (int i = 0; i < 8; ++i) {
      get("/metadata");
      hit += get("/Patient/" + patient()).response.status == 503 ? '1' : '0';
    }
    const lever_status last = *board.remove("maintenance");
    EXPECT_EQ(last.touched, 8U);
    EXPECT_EQ(last.injected, static_cast<std::uint64_t>(std::count(hit.begin(), hit.end(), '1')));
    EXPECT_EQ(last.skipped, 8U - last.injected);
    return hit;
  };
  lever_match reads;
  reads.operation = "patient-context";
  EXPECT_EQ(outcome(reads), "11111111");
  lever_match counted = reads;
  counted.first = 3;
  EXPECT_EQ(outcome(counted), "11100000");
  counted = reads;
  counted.nth = 3;
  EXPECT_EQ(outcome(counted), "00100000");
  counted = reads;
  counted.every = 3;
  EXPECT_EQ(outcome(counted), "00100100");
  counted = reads;
  counted.after = 6;
  EXPECT_EQ(outcome(counted), "00000011");
  counted = reads;
  counted.rate_ppm = 500'000;
  const std::string half = outcome(counted);
  EXPECT_NE(half.find('1'), std::string::npos);
  EXPECT_NE(half.find('0'), std::string::npos);
  EXPECT_EQ(outcome(counted), half) << "the same seed and the same id choose the same";
  lever_match by_path;
  by_path.path = "/**/Patient/*";
  EXPECT_EQ(outcome(by_path), "11111111");
}

TEST(CallFilter, EveryPartMustMatch) {
  http::request r;
  r.method = "GET";
  r.target = "/a/b/Patient/x?y=z";
  r.fields.add("X-Test", "run-17");
  r.fields.add("Epic-Client-ID", "me");
  runtime::random_stream random(1);
  const auto hits = [&](lever_match m) {
    return call_filter(std::move(m)).choose(r, random) == call_filter::choice::hit;
  };
  const auto with = [](std::optional<std::string> lever_match::*part, std::string text) {
    lever_match m;
    m.*part = std::move(text);
    return m;
  };
  EXPECT_TRUE(hits({}));
  EXPECT_TRUE(hits(with(&lever_match::method, "GET")));
  EXPECT_FALSE(hits(with(&lever_match::method, "POST")));
  EXPECT_TRUE(hits(with(&lever_match::path, "/a/*/Patient/*")));
  EXPECT_FALSE(hits(with(&lever_match::path, "/a/*")));
  EXPECT_TRUE(hits(with(&lever_match::path, "/a/**")));
  EXPECT_TRUE(hits(with(&lever_match::header, "x-test")));
  EXPECT_TRUE(hits(with(&lever_match::header, "X-Test: run-*")));
  EXPECT_FALSE(hits(with(&lever_match::header, "X-Test: run-18")));
  EXPECT_FALSE(hits(with(&lever_match::header, "X-Other")));
  EXPECT_TRUE(hits(with(&lever_match::client, "me")));
  EXPECT_FALSE(hits(with(&lever_match::client, "you")));
}

TEST(CallFilter, GlobsAgreeWithTheirPlainMeaning) {
  // The meaning, written the slow way.
  const auto slow = [](auto&& self, std::string_view p, std::string_view t) -> bool {
    if (p.empty()) return t.empty();
    if (p.starts_with("**")) return self(self, p.substr(2), t) || (!t.empty() && self(self, p, t.substr(1)));
    if (p[0] == '*')
      return self(self, p.substr(1), t) || (!t.empty() && t[0] != '/' && self(self, p, t.substr(1)));
    if (t.empty()) return false;
    return (p[0] == '?' ? t[0] != '/' : p[0] == t[0]) && self(self, p.substr(1), t.substr(1));
  };
  const std::uint64_t seed = 20'261;
  runtime::random_stream random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern;
    std::string text;
    for (auto n = random.below(6); n > 0; --n) pattern += "a/*?*"[random.below(5)];
    for (auto n = random.below(7); n > 0; --n) text += "a/b"[random.below(3)];
    ASSERT_EQ(glob_matches(pattern, text, '/'), slow(slow, pattern, text))
        << "seed " << seed << ": '" << pattern << "' on '" << text << "'";
  }
}

TEST_F(LeverBoard, WhatIsWrongIsNamedWithItsCure) {
  const auto expect = [&](const std::string& got, std::string_view part) {
    EXPECT_NE(got.find(part), std::string::npos) << got << "\nwanted: " << part;
  };
  expect(refused("maintenance", R"({"retry":"1s"})"), "maintenance has no retry; it has retry_after");
  expect(refused("maintenance", R"({"retry_after":"1"})"),
         "retry_after: write a time such as 90s, from 1s to 24h");
  expect(refused("token_expiry", R"({"x":1})"), "token_expiry takes none; leave x out");
  expect(refused("daily_cap", "{}"), "daily_cap needs limit");
  expect(refused("daily_cap", R"({"limit":-1})"), "limit: write a whole number from 0");
  expect(refused("daily_cap", R"({"limit":"5"})"), "limit: write a whole number");
  expect(refused("daily_cap", R"({"limit":5,"of":"cats"})"), "of: write one of documents, calls");
  expect(refused("break_the_glass", R"({"of_patients":30})"),
         "of_patients: write a share such as 30% or 0.3");
  expect(refused("scope_loss", R"({"scope":""})"), "scope: write a text");
  lever_spec s = spec("maintenance");
  s.match.operation = "cook";
  expect(refused(s), "operation is one of patient-context");
  s.match.operation.reset();
  s.match.rate_ppm = 0;
  expect(refused(s), "rate: write a share above 0");
  s.match.rate_ppm = 1'000'000;
  s.match.nth = 0;
  expect(refused(s), "count from 1");
  lever_spec moment = spec("token_revoke");
  moment.match.method = "GET";
  expect(refused(moment), "acts at one moment");
}

TEST_F(LeverBoard, TheCatalogIsCompleteAndEveryDefaultIsAllowed) {
  std::map<std::string, json::object> needed{{"clock_skew", {{"by", "1s"}}},
                                             {"scope_loss", {{"scope", "system/Patient.read"}}},
                                             {"daily_cap", {{"limit", 1}}},
                                             {"mutate", {{"element", "language"}, {"value", "de"}}}};
  EXPECT_EQ(lever_catalog().size(), 20U);
  for (const lever_type& type : lever_catalog()) {
    EXPECT_FALSE(type.help.empty()) << type.name;
    for (const lever_parameter& p : type.parameters)
      EXPECT_FALSE(p.help.empty()) << type.name << '.' << p.name;
    lever_spec s = spec(std::string(type.name));
    s.parameters = needed[s.type];
    pull(std::move(s));
  }
  EXPECT_EQ(board.status().size(), 20U);
}

/// What a client sees of the hospital: reads and searches without ids of their own.
class Aftermath : public lever_fixture {
 protected:
  std::string seen() {
    std::string all;
    const auto add = [&](const std::string& path) {
      const fhir::answer got = get(path);
      all += fmt::format("{} {}\n{}\n", path, got.response.status, got.response.body);
    };
    for (std::size_t i = 0; i < 4; ++i) {
      add("/Patient/" + patient(i));
      for (const std::string_view type : {"Condition", "Encounter", "MedicationRequest"})
        add(fmt::format("/{}?patient={}", type, patient(i)));
      add("/Observation?category=laboratory&patient=" + patient(i));
    }
    return all;
  }
  lever_spec random_lever(runtime::random_stream& r, int number) {
    const auto catalog = lever_catalog();
    const lever_type* type = nullptr;
    do {
      type = &catalog[static_cast<std::size_t>(r.below(catalog.size()))];
    } while (type->kind == lever_kind::instant);
    lever_spec s = spec(std::string(type->name));
    s.id = fmt::format("{}-{}", type->name, number);
    if (s.type == "clock_skew") s.parameters.set("by", "90s");
    if (s.type == "scope_loss") s.parameters.set("scope", "system/*.read");
    if (s.type == "daily_cap") s.parameters.set("limit", 1);
    if (s.type == "page_expiry") s.parameters.set("page_size", 2);
    s.lease = r.between(duration(1ms), duration(20s));
    if (r.below(2) == 0) s.match.rate_ppm = r.between(std::int64_t{1}, std::int64_t{1'000'000});
    if (r.below(3) == 0) s.match.first = 1 + r.below(5);
    return s;
  }
};

TEST_F(Aftermath, WhenAllLeasesHaveEndedNothingIsLeftOfAnyLever) {
  const std::string untouched = seen();
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    runtime::random_stream r(seed);
    std::size_t filed = 0;
    for (int step = 0; step < 25; ++step) {
      switch (r.below(6)) {
        case 0:
        case 1:
          pull(random_lever(r, step));
          break;
        case 2:
          if (const auto active = board.status(); !active.empty()) {
            const std::string id = active[static_cast<std::size_t>(r.below(active.size()))].id;
            EXPECT_TRUE(r.below(2) == 0 ? board.renew(id, 5s).has_value() : board.remove(id).has_value());
          }
          break;
        case 3:
          get("/Observation?category=laboratory&patient=" + patient(r.below(4)));
          ask_token();
          break;
        case 4: {
          const std::string body = order(fmt::format("s{}-{}", seed, step), 5);
          filed += post("/ServiceRequest", body).filed.size();
          break;
        }
        default:
          pass(r.between(duration(1ms), duration(5s)));
      }
    }
    pass(20s);
    EXPECT_EQ(board.active(), nullptr);
    ASSERT_EQ(seen(), untouched) << "seed " << seed;
    EXPECT_EQ(ask_token().response.status, 200U) << "seed " << seed;
    std::size_t found = 0;
    for (int step = 0; step < 25; ++step)
      found +=
          ids_in(get(fmt::format("/ServiceRequest?patient={}&identifier=s{}-{}", patient(5), seed, step)))
              .size();
    EXPECT_EQ(found, filed) << "seed " << seed << ": what was filed is found";
  }
}

}  // namespace
}  // namespace epicenter::mock::test
