#include <set>

#include "reports/tests/support.hpp"
#include "reports/tests/xml_reader.hpp"

namespace epicenter::reports {
namespace {

using namespace testing;
using ::testing::HasSubstr;

element read(const run_record& run) {
  const std::string text = junit_xml(run, some_meta());
  return xml_reader(text).document();
}

TEST(xml_reader, refuses_what_a_ci_system_refuses) {
  const auto bad = [](std::string body) {
    const std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body;
    EXPECT_THROW(xml_reader(text).document(), std::runtime_error) << body;
  };
  for (const char* body :
       {"<a>", "<a></b>", "<a/><b/>", "<a b=\"<\"/>", "<a b=\"1\" b=\"2\"/>", "<a>&nbsp;</a>", "<a>& b</a>",
        "<a>\x01</a>", "<a>\xC3</a>", "<a>\xED\xA0\x80</a>", "<a b=\"1/>"}) {
    bad(body);
  }
}

TEST(junit, maps_verdicts_to_failures_and_what_is_inconclusive_to_errors) {
  const auto root = read(one_run());
  const auto suites = root.all("testsuite");
  ASSERT_EQ(suites.size(), 1u);
  EXPECT_EQ(suites[0]->attributes.at("name"), "epic-resilience.epic-outage");
  EXPECT_EQ(suites[0]->attributes.at("tests"), "5");
  EXPECT_EQ(suites[0]->attributes.at("failures"), "1");
  EXPECT_EQ(suites[0]->attributes.at("errors"), "1");
  const auto cases = root.all("testcase");
  ASSERT_EQ(cases.size(), 5u);
  EXPECT_TRUE(cases[0]->children.empty());
  ASSERT_EQ(cases[1]->children.size(), 1u);
  EXPECT_EQ(cases[1]->attributes.at("name"), "during: success_rate");
  EXPECT_EQ(cases[1]->attributes.at("classname"), "epic-resilience.epic-outage");
  EXPECT_EQ(cases[1]->attributes.at("file"), "/home/someone/epic.yaml");
  EXPECT_EQ(cases[1]->attributes.at("line"), "44");
  EXPECT_EQ(cases[1]->children[0].name, "failure");
  EXPECT_EQ(cases[1]->children[0].attributes.at("message"), "is critical (93.1%)");
  EXPECT_THAT(cases[1]->children[0].text, HasSubstr("seed: 42"));
  EXPECT_THAT(cases[1]->children[0].text, HasSubstr("runbook: docs/runbook.md\nowner: integrations-oncall"));
  EXPECT_TRUE(cases[2]->children.empty()) << "a warning does not fail";
  ASSERT_EQ(cases[3]->children.size(), 1u);
  EXPECT_EQ(cases[3]->children[0].name, "error");
  EXPECT_EQ(cases[3]->attributes.at("name"), "coverage: fault outage-1");
}

TEST(junit, a_warning_fails_where_it_was_asked_to) {
  auto run = one_run();
  run.warnings_fail = true;
  const auto root = read(run);
  EXPECT_EQ(root.all("testsuite")[0]->attributes.at("failures"), "2");
  ASSERT_EQ(root.all("testcase")[2]->children.size(), 1u);
  EXPECT_EQ(root.all("testcase")[2]->children[0].name, "failure");
}

TEST(junit, carries_seed_figures_and_the_whole_time_once) {
  const auto root = read(one_run());
  std::map<std::string, std::string> properties;
  for (const auto* p : root.all("property")) {
    EXPECT_TRUE(properties.emplace(p->attributes.at("name"), p->attributes.at("value")).second);
  }
  EXPECT_EQ(properties.at("seed"), "42");
  EXPECT_EQ(properties.at("experiment_seed"), "7");
  EXPECT_EQ(properties.at("during.success_rate"), "93.1%");
  EXPECT_EQ(properties.at("recovery.avg_latency"), "412.3ms");
  const auto cases = root.all("testcase");
  EXPECT_EQ(cases[0]->attributes.at("time"), "240.000000");
  EXPECT_EQ(cases[1]->attributes.at("time"), "0.000000");
}

TEST(junit, names_are_unique_because_duplicates_are_dropped) {
  auto run = one_run();
  auto& checks = run.experiments[0].checks;
  checks.push_back(checks[1]);
  checks.push_back(checks[1]);
  checks.push_back(checks[1]);
  checks.back().name += " (2)";
  run.experiments.push_back(run.experiments[0]);
  run.experiments.back().name = "slow-epic";
  std::set<std::pair<std::string, std::string>> names;
  const auto root = read(run);
  for (const auto* c : root.all("testcase")) {
    EXPECT_TRUE(names.emplace(c->attributes.at("classname"), c->attributes.at("name")).second)
        << c->attributes.at("name");
  }
  EXPECT_EQ(names.size(), 16u);
}

TEST(junit, any_text_survives_or_is_replaced) {
  auto run = one_run();
  auto& c = run.experiments[0].checks[1];
  const std::vector<std::pair<std::string, std::string>> texts{
      {"a < b && c > \"d\" 'e'", "a < b && c > \"d\" 'e'"},
      {"two\nlines\tand\rmore", "two\nlines\tand\rmore"},
      {"CLOSED → OPEN, 𝄞, é", "CLOSED → OPEN, 𝄞, é"},
      {"]]>", "]]>"},
      {std::string("nul\0bell\a esc\x1b", 14), "nul?bell? esc?"},
      {"cut \xE2\x86", "cut ??"},
      {"latin \xE9t\xE9", "latin ?t?"},
      {"overlong \xC0\xAF \xE0\x80\xAF", "overlong ?? ???"},
      {"surrogate \xED\xA0\x80", "surrogate ?"},
      {"no character \xEF\xBF\xBE", "no character ?"},
      {"beyond \xF4\x90\x80\x80", "beyond ????"},
  };
  for (const auto& [text, wanted] : texts) {
    c.message = text;
    c.value = text;
    element root;
    ASSERT_NO_THROW(root = read(run)) << wanted;
    const auto failures = root.all("failure");
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_EQ(failures[0]->attributes.at("message"), wanted + " (" + wanted + ")");
    EXPECT_THAT(failures[0]->text, HasSubstr("value: " + wanted + "\n"));
  }
}

TEST(junit, every_byte_alone_and_in_pairs_is_well_formed) {
  auto run = one_run();
  std::string all;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0x7E; b < 256; b += 3) {
      all.push_back(static_cast<char>(a));
      all.push_back(static_cast<char>(b));
    }
  }
  run.experiments[0].checks[1].message = all;
  run.experiments[0].hypothesis = all;
  EXPECT_NO_THROW(read(run));
}

}  // namespace
}  // namespace epicenter::reports
