// Delays by distribution in scenarios, and from files of samples.
#include "harness/scenario/delay_samples.hpp"

#include <unistd.h>

#include <epicenter/json/write.hpp>
#include <filesystem>
#include <fstream>

#include "harness/scenario/plan.hpp"
#include "harness/scenario/tests/support.hpp"

namespace epicenter::scenario {
namespace {

namespace fs = std::filesystem;
using testing::all_text;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::messages;
using testing::small;
using ::testing::StartsWith;
using testing::with;

std::string with_delay(const std::string& delay) {
  return with(small, "{type: outage}", "{type: latency, delay: " + delay + "}");
}

std::string delay_in(const load_result& read) {
  if (!read) return all_text(read.error());
  return json::write(*read->experiments.at(0).faults.at(0).params.find("delay"));
}

std::string delay_of(const std::string& written) {
  return delay_in(load_text("t.yaml", with_delay(written)));
}

class delay_files : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("delay_samples_" + std::to_string(getpid()) + "_" +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }
  /// What is wrong with the file of that content, without its folder.
  std::string trouble_with(const std::string& text) const {
    const auto read = read_delay_samples(write("bad.txt", text));
    if (read) return "nothing";
    EXPECT_THAT(read.error(), StartsWith(folder_.string()));
    return read.error().substr(folder_.string().size() + 1);
  }

  fs::path folder_;
};

TEST(delay_format, takes_a_heavy_tail) {
  EXPECT_EQ(delay_of("{scale: 100ms, shape: 2.5}"), R"({"kind":"pareto","scale":100000000,"shape":"2.5"})");
  EXPECT_EQ(delay_of("{scale: 100ms, shape: 2}"), R"({"kind":"pareto","scale":100000000,"shape":"2"})");
  for (const auto& [delay, why] : {std::pair("{scale: 100ms}", "and both of them"),
                                   {"{scale: 0, shape: 2}", "more than 0"},
                                   {"{scale: 1s, shape: 0.05}", "from 0.1 to 100"},
                                   {"{scale: 1s, shape: 1.2345}", "three decimals"},
                                   {"{scale: 1s, shape: heavy}", "is not a number"},
                                   {"{scale: 1s, shape: 2, mean: 1s}", "and both of them"}}) {
    EXPECT_THAT(messages(with_delay(delay)), ElementsAre(HasSubstr(why))) << delay;
  }
}

TEST(delay_format, takes_measured_values) {
  EXPECT_EQ(delay_of("{values: [3s, 80ms, 120ms]}"),
            R"({"kind":"empirical","values":[80000000,120000000,3000000000]})");
  EXPECT_THAT(messages(with_delay("{values: []}")), ElementsAre(HasSubstr("too short")));
  EXPECT_THAT(messages(with_delay("{values: [2h]}")), ElementsAre(HasSubstr("longer than 1h")));
  EXPECT_THAT(messages(with_delay("{values: [1s], mean: 1s}")), ElementsAre(HasSubstr("or values")));
}

TEST_F(delay_files, are_found_beside_the_scenario_and_become_part_of_the_plan) {
  fs::create_directories(folder_ / "measured");
  write("measured/night.txt", "# night of the outage\n120ms\r\n\n  80ms  # warm\n3s");
  const auto scenario_file = write("s.yaml", with_delay("{samples: measured/night.txt}"));
  const auto read = load(scenario_file);
  EXPECT_EQ(delay_in(read), R"({"kind":"empirical","values":[80000000,120000000,3000000000]})");
  fs::remove_all(folder_ / "measured");
  ASSERT_TRUE(read);
  EXPECT_THAT(print_plan(*read, make_plan(*read)), HasSubstr("3 samples 80ms..3s, median 120ms"));
  EXPECT_THAT(delay_in(load(scenario_file)), HasSubstr("there is no such file of samples"));
}

TEST_F(delay_files, a_bad_file_is_named_with_its_line_and_not_quoted) {
  write("bad.txt", "120ms\nhunter2\n");
  const auto read = load(write("s.yaml", with_delay("{samples: bad.txt}")));
  ASSERT_FALSE(read);
  const auto text = all_text(read.error());
  EXPECT_THAT(text,
              AllOf(HasSubstr("s.yaml:11:"), HasSubstr("bad.txt:2: this is no duration such as 120ms")));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("hunter2")));
}

TEST_F(delay_files, have_bounds) {
  EXPECT_EQ(trouble_with(""), "bad.txt: there is no sample in this file");
  EXPECT_EQ(trouble_with("# only\n\n"), "bad.txt: there is no sample in this file");
  EXPECT_EQ(trouble_with("1s\n120\n"), "bad.txt:2: this is no duration such as 120ms");
  EXPECT_EQ(trouble_with("1s 2s\n"), "bad.txt:1: this is no duration such as 120ms");
  EXPECT_EQ(trouble_with("\n61m\n"), "bad.txt:2: no delay may be longer than 1h");
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += "1ms\n";
  EXPECT_EQ(trouble_with(lines), "nothing");
  EXPECT_EQ(trouble_with(lines + "1ms\n"), "bad.txt:100001: a file of samples has at most 100000 lines");
  EXPECT_THAT(trouble_with(std::string(4'000'001, ' ')), EndsWith("at most 4000000 bytes"));
  EXPECT_FALSE(read_delay_samples(folder_.string())) << "a folder";
  EXPECT_FALSE(read_delay_samples("/dev/zero")) << "it would never end";
}

TEST_F(delay_files, large_ones_become_quantiles_that_the_control_api_takes) {
  std::string lines;
  for (int i = 1; i <= 50'000; ++i) lines += std::to_string(i) + "us\n";
  write("many.txt", lines);
  const auto read = load(write("s.yaml", with_delay("{samples: many.txt}")));
  ASSERT_TRUE(read) << all_text(read.error());
  const auto* delay = read->experiments.at(0).faults.at(0).params.find("delay");
  ASSERT_NE(delay, nullptr);
  EXPECT_EQ(delay->find("values")->if_array()->size(), 1024U);
}

}  // namespace
}  // namespace epicenter::scenario
