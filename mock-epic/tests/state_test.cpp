#include "mock-epic/fhir/state.hpp"

#include "mock-epic/tests/fhir_fixture.hpp"

namespace epicenter::mock::test {
namespace {

using fhir::type_id;

json::object condition(std::string_view id, const std::string& patient, std::uint64_t n) {
  return {{"resourceType", "Condition"},
          {"id", id},
          {"identifier", json::array{json::object{{"system", "urn:x"}, {"value", "c-" + std::to_string(n)}}}},
          {"subject", json::object{{"reference", "Patient/" + patient}}}};
}

/// A few hundred random changes: files, replaces (also of what was generated), moves, erasures,
/// reconciliations.
void scribble(fhir::store& on, runtime::random_stream& random, int steps) {
  std::vector<fhir::resource_ptr> known = on.of_patient(type_id::condition, on.hospital().key(2).patient);
  for (int i = 0; i < steps; ++i) {
    const std::string patient = on.hospital().key(random.below(on.hospital().size())).patient;
    const wall_time now = today + std::chrono::seconds(i);
    const std::uint64_t what = random.below(5);
    if (what == 0 || known.empty()) {
      const std::string id = "f" + std::to_string(i);
      known.push_back(on.file(type_id::condition, id, patient, condition(id, patient, random.below(20)),
                              random.below(3) != 0, now));
      continue;
    }
    fhir::resource_ptr& one = known[random.below(known.size())];
    if (what == 1 && !one->deleted()) one = on.erase(*one, now);
    if (what == 2 && !one->searchable() && !one->deleted()) one = on.reconcile(*one);
    if (what == 3)
      one = on.replace(*one, one->patient(), condition(one->id(), one->patient(), random.below(20)), now);
    if (what == 4) one = on.replace(*one, patient, condition(one->id(), patient, random.below(20)), now);
  }
}

/// Everything that a client can see of the changes.
std::string seen(fhir::store& s) {
  std::string all;
  const auto add = [&](const fhir::resource_ptr& one) {
    all += one->id() + "/" + std::to_string(one->version()) + (one->searchable() ? "s" : "h") +
           (one->deleted() ? "d" : "") + one->patient() + one->text() +
           std::to_string(one->updated().time_since_epoch().count()) + "\n";
  };
  for (std::size_t i = 0; i < s.hospital().size(); ++i)
    for (const auto& one : s.of_patient(type_id::condition, s.hospital().key(i).patient)) {
      add(one);
      for (const auto& version : s.history(type_id::condition, one->id())) add(version);
    }
  for (int n = 0; n < 20; ++n)
    for (const auto& one : s.by_identifier(type_id::condition, "c-" + std::to_string(n))) add(one);
  for (const auto& one : s.changes()) all += one->id() + " ";
  return all;
}

TEST(State, ComesBackAsItWas) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    runtime::random_stream random(seed);
    fhir::store original(small_hospital(4, 12));
    scribble(original, random, 150);
    const std::string text = write_state(original);
    fhir::store copy(small_hospital(4, 12));
    scribble(copy, random, 20);  // is replaced
    const auto read = read_state(text, copy);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(seen(copy), seen(original));
    EXPECT_EQ(write_state(copy), text);
  }
}

TEST(State, OfNoChangesIsAHeader) {
  fhir::store s(small_hospital(4, 12));
  const std::string text = write_state(s);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  runtime::random_stream random(9);
  scribble(s, random, 30);
  ASSERT_TRUE(read_state(text, s));
  EXPECT_TRUE(s.changes().empty());
}

TEST(State, IsTakenWholeOrNotAtAll) {
  runtime::random_stream random(7);
  fhir::store s(small_hospital(4, 12));
  scribble(s, random, 60);
  const std::string text = write_state(s);
  const std::string before = seen(s);
  const auto replaced = [&](std::string_view what, std::string_view by) {
    std::string changed = text;
    const std::size_t at = changed.rfind(what);
    EXPECT_NE(at, changed.npos) << what;
    return changed.replace(at, what.size(), by);
  };
  for (const std::string& bad :
       {std::string(), text.substr(1), text.substr(0, text.size() - 5),
        replaced("\"type\":\"Condition\"", "\"type\":\"Nothing\""), replaced("\"searchable\":", "\"x\":"),
        replaced("\"version\":", "\"version\":1"),
        replaced("\"resourceType\":\"Condition\"", "\"resourceType\":\"Patient\""),
        text.substr(text.find('\n') + 1)}) {
    const auto read = read_state(bad, s);
    EXPECT_FALSE(read) << bad.substr(0, 300);
    EXPECT_EQ(seen(s), before);
  }
  for (const auto& [seed, patients] : {std::pair{5U, 12U}, std::pair{4U, 13U}}) {
    fhir::store other(small_hospital(seed, patients));
    const auto read = read_state(text, other);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), data::errc::does_not_fit);
  }
}

}  // namespace
}  // namespace epicenter::mock::test
