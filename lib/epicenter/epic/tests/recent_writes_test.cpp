// What is under way and what was filed, held against lists that are searched from end to end.
#include <gmock/gmock.h>

#include <epicenter/epic/recent_writes.hpp>
#include <epicenter/epic/under_way.hpp>
#include <epicenter/runtime/random.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/epic/tests/site.hpp"

namespace epicenter::epic::test {
namespace {

constexpr std::array<const char*, 3> types{"AllergyIntolerance", "Condition", "MedicationRequest"};
constexpr std::array<const char*, 3> patients{"eA", "eB", "eB Condition"};
constexpr std::array states{store::write_state::planned, store::write_state::sending,
                            store::write_state::unknown, store::write_state::written,
                            store::write_state::needs_review};

template <class T, std::size_t N>
T one_of(runtime::random_stream& random, const std::array<T, N>& all) {
  return all.at(random.below(N));
}

std::size_t below(runtime::random_stream& random, std::size_t bound) {
  return static_cast<std::size_t>(random.below(bound));
}

bool is_open(const write_job& job) {
  return job.row == store::write_state::sending || job.row == store::write_state::unknown;
}

TEST(WritesUnderWay, MayChangeAPartWhileOneOfThemIsOnItsWayOrUnknown) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    runtime::random_stream random(seed);
    runtime::virtual_runtime rt({});
    writes_under_way all;
    std::map<std::string, job_ptr> plain;
    for (int step = 0; step < 300; ++step) {
      const std::string operation = "op-" + std::to_string(below(random, 12));
      const auto found = plain.find(operation);
      if (found == plain.end() || random.below(8) == 0) {
        auto job = std::make_shared<write_job>(rt);
        job->type = one_of(random, types);
        job->patient = one_of(random, patients);
        plain.emplace(operation, job);
        all.emplace(operation, std::move(job));
      } else if (random.below(3) == 0) {
        all.erase(operation);
        plain.erase(found);
      } else {
        found->second->row = one_of(random, states);
      }
      ASSERT_EQ(all.size(), plain.size()) << seed;
      ASSERT_EQ(all.contains(operation), plain.contains(operation)) << seed;
      const std::string type = one_of(random, types);
      const std::string patient = one_of(random, patients);
      bool expected = false;
      for (const auto& [name, job] : plain)
        expected = expected || (is_open(*job) && job->type == type && job->patient == patient);
      ASSERT_EQ(all.may_change(type, patient), expected) << "seed " << seed << ", step " << step;
    }
  }
}

struct noted {
  std::string type, patient, id;
  instant until;
};

resource_list some_of(runtime::random_stream& random, const std::vector<noted>& all) {
  std::vector<json::value> chosen;
  for (const auto& one : all)
    if (random.below(4) != 0) chosen.push_back(resource_of(one.type, one.id, one.patient));
  return resource_list(std::move(chosen));
}

bool has(const resource_list& all, const std::string& id) {
  for (const auto& one : all)
    if (one.string_at("id") == id) return true;
  return false;
}

TEST(RecentWrites, AreMissedInAnAnswerUntilTheSiteHasSurelyIndexedThem) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    runtime::random_stream random(seed);
    recent_writes recent;
    std::vector<noted> plain;
    instant now{};
    for (int step = 0; step < 200; ++step) {
      now += std::chrono::milliseconds(below(random, 20'000));
      const std::string type = one_of(random, types);
      const std::string patient = one_of(random, patients);
      if (random.below(3) == 0) {
        plain.push_back({type, patient, "f" + std::to_string(step), now + 90s});
        recent.note(type, patient, plain.back().id, plain.back().until, now);
        std::erase_if(plain, [&](const noted& one) { return one.until <= now; });
        ASSERT_EQ(recent.size(), plain.size()) << "what is over is forgotten; seed " << seed;
      }
      const auto answer = some_of(random, plain);
      bool expected = false;
      for (const auto& one : plain)
        expected = expected ||
                   (one.type == type && one.patient == patient && now < one.until && !has(answer, one.id));
      ASSERT_EQ(recent.are_missing(type, patient, answer, now), expected) << "seed " << seed;
    }
  }
}

TEST(RecentWrites, AreBounded) {
  recent_writes recent;
  for (int i = 0; i < 10'500; ++i) recent.note("Condition", "eA", std::to_string(i), instant(90s), instant{});
  EXPECT_EQ(recent.size(), 10'000U);
}

}  // namespace
}  // namespace epicenter::epic::test
