#include <epicenter/json/parse.hpp>
#include <sstream>

#include "reports/tests/support.hpp"

namespace epicenter::reports {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

json::value parsed(const std::string& text) {
  auto v = json::parse(text);
  EXPECT_TRUE(v.has_value()) << text;
  return v ? std::move(*v) : json::value();
}

TEST(run_json, is_the_same_bytes_whatever_the_machine_and_the_hour) {
  auto elsewhere = one_run();
  elsewhere.file = "/builds/7/epic.yaml";
  for (auto& c : elsewhere.experiments[0].checks) c.place.file = elsewhere.file;
  run_meta other;
  other.host = "another";
  other.command = "epicenter run --clock virtual";
  EXPECT_EQ(run_json(one_run(), some_meta()), run_json(elsewhere, other));
  EXPECT_THAT(run_json(one_run(), some_meta()), Not(HasSubstr("/home/someone")));
}

TEST(run_json, has_every_figure_check_and_count) {
  const auto v = parsed(run_json(one_run(), some_meta()));
  EXPECT_EQ(v.string_at("scenario"), "epic-resilience");
  EXPECT_EQ(v.at_path("schema")->to_int64(), run_schema);
  EXPECT_EQ(v.at_path("exit_code")->to_int64(), 1);
  EXPECT_EQ(v.string_at("experiments.0.phases.1.figures.0.metric"), "success_rate");
  EXPECT_EQ(v.at_path("experiments.0.phases.1.figures.0.value")->to_int64(), 931'000);
  EXPECT_EQ(v.string_at("experiments.0.phases.1.figures.0.shown"), "93.1%");
  EXPECT_EQ(v.string_at("experiments.0.phases.1.figures.0.unit"), "ppm");
  EXPECT_EQ(v.string_at("experiments.0.checks.1.status"), "failed");
  EXPECT_EQ(v.at_path("experiments.0.checks.1.place.line")->to_int64(), 44);
  EXPECT_EQ(v.at_path("experiments.0.faults.0.to_ns")->to_int64(), 120'000'000'000);
  EXPECT_EQ(v.at_path("experiments.0.operations.patient-context.failures.timed_out")->to_int64(), 40);
  EXPECT_EQ(v.at_path("experiments.0.writes.WRITTEN")->to_int64(), 98);
  EXPECT_EQ(v.at_path("experiments.0.counters.calls")->to_int64(), 2400);
  EXPECT_EQ(v.at_path("experiments.0.timeline"), nullptr) << "that is events.jsonl";
}

TEST(run_json, tells_no_sample_from_zero_and_an_open_end_from_none) {
  auto run = one_run();
  run.experiments[0].phases[0].figures[0].value.reset();
  run.experiments[0].faults[0].to.reset();
  const auto v = parsed(run_json(run, some_meta()));
  EXPECT_EQ(v.at_path("experiments.0.phases.0.figures.0.value"), nullptr);
  EXPECT_EQ(v.string_at("experiments.0.phases.0.figures.0.shown"), "-");
  ASSERT_NE(v.at_path("experiments.0.faults.0.to_ns"), nullptr);
  EXPECT_TRUE(v.at_path("experiments.0.faults.0.to_ns")->is_null());
}

TEST(run_json, the_histogram_can_be_read_back) {
  const auto run = one_run();
  const auto v = parsed(run_json(run, some_meta()));
  const auto* h = v.at_path("experiments.0.phases.2.latency_ns");
  ASSERT_NE(h, nullptr);
  stats::histogram::parts parts;
  const auto number = [&](const char* path) { return h->at_path(path)->to_int64().value(); };
  parts.precision_bits = static_cast<unsigned>(number("precision_bits"));
  parts.min = number("min");
  parts.max = number("max");
  parts.sum_high = static_cast<std::uint64_t>(number("sum_high"));
  parts.sum_low = static_cast<std::uint64_t>(number("sum_low"));
  for (const auto& b : *h->at_path("buckets")->if_array()) {
    parts.buckets.push_back({static_cast<std::uint32_t>(b.at_path("0")->to_int64().value()),
                             static_cast<std::uint64_t>(b.at_path("1")->to_int64().value())});
  }
  const auto back = stats::histogram::from_parts(parts);
  ASSERT_TRUE(back.has_value());
  EXPECT_TRUE(*back == run.experiments[0].phases[2].latency);
}

TEST(run_meta_json, has_what_differs_from_run_to_run) {
  const auto v = parsed(run_meta_json(one_run(), some_meta()));
  EXPECT_EQ(v.string_at("host"), "build-host");
  EXPECT_EQ(v.string_at("file"), "/home/someone/epic.yaml");
  EXPECT_EQ(v.string_at("event_hash"), "0123456789abcdef");
  EXPECT_EQ(v.at_path("took_ms")->to_int64(), 1234);
}

TEST(events_jsonl, is_one_object_a_line) {
  std::istringstream lines(events_jsonl(one_run(), some_meta()));
  std::vector<json::value> events;
  for (std::string line; std::getline(lines, line);) {
    events.push_back(parsed(line));
    EXPECT_TRUE(events.back().is_object());
  }
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].string_at("event"), "circuit.changed");
  EXPECT_EQ(events[1].string_at("detail"), "read: CLOSED to \"OPEN\"\nby x");
  EXPECT_EQ(events[1].at_path("at_ms")->to_int64(), 61'000);
  EXPECT_EQ(events[1].string_at("experiment"), "epic-outage");
}

}  // namespace
}  // namespace epicenter::reports
