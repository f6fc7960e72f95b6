#include "harness/faults/selector.hpp"

#include <gtest/gtest.h>

#include <string>

#include "harness/faults/glob.hpp"
#include "harness/faults/operation.hpp"

namespace epicenter::faults {
namespace {

using choice = selector::choice;

TEST(glob, stars_stop_at_the_separator_and_double_stars_do_not) {
  EXPECT_TRUE(glob_matches("/a/*/c", "/a/b/c", '/'));
  EXPECT_FALSE(glob_matches("/a/*", "/a/b/c", '/'));
  EXPECT_TRUE(glob_matches("/a/**", "/a/b/c", '/'));
  EXPECT_TRUE(glob_matches("**/Patient/*", "/api/FHIR/R4/Patient/x", '/'));
  EXPECT_TRUE(glob_matches("*", "", '/'));
  EXPECT_TRUE(glob_matches("a?c", "abc", '/'));
  EXPECT_FALSE(glob_matches("a?c", "a/c", '/'));
  EXPECT_FALSE(glob_matches("abc", "abcd", '/'));
  EXPECT_FALSE(glob_matches("", "a", '/'));
  EXPECT_TRUE(glob_matches("application/*", "application/fhir/json", '\0'));
  // Exponential for a backtracking matcher.
  std::string stars;
  for (int i = 0; i < 200; ++i) stars += "*a";
  EXPECT_FALSE(glob_matches(stars + "b", std::string(400, 'a'), '/'));
}

/// The definition itself, by recursion.
bool matches_by_definition(std::string_view p, std::string_view t) {
  if (p.empty()) return t.empty();
  if (p.starts_with("**")) {
    for (std::size_t n = 0; n <= t.size(); ++n) {
      if (matches_by_definition(p.substr(2), t.substr(n))) return true;
    }
    return false;
  }
  if (p[0] == '*') {
    for (std::size_t n = 0; n <= t.size(); ++n) {
      if (matches_by_definition(p.substr(1), t.substr(n))) return true;
      if (n < t.size() && t[n] == '/') return false;
    }
    return false;
  }
  if (t.empty() || (p[0] == '?' ? t[0] == '/' : p[0] != t[0])) return false;
  return matches_by_definition(p.substr(1), t.substr(1));
}

TEST(glob, agrees_with_its_definition_on_random_patterns) {
  runtime::random_stream random(11);
  int matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string p, t;
    for (auto n = random.below(6); n > 0; --n) p += "ab/*?"[random.below(5)];
    for (auto n = random.below(6); n > 0; --n) t += "ab/"[random.below(3)];
    const bool expected = matches_by_definition(p, t);
    matched += expected ? 1 : 0;
    ASSERT_EQ(glob_matches(p, t, '/'), expected) << p << " on " << t;
  }
  EXPECT_GT(matched, 1000);
}

TEST(operation, is_named_by_method_and_path) {
  const std::string base = "/interconnect-fhir-oauth/api/FHIR/R4/";
  EXPECT_EQ(operation_of("POST", base + "ServiceRequest"), "order-lab");
  EXPECT_EQ(operation_of("GET", base + "ServiceRequest?identifier=x"), "reconcile");
  EXPECT_EQ(operation_of("POST", base + "DocumentReference"), "file-note");
  EXPECT_EQ(operation_of("GET", base + "DocumentReference/x"), "reconcile");
  EXPECT_EQ(operation_of("GET", base + "Observation?patient=x&category=laboratory"), "latest-labs");
  EXPECT_EQ(operation_of("POST", base + "Observation/_search"), "latest-labs");
  for (const char* type : {"Patient/x", "AllergyIntolerance", "Condition?patient=x", "MedicationRequest"}) {
    EXPECT_EQ(operation_of("GET", base + type), "patient-context");
  }
  EXPECT_EQ(operation_of("POST", "/interconnect-fhir-oauth/oauth2/token"), "token");
  EXPECT_EQ(operation_of("GET", base + "metadata"), "metadata");
  EXPECT_EQ(operation_of("GET", base + ".well-known/smart-configuration"), "metadata");
  EXPECT_EQ(operation_of("DELETE", base + "Patient/x"), "");
  EXPECT_EQ(operation_of("POST", base + "Patient"), "");
  EXPECT_EQ(operation_of("GET", "/"), "");
}

struct calls {
  http::request head;
  call one() const { return {head, operation_of(head.method, head.target), "10.0.0.1", {}, {}, nullptr}; }
  std::string run(selection s, int count) {
    selector chosen(std::move(s), {}, 5);
    std::string seen;
    for (int i = 0; i < count; ++i) {
      const auto c = chosen.select(one()).what;
      seen += c == choice::hit ? 'X' : c == choice::spared ? '.' : '-';
    }
    return seen;
  }
};

TEST(selector, counts_over_the_calls_that_match) {
  calls c;
  selection s;
  s.first = 2;
  EXPECT_EQ(c.run(s, 5), "XX...");
  s = {};
  s.nth = 3;
  EXPECT_EQ(c.run(s, 5), "..X..");
  s = {};
  s.every = 2;
  EXPECT_EQ(c.run(s, 5), ".X.X.");
  s = {};
  s.after = 3;
  EXPECT_EQ(c.run(s, 5), "...XX");
  s.every = 5;
  EXPECT_EQ(c.run(s, 10), "....X....X");
  s = {};
  s.rate.ppm = 0;
  EXPECT_EQ(c.run(s, 3), "...");
  s.method = "POST";
  EXPECT_EQ(c.run(s, 3), "---");
}

TEST(selector, takes_the_properties_of_the_call) {
  calls c;
  c.head.method = "POST";
  c.head.target = "/api/FHIR/R4/ServiceRequest?x=1";
  c.head.fields.add("Epic-Client-ID", "client-7");
  c.head.fields.add("X-Request-Id", "op-1.2.3");
  auto hit = [&](auto set) {
    selection s;
    set(s);
    return c.run(s, 1) == "X";
  };
  EXPECT_TRUE(hit([](selection& s) { s.operation = "order-lab"; }));
  EXPECT_FALSE(hit([](selection& s) { s.operation = "file-note"; }));
  EXPECT_TRUE(hit([](selection& s) { s.path = "/**/ServiceRequest"; }));
  EXPECT_FALSE(hit([](selection& s) { s.path = "/ServiceRequest"; }));
  EXPECT_TRUE(hit([](selection& s) { s.header = "x-request-id"; }));
  EXPECT_TRUE(hit([](selection& s) { s.header = "X-Request-Id: op-1.*"; }));
  EXPECT_FALSE(hit([](selection& s) { s.header = "X-Request-Id: op-2.*"; }));
  EXPECT_TRUE(hit([](selection& s) { s.client = "client-7"; }));
  EXPECT_TRUE(hit([](selection& s) { s.client = "10.0.0.1"; }));
  EXPECT_FALSE(hit([](selection& s) { s.client = "client-8"; }));
}

TEST(selector, a_rate_hits_its_share_and_the_same_calls_again) {
  calls a, b;
  selection s;
  s.rate.ppm = 300'000;
  const auto first = a.run(s, 10'000);
  EXPECT_EQ(first, b.run(s, 10'000));
  const auto hits = static_cast<double>(std::count(first.begin(), first.end(), 'X'));
  EXPECT_NEAR(hits, 3000.0, 184.0);  // four standard deviations
}

TEST(selector, looks_into_the_json_body) {
  calls c;
  const std::string order =
      R"({"resourceType":"ServiceRequest","identifier":[{"value":"op-7"}],"quantity":3})";
  auto hit = [&](const char* wanted, const std::string* body) {
    selection s;
    s.body = wanted;
    selector chosen(s, {}, 5);
    call one = c.one();
    one.body = body;
    return chosen.select(one).what == choice::hit;
  };
  EXPECT_TRUE(hit("resourceType: Service*", &order));
  EXPECT_TRUE(hit("identifier.0.value: op-7", &order));
  EXPECT_TRUE(hit("identifier.0", &order));
  EXPECT_TRUE(hit("quantity: 3", &order));
  EXPECT_FALSE(hit("identifier.1.value", &order));
  EXPECT_FALSE(hit("resourceType: Patient", &order));
  EXPECT_FALSE(hit("resourceType", nullptr));
  const std::string no_json = "<html>";
  EXPECT_FALSE(hit("resourceType", &no_json));
}

TEST(selector, a_ramp_grows_to_the_rate_and_fades) {
  calls c;
  selection s;
  s.rate.ppm = 800'000;
  ramp slope;
  slope.start = instant(10s);
  slope.in = 10s;
  slope.out = 20s;
  slope.lasting = 60s;
  auto share_at = [&](duration at) {
    selector chosen(s, slope, 5);
    call one = c.one();
    one.now = instant(at);
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) hits += chosen.select(one).what == choice::hit ? 1 : 0;
    return hits / 10'000.0;
  };
  EXPECT_EQ(share_at(10s), 0);
  EXPECT_NEAR(share_at(15s), 0.4, 0.02);
  EXPECT_NEAR(share_at(20s), 0.8, 0.02);
  EXPECT_NEAR(share_at(45s), 0.8, 0.02);
  EXPECT_NEAR(share_at(60s), 0.4, 0.02);
  EXPECT_EQ(share_at(70s), 0);
  EXPECT_FALSE(selector({}, slope, 5).takes_everything());
}

TEST(selector, knows_when_it_takes_everything) {
  selection s;
  EXPECT_TRUE(selector(s, {}, 5).takes_everything());
  s.rate.ppm = 999'999;
  EXPECT_FALSE(selector(s, {}, 5).takes_everything());
  s = {};
  s.after = 0;
  EXPECT_FALSE(selector(s, {}, 5).takes_everything());
  s.nth = 0;
  EXPECT_FALSE(check_selection(s));
}

}  // namespace
}  // namespace epicenter::faults
