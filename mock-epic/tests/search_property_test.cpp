// Random resources and queries against a reference that follows the specification word by word and knows no
// index, no short cut and no cache.
#include <algorithm>

#include "mock-epic/fhir/search_text.hpp"
#include "mock-epic/fhir/search_value.hpp"
#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

struct record {
  std::string id, patient, code, status, date;
  std::optional<int> value;
};

/// One condition of a query with what it means.
struct condition {
  std::string text;
  std::function<bool(const record&)> holds;
};

class SearchProperty : public testing::TestWithParam<std::uint64_t> {
 protected:
  SearchProperty() : engine(options(), small_hospital(1, 1)), random(GetParam()) {}
  static fhir::engine_options options() {
    fhir::engine_options made;
    made.orders = true;
    made.base_path = fhir_path;
    return made;
  }

  template <class T>
  T one_of(std::initializer_list<T> all) {
    return *(all.begin() + static_cast<std::ptrdiff_t>(random.below(all.size())));
  }
  std::string random_date() {
    const std::string year = std::to_string(2020 + random.below(3));
    const std::string month = fmt::format("{}-{:02}", year, 1 + random.below(12));
    const std::string day = fmt::format("{}-{:02}", month, 1 + random.below(28));
    return one_of<std::string>({year, month, day, day, day + fmt::format("T{:02}:30:00Z", random.below(24))});
  }

  void fill() {
    for (int p = 0; p < 3; ++p) {
      const std::string id = fmt::format("pat{}", p);
      json::object content{{"resourceType", "Patient"}, {"id", id}};
      engine.store().file(type_id::patient, id, id, std::move(content), true, today);
    }
    for (std::size_t i = 0; i < 60; ++i) {
      record one;
      one.id = fmt::format("obs{}", i);
      one.patient = fmt::format("pat{}", random.below(3));
      one.code = one_of<std::string>({"a", "b", "ab", "c|d", "e,f"});
      one.status = one_of<std::string>({"final", "amended"});
      if (random.below(5) > 0) one.date = random_date();
      if (random.below(3) > 0) one.value = static_cast<int>(random.below(10));
      json::object content{{"resourceType", "Observation"}, {"id", one.id}, {"status", one.status}};
      json::array codings;
      codings.emplace_back(json::object{{"system", "s"}, {"code", one.code}});
      content.set("code", json::object{{"coding", std::move(codings)}});
      content.set("subject", json::object{{"reference", "Patient/" + one.patient}});
      if (!one.date.empty()) content.set("effectiveDateTime", one.date);
      if (one.value) content.set("valueQuantity", json::object{{"value", *one.value}});
      engine.store().file(type_id::observation, one.id, one.patient, std::move(content), true, today);
      records.push_back(std::move(one));
    }
  }

