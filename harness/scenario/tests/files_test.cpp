// The scenario files of this repository, the schema beside them, and text that nobody meant.
#include <cstdlib>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/scenario/plan.hpp"
#include "harness/scenario/schema.hpp"
#include "harness/scenario/tests/support.hpp"

namespace epicenter::scenario {
namespace {

namespace fs = std::filesystem;
using testing::all_text;

const fs::path folder = fs::path(EPICENTER_SOURCE_DIR) / "scenarios";

std::string content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

TEST(files, every_scenario_here_loads_and_may_start) {
  int count = 0;
  for (const auto& at : fs::recursive_directory_iterator(folder)) {
    if (at.path().extension() != ".yaml") continue;
    const load_result read = load(at.path().string());
    ASSERT_TRUE(read.has_value()) << all_text(read.error());
    const plan planned = make_plan(*read);
    EXPECT_TRUE(planned.refusals.empty()) << at.path() << planned.refusals.front();
    EXPECT_TRUE(planned.warnings.empty()) << at.path() << planned.warnings.front();
    EXPECT_NE(content(at.path()).find("yaml-language-server: $schema="), std::string::npos) << at.path();
    const bool short_one = at.path().parent_path().filename() == "smoke";
    EXPECT_TRUE(!short_one || planned.length <= 30s) << at.path();
    ++count;
  }
  EXPECT_GE(count, 11);
}

TEST(files, a_folder_is_its_scenarios_in_name_order) {
  const loaded all = load_paths({(folder / "runbook").string(), (folder / "epic-resilience.yaml").string()});
  EXPECT_TRUE(all.diagnostics.empty()) << all_text(all.diagnostics);
  ASSERT_EQ(all.scenarios.size(), 6U);
  EXPECT_EQ(all.scenarios[0].name, "runbook-epic-outage");
  EXPECT_EQ(all.scenarios[4].name, "runbook-breaker-recovers");
  const loaded twice =
      load_paths({(folder / "epic-resilience.yaml").string(), (folder / "epic-resilience.yaml").string()});
  ASSERT_EQ(twice.diagnostics.size(), 1U);
  EXPECT_THAT(twice.diagnostics[0].message, ::testing::HasSubstr("rename one"));
  const loaded none = load_paths({"/no/such/file", (folder / "schema").string()});
  ASSERT_EQ(none.diagnostics.size(), 2U);
  EXPECT_EQ(none.diagnostics[0].kind, trouble::unreadable);
  EXPECT_EQ(none.diagnostics[1].kind, trouble::unreadable);
}

// After a change of the format: EPICENTER_WRITE_SCHEMA=1 scenario_tests --gtest_filter=schema.*
TEST(schema, the_committed_file_is_up_to_date) {
  const fs::path file = folder / "schema" / "scenario.v1.json";
  const std::string now = json::write_pretty(json_schema());
  if (std::getenv("EPICENTER_WRITE_SCHEMA") != nullptr) std::ofstream(file, std::ios::binary) << now;
  EXPECT_TRUE(content(file) == now) << "scenarios/schema/scenario.v1.json is not what the tables give";
}

TEST(schema, every_reference_leads_somewhere) {
  const std::string text = json::write(json_schema());
  const json::value parsed = json::parse(text).value();
  std::size_t references = 0;
  const std::string prefix = "\"#/definitions/";
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
    const std::size_t from = at + prefix.size();
    const std::string name = text.substr(from, text.find('"', from) - from);
    EXPECT_NE(parsed.find("definitions")->find(name), nullptr) << name;
    ++references;
  }
  EXPECT_GT(references, 100U);
}

class splitmix {
 public:
  explicit splitmix(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<std::size_t>((z ^ (z >> 31)) % bound);
  }

 private:
  std::uint64_t state_;
};

TEST(mutations, always_give_a_scenario_or_a_reason) {
  const char* given = std::getenv("EPICENTER_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20261123;
  RecordProperty("seed", std::to_string(seed));
  splitmix random(seed);
  const std::string original = content(folder / "epic-resilience.yaml");
  const std::string_view pieces[] = {"\"", "'",    ": ",   "- ", "{", "}",  "[",       "]",       "&a ",
                                     "*a", "!t ",  "|",    ">",  "#", "\n", "\n---\n", "\n...\n", " ",
                                     "\t", "\xC3", "<<: ", "?",  ",", "~",  "99999",   "%"};
  for (int round = 0; round < 400; ++round) {
    std::string text = original;
    for (std::size_t change = 0, changes = 1 + random.below(4); change < changes && !text.empty(); ++change) {
      const std::size_t at = random.below(text.size());
      switch (random.below(4)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, 1 + random.below(40));
          break;
        case 2:
          text.insert(at, pieces[random.below(std::size(pieces))]);
          break;
        default:
          text.insert(at, text.substr(random.below(text.size()), 1 + random.below(60)));
          break;
      }
    }
    const load_result read = load_text("mutated.yaml", text);
    if (read) {
      EXPECT_FALSE(print_plan(*read, make_plan(*read)).empty());
      continue;
    }
    ASSERT_FALSE(read.error().empty()) << "seed " << seed << ", round " << round;
    for (const diagnostic& one : read.error()) ASSERT_FALSE(one.text().empty());
  }
}

}  // namespace
}  // namespace epicenter::scenario
