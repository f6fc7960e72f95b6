#include <gmock/gmock.h>

#include <epicenter/operations/epic_metrics.hpp>

#include "lib/epicenter/epic/tests/random_events.hpp"
#include "lib/epicenter/operations/tests/exposition.hpp"

namespace epicenter::operations {
namespace {

using epic::test::random_events;
using ::testing::IsEmpty;
using ::testing::Not;

// Each is one mistake; the reader that judges the metrics below must see it.
TEST(Exposition, ReaderSeesEveryMistake) {
  const std::string good =
      "# HELP a_total What.\n# TYPE a_total counter\na_total{b=\"c\\\"\\\\\\n\"} 1\n"
      "# HELP h What.\n# TYPE h histogram\n"
      "h_bucket{le=\"0.5\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 0.75\nh_count 2\n";
  EXPECT_THAT(test::read_exposition(good).mistakes, IsEmpty());
  const std::vector<std::pair<std::string, std::string>> defects{
      {"} 1\n", "} 1"},  // only where it is the last line; else a line too long
      {"a_total{", "a-total{"},
      {"a_total{", "other{"},
      {"b=\"", "1b=\""},
      {"\\n\"", "\\x\""},
      {"\\\"", "\""},
      {"# HELP a_total What.\n", ""},
      {"# TYPE a_total counter\n", ""},
      {"# TYPE a_total counter", "# TYPE a_total kilo"},
      {"# TYPE a_total counter", "# TYPE a_total gauge"},
      {"} 1\n", "} one\n"},
      {"} 1\n", "} -1\n"},
      {"} 1\n", "} NaN\n"},
      {"} 1\n", "} 1 1\n"},
      {"h_sum 0.75\n", ""},
      {"h_count 2\n", ""},
      {"h_count 2", "h_count 3"},
      {"h_bucket{le=\"+Inf\"} 2\n", ""},
      {"h_bucket{le=\"+Inf\"} 2", "h_bucket{le=\"+Inf\"} 0"},
      {"le=\"0.5\"", "le=\"half\""},
      {"h_sum 0.75\n", "h_sum 0.75\nh_sum 0.75\n"},
      {"h_sum 0.75\n", "h_sum 0.75\nh_mean 0.75\n"},
      {"h_count 2\n", "h_count 2\n# HELP a_total What.\n"},
  };
  for (const auto& [from, to] : defects) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    EXPECT_THAT(test::read_exposition(bad).mistakes, Not(IsEmpty())) << bad;
  }
}

struct Metrics : ::testing::Test {
  template <class What>
  void tell(What what, const std::string& tenant = "north") {
    epic::event told;
    told.what = std::move(what);
    metrics.count(std::make_shared<const std::string>(tenant), told);
  }
  test::exposition read() const {
    metric_text made;
    metrics.write(made);
    auto got = test::read_exposition(made.text());
    EXPECT_THAT(got.mistakes, IsEmpty());
    return got;
  }
  epic_metrics metrics;
};

TEST_F(Metrics, CountWhatWasTold) {
  using resilience::endpoint_class;
  const epic::call_id id{"op", 1, 1};
  for (int i = 0; i < 3; ++i) {
    tell(epic::events::call_started{id, epic::call_purpose::operation, endpoint_class::read, 1, {}});
  }
  tell(epic::events::call_ended{id, epic::call_purpose::operation, endpoint_class::read, 1, 200, {}, 120ms});
  tell(epic::events::call_ended{id, epic::call_purpose::operation, endpoint_class::read, 1, 0, "reset", 1ms});
  tell(epic::events::retry_scheduled{id, 1s, "reset"});
  tell(epic::events::write_changed{"op", "order_lab", "WRITTEN", "ServiceRequest/1", "created"});
  tell(epic::events::degradation_activated{1, "patient_context", endpoint_class::read, "stale", "timeout",
                                           1min});
  metrics.count(nullptr, clock_stepped{-5s});
  const auto got = read().samples;
  const auto value = [&got](const std::string& key) { return got.contains(key) ? got.at(key) : -1; };
  const std::string of = "{tenant=\"north\",endpoint=\"read\"";
  EXPECT_EQ(value("epicenter_epic_requests_total" + of + ",end=\"response\",code=\"200\"}"), 1);
  EXPECT_EQ(value("epicenter_epic_requests_total" + of + ",end=\"reset\",code=\"none\"}"), 1);
  EXPECT_EQ(value("epicenter_epic_requests_in_flight" + of + "}"), 1);
  EXPECT_EQ(value("epicenter_epic_request_duration_seconds_bucket" + of + ",le=\"0.1\"}"), 0);
  EXPECT_EQ(value("epicenter_epic_request_duration_seconds_bucket" + of + ",le=\"0.25\"}"), 1);
  EXPECT_EQ(value("epicenter_epic_request_duration_seconds_sum" + of + "}"), 0.12);
  EXPECT_EQ(value("epicenter_epic_retries_total{tenant=\"north\",cause=\"reset\"}"), 1);
  EXPECT_EQ(value("epicenter_epic_writes_total{tenant=\"north\",kind=\"order_lab\",state=\"WRITTEN\"}"), 1);
  EXPECT_EQ(value("epicenter_epic_fallback_active{tenant=\"north\"}"), 1);
  EXPECT_EQ(value("epicenter_epic_circuit_state" + of + ",state=\"closed\"}"), 1);
  EXPECT_EQ(value("epicenter_clock_steps_total{direction=\"backwards\"}"), 1);
}

TEST_F(Metrics, EscapeWhateverATenantIsCalled) {
  tell(epic::events::token_refreshed{1, 1s}, "a\"b\\c\nd\xFF");
  EXPECT_EQ(read().samples.count("epicenter_epic_fallback_active{tenant=\"a\\\"b\\\\c\\nd\xEF\xBF\xBD\"}"),
            1U);
}

TEST_F(Metrics, StayFewWhateverStatusesComeIn) {
  for (unsigned status = 100; status < 1000; ++status) {
    tell(epic::events::call_ended{{}, epic::call_purpose::operation, {}, 1, status, {}, 1ms});
  }
  std::size_t series = 0;
  for (const auto& [key, value] : read().samples) {
    series += key.starts_with("epicenter_epic_requests_total") ? 1U : 0U;
  }
  EXPECT_LE(series, 201U);
}

TEST_F(Metrics, AreWellFormedAndCarryNothingPlantedWhateverIsTold) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    metrics = epic_metrics();
    random_events source(seed, true);
    const auto tenant = std::make_shared<const std::string>("north");
    std::uint64_t calls = 0;
    for (int i = 0; i < 500; ++i) {
      const auto told = source.next(1s);
      calls += std::holds_alternative<epic::events::call_ended>(told.what) ? 1U : 0U;
      metrics.count(tenant, told);
    }
    metric_text made;
    metrics.write(made);
    double counted = 0;
    const auto got = test::read_exposition(made.text());
    EXPECT_THAT(got.mistakes, IsEmpty());
    for (const auto& [key, value] : got.samples) {
      if (key.starts_with("epicenter_epic_requests_total")) counted += value;
    }
    EXPECT_EQ(counted, static_cast<double>(calls));
    for (const auto part : epic::test::planted_parts)
      EXPECT_EQ(made.text().find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace epicenter::operations