  static std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == ',' || c == '|' || c == '$' || c == '\\') out += '\\';
      out += c;
    }
    return out;
  }

  condition by_code() {
    const std::string wanted = one_of<std::string>({"a", "b", "ab", "c|d", "e,f", "none"});
    const std::string other = one_of<std::string>({"a", "b", "none"});
    const bool negated = random.below(3) == 0;
    const std::string system = one_of<std::string>({"", "s|", "t|"});
    return {fmt::format("code{}={}", negated ? ":not" : "",
                        http::percent_encode(system + escaped(wanted) + "," + other)),
            [=](const record& r) {
              return ((r.code == wanted && system != "t|") || r.code == other) != negated;
            }};
  }
  condition by_patient() {
    const std::string wanted = fmt::format("pat{}", random.below(3));
    const std::string form = one_of<std::string>(
        {"patient=", "patient=Patient/", "subject=Patient/", "subject:Patient=", "patient._id="});
    return {form + wanted, [=](const record& r) { return r.patient == wanted; }};
  }
  condition by_status() {
    const bool missing = random.below(4) == 0;
    if (missing) return {"value-quantity:missing=true", [](const record& r) { return !r.value; }};
    return {"status=final", [](const record& r) { return r.status == "final"; }};
  }
  condition by_date() {
    const std::string prefix = one_of<std::string>({"", "eq", "ne", "lt", "le", "gt", "ge", "sa", "eb"});
    const std::string text = random_date();
    const data::date_range p = *data::parse_date(text);
    return {"date=" + prefix + http::percent_encode(text), [=](const record& r) {
              if (r.date.empty()) return false;
              const data::date_range h = *data::parse_date(r.date);
              const bool contained = p.begin <= h.begin && h.end <= p.end;
              if (prefix == "lt") return h.begin < p.begin;
              if (prefix == "gt") return h.end > p.end;
              if (prefix == "le") return h.begin < p.begin || contained;
              if (prefix == "ge") return h.end > p.end || contained;
              if (prefix == "sa") return h.begin >= p.end;
              if (prefix == "eb") return h.end <= p.begin;
              return contained != (prefix == "ne");
            }};
  }
  condition by_value() {
    const std::string prefix = one_of<std::string>({"", "ne", "lt", "le", "gt", "ge"});
    const int wanted = static_cast<int>(random.below(10));
    return {fmt::format("value-quantity={}{}", prefix, wanted), [=](const record& r) {
              if (!r.value) return false;
              const int held = *r.value;
              if (prefix == "ne") return held != wanted;
              if (prefix == "lt") return held < wanted;
              if (prefix == "le") return held <= wanted;
              if (prefix == "gt") return held > wanted;
              if (prefix == "ge") return held >= wanted;
              return held == wanted;
            }};
  }
  condition any_condition() {
    switch (random.below(5)) {
      case 0:
        return by_code();
      case 1:
        return by_patient();
      case 2:
        return by_status();
      case 3:
        return by_date();
      default:
        return by_value();
    }
  }

  std::vector<std::string> search_all_pages(std::string path) {
    std::vector<std::string> found;
    for (int guard = 0; !path.empty() && guard < 100; ++guard) {
      http::request r;
      r.target =
          path.starts_with("http") ? path.substr(path.find("/interconnect")) : std::string(fhir_path) + path;
      r.fields.add("Host", "ehr.example");
      const fhir::answer got = engine.handle(r, fhir::moment{{}, today});
      EXPECT_EQ(got.response.status, 200U) << path << got.response.body;
      const json::value bundle = *json::parse(got.response.body);
      const json::value* entries = bundle.find("entry");
      for (const json::value& entry : entries ? *entries->if_array() : json::array())
        found.emplace_back(entry.string_at("resource.id"));
      path.clear();
      for (const json::value& one : *bundle.find("link")->if_array())
        if (one.string_at("relation") == "next") path = one.string_at("url");
    }
    return found;
  }

  fhir::engine engine;
  runtime::random_stream random;
  std::vector<record> records;
};

TEST_P(SearchProperty, FindsWhatTheReferenceFindsOnPagesOfAnySize) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  fill();
  for (int round = 0; round < 60; ++round) {
    std::string query = "/Observation?subject:missing=false&_elements=status";
    std::vector<condition> conditions;
    for (std::size_t i = 0, n = 1 + random.below(3); i < n; ++i) {
      conditions.push_back(any_condition());
      query += "&" + conditions.back().text;
    }
    // The chart of the generated patient is there too: its resources are of other ids.
    std::vector<std::string> expected;
    for (const record& one : records)
      if (std::all_of(conditions.begin(), conditions.end(), [&](const condition& c) { return c.holds(one); }))
        expected.push_back(one.id);
    std::sort(expected.begin(), expected.end());
    std::vector<std::string> found =
        search_all_pages(query + "&_count=" + std::to_string(1 + random.below(20)));
    std::erase_if(found, [](const std::string& id) { return !id.starts_with("obs"); });
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected) << query;
  }
}

TEST_P(SearchProperty, EscapingComesUndone) {
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> parts;
    std::string joined;
    for (std::size_t i = 0, n = 1 + random.below(4); i < n; ++i) {
      std::string part;
      for (std::size_t k = 0, length = random.below(6); k < length; ++k)
        part += one_of<char>({'a', ',', '|', '$', '\\', '.'});
      joined += (i == 0 ? "" : ",") + escaped(part);
      parts.push_back(std::move(part));
    }
    std::vector<std::string> read;
    for (const std::string_view one : fhir::split_value(joined, ','))
      read.push_back(fhir::unescape_value(one));
    EXPECT_EQ(read, parts) << joined;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SearchProperty, testing::Values(1, 2, 3, 4, 5, 6));

}  // namespace
}  // namespace epicenter::mock::test
