#include <gtest/gtest.h>

#include <epicenter/epic/provider_thresholds.hpp>

namespace epicenter::epic {
namespace {

using resilience::breaker_state;

struct table_row {
  provider_metric metric;
  std::uint64_t good;
  std::uint64_t all;
  metric_level level;
};

TEST(ProviderThresholds, AreTheRunbooksAtEachBound) {
  for (const auto metric : {provider_metric::success_rate, provider_metric::write_success_rate}) {
    for (const auto& row : {table_row{metric, 1000, 1000, metric_level::healthy},
                            table_row{metric, 991, 1000, metric_level::healthy},
                            table_row{metric, 990, 1000, metric_level::warning},
                            table_row{metric, 950, 1000, metric_level::warning},
                            table_row{metric, 949, 1000, metric_level::critical},
                            table_row{metric, 0, 1, metric_level::critical}}) {
      EXPECT_EQ(level_of(row.metric, row.good, row.all), row.level) << row.good << " of " << row.all;
    }
    EXPECT_EQ(level_of(metric, 0, 0), std::nullopt);
  }
  EXPECT_EQ(level_of(provider_metric::average_latency, 500ms - 1ns), metric_level::healthy);
  EXPECT_EQ(level_of(provider_metric::average_latency, 500ms), metric_level::warning);
  EXPECT_EQ(level_of(provider_metric::average_latency, 2000ms), metric_level::warning);
  EXPECT_EQ(level_of(provider_metric::average_latency, 2000ms + 1ns), metric_level::critical);
  EXPECT_EQ(level_of(breaker_state::closed), metric_level::healthy);
  EXPECT_EQ(level_of(breaker_state::half_open), metric_level::warning);
  EXPECT_EQ(level_of(breaker_state::open), metric_level::critical);
  EXPECT_EQ(level_of(breaker_state::forced_open), metric_level::critical);
}

}  // namespace
}  // namespace epicenter::epic
