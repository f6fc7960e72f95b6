// What an export holds, against what searches find; how much it keeps; how it is cut into files.
#include <algorithm>
#include <epicenter/runtime/random.hpp>
#include <numeric>

#include "mock-epic/tests/bulk_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

class bulk_walk : public bulk_fixture {
 protected:
  const std::vector<std::string>& search_everyone(const std::string& type, const std::string& query) {
    const auto [at, is_new] = searched.try_emplace(type + "?" + query);
    std::vector<std::string>& found = at->second;
    if (!is_new) return found;
    for (std::size_t i = 0; i < engine.store().hospital().size(); ++i) {
      const std::string who = type == "Patient" ? "_id=" + key(i).patient : "patient=" + key(i).patient;
      for (std::string next = fmt::format("/{}?{}{}", type, who, query.empty() ? "" : "&" + query);
           !next.empty();) {
        const json::value bundle = get_json(next);
        for (const json::value& one : matches(bundle)) {
          const auto r = engine.store().find(*fhir::type_named(type), one.string_at("id"));
          if (r) found.push_back(fhir::served_text(*r, true));
        }
        next.clear();
        for (const json::value& link : *bundle.find("link")->if_array())
          if (link.string_at("relation") == "next") next = link.string_at("url");
        if (const std::size_t base = next.find("/R4"); base != std::string::npos) next.erase(0, base + 3);
      }
    }
    return found;
  }
  std::map<std::string, std::vector<std::string>> searched;
};

TEST_F(bulk_walk, holds_the_sum_of_searches) {
  struct pool {
    std::string type;
    std::vector<std::string> queries;
  };
  const std::vector<pool> pools{
      {"Patient", {"gender=female", "birthdate=lt1970", "active=true"}},
      {"Encounter", {"status=in-progress", "class=AMB"}},
      {"Condition", {"code=38341003", "clinical-status=active", "recorded-date=ge2022"}},
      {"MedicationRequest", {"status=active", "authoredon=ge2025-06-01"}},
      {"Observation",
       {"category=laboratory", "code=2345-7,718-7", "category=laboratory&status=final&date=ge2025-12-20",
        "code=4548-4"}},
      {"AllergyIntolerance", {"clinical-status=active"}},
  };
  const std::uint64_t seed = 20'260'105;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  runtime::random_stream random(seed);
  // Some of the hospital is changed later than the rest, some of it twice.
  for (int i = 0; i < 12; ++i) {
    const auto chart = engine.store().chart_of(key(random.below(20)).patient);
    const auto one = chart[random.below(chart.size())];
    if (one->type() == type_id::patient || one->type() == type_id::encounter) continue;
    if (random.below(4) == 0) {
      engine.store().erase(*one, today + 30s);
    } else {
      engine.store().replace(*one, one->patient(), *one->value().if_object(), today + 30s);
    }
  }
  now += 1min;
  for (int round = 0; round < 8; ++round) {
    std::string types, filters;
    std::vector<std::string> expected;
    const bool since = random.below(3) == 0;
    for (const pool& one : pools) {
      if (random.below(2) == 0) continue;
      types += (types.empty() ? "" : ",") + one.type;
      std::set<std::string> found;
      const std::size_t wanted = random.below(3);
      for (std::size_t i = 0; i < wanted; ++i) {
        const std::string& query = one.queries[random.below(one.queries.size())];
        filters += (filters.empty() ? "" : ",") + one.type + "?" + query;
        for (const std::string& text : search_everyone(one.type, query)) found.insert(text);
      }
      if (wanted == 0)
        for (const std::string& text : search_everyone(one.type, "")) found.insert(text);
      for (const std::string& text : found) {
        const auto r = engine.store().find(*fhir::type_named(one.type), json::parse(text)->string_at("id"));
        if (!since || r->updated() > today + 10s) expected.push_back(text);
      }
    }
    if (types.empty()) continue;
    std::string path = "/Patient/$export?_type=" + types;
    if (!filters.empty()) path += "&_typeFilter=" + http::percent_encode(filters);
    if (since) path += "&_since=2026-01-05T00:00:10Z";
    SCOPED_TRACE(path);
    const std::string url = url_of(kick_off(path));
    EXPECT_EQ(sorted(lines_of(manifest_of(url))), sorted(expected));
    visit(url, "DELETE");
  }
}

TEST_F(bulk_walk, cuts_files_at_their_bounds_without_losing_a_line) {
  for (const std::size_t lines : {3U}) {
    bulk::export_options options;
    options.file_lines = lines;
    bulk::exporter small(engine.store(), {true, true, std::string(fhir_path), 7}, options);
    std::swap(options.file_lines, options.file_charts);
    options.file_lines = 1'000;
    bulk::exporter few_charts(engine.store(), {true, true, std::string(fhir_path), 7}, options);
    for (bulk::exporter* one : {&small, &few_charts}) {
      const http::request asked = async("GET", "/$export");
      const fhir::route route = fhir::find_route("GET", "/$export");
      const fhir::call c{asked, route,   "http://ehr.example:8080" + std::string(fhir_path),
                         at(),  nullptr, nullptr};
      const std::string url = url_of(one->kick_off(c, bulk::export_level::system));
      now += 1min;
      const auto ask = [&](std::string_view at_url) {
        http::request r = request("GET", "");
        r.target = std::string(at_url.substr(std::string_view("http://ehr.example:8080").size()));
        return one->handle(r, at());
      };
      const json::value manifest = json::parse(ask(url).response.body).value();
      std::vector<std::string> all;
      for (const json::value& file : *manifest.find("output")->if_array()) {
        const std::string body = ask(file.string_at("url")).response.body;
        const auto count = static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n'));
        EXPECT_EQ(count, static_cast<std::size_t>(file.find("count")->to_int64().value()));
        if (one == &small) {
          EXPECT_LE(count, lines);
        }
        for (std::size_t begin = 0; begin < body.size();) {
          const std::size_t end = body.find('\n', begin);
          all.push_back(body.substr(begin, end - begin));
          begin = end + 1;
        }
      }
      EXPECT_EQ(sorted(all), sorted(whole_hospital()));
    }
  }
}

TEST_F(bulk_walk, does_a_bounded_part_at_each_poll) {
  bulk::export_options options;
  options.charts_a_poll = 4;
  bulk::exporter slow(engine.store(), {true, true, std::string(fhir_path), 7}, options);
  const http::request asked = async("GET", "/$export");
  const fhir::route route = fhir::find_route("GET", "/$export");
  const fhir::call c{asked, route,   "http://ehr.example:8080" + std::string(fhir_path),
                     at(),  nullptr, nullptr};
  http::request poll = request("GET", "");
  poll.target = url_of(slow.kick_off(c, bulk::export_level::system))
                    .substr(std::string_view("http://ehr.example:8080").size());
  now += 24h;
  int polls = 1;
  while (slow.handle(poll, at()).response.status == 202) ++polls;
  EXPECT_EQ(polls, 6);  // 21 steps, four at a time
}

TEST_F(bulk_walk, of_a_group_is_taken_once_a_day_where_that_is_asked_for) {
  bulk::export_options options;
  options.once_a_day = true;
  bulk::exporter daily(engine.store(), {true, true, std::string(fhir_path), 7}, options);
  const std::string path = "/Group/" + file_group({1}) + "/$export";
  const http::request asked = async("GET", path);
  const fhir::route route = fhir::find_route("GET", path);
  const auto ask_again = [&] {
    const fhir::call c{asked, route,   "http://ehr.example:8080" + std::string(fhir_path),
                       at(),  nullptr, nullptr};
    return daily.kick_off(c, bulk::export_level::group);
  };
  http::request job = request("DELETE", "");
  const auto target = [](const fhir::answer& accepted) {
    return std::string(accepted.response.fields.get("Content-Location").substr(23));
  };
  job.target = target(ask_again());
  EXPECT_EQ(ask_again().response.status, 429U);
  // Deleted before its end: it does not count.
  EXPECT_EQ(daily.handle(job, at()).response.status, 202U);
  job.target = target(ask_again());
  now += 2h;
  http::request poll = job;
  poll.method = "GET";
  EXPECT_EQ(daily.handle(poll, at()).response.status, 200U);
  EXPECT_EQ(daily.handle(job, at()).response.status, 202U);
  const fhir::answer refused = ask_again();
  EXPECT_EQ(refused.response.status, 429U);
  EXPECT_EQ(refused.response.fields.get("Retry-After"), "79200");
  EXPECT_EQ(epic_code(refused), "4135");
  now += 22h;
  EXPECT_EQ(ask_again().response.status, 202U);
}

// A hospital's export holds its files' places, some 150 bytes for up to 3,000 resources, and no resource.
TEST(bulk_memory, of_an_export_does_not_grow_with_the_hospital) {
  std::vector<std::size_t> held;
  for (const std::uint32_t patients : {150U, 300U}) {
    fhir::store_options small;
    small.chart_bytes = 256 << 10;
    fhir::store store(small_hospital(3, patients), small);
    bulk::exporter one(store, {true, true, std::string(fhir_path), 7});
    http::request asked;
    asked.target = std::string(fhir_path) + "/$export";
    asked.fields.add("Prefer", "respond-async");
    const fhir::route route = fhir::find_route("GET", "/$export");
    const fhir::call c{asked,   route,  "http://h" + std::string(fhir_path), {instant{}, today},
                       nullptr, nullptr};
    const fhir::answer accepted = one.kick_off(c, bulk::export_level::system);
    ASSERT_EQ(accepted.response.status, 202U);
    http::request poll;
    poll.target = accepted.response.fields.get("Content-Location").substr(8);
    fhir::answer got;
    instant now{};
    do {
      now += 10s;
      got = one.handle(poll, {now, today + (now - instant{})});
    } while (got.response.status == 202);
    ASSERT_EQ(got.response.status, 200U);
    std::int64_t count = 0;
    const json::value manifest = json::parse(got.response.body).value();
    for (const json::value& file : *manifest.find("output")->if_array())
      count += file.find("count")->to_int64().value();
    EXPECT_GT(count, patients * 10);
    held.push_back(one.held());
  }
  EXPECT_LT(held[1], 40'000U);
  EXPECT_LT(held[1] - held[0], 3'000U);  // 150 patients of some 400 KB
}

}  // namespace
}  // namespace epicenter::mock::test
