#include <gmock/gmock.h>

#include <epicenter/json/parse.hpp>
#include <epicenter/operations/log_lines.hpp>

#include "lib/epicenter/epic/tests/random_events.hpp"

namespace epicenter::operations {
namespace {

namespace events = epic::events;
using epic::test::random_events;
using ::testing::HasSubstr;

constexpr const char* operation = "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77";

stream_event of(decltype(epic::event::what) what) {
  epic::event told;
  told.what = std::move(what);
  stream_event made;
  made.seq = 7;
  made.tenant = std::make_shared<const std::string>("north");
  made.what = std::move(told);
  return made;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}
bool greps_as_failure(const std::string& line) {
  return line.find("epic") != std::string::npos && lower(line).find("error") != std::string::npos;
}

TEST(ApiLine, IsOneObjectWithTimeTenantAndNumber) {
  const auto line = api_line(of(events::token_refreshed{3, 300s}), wall_time(1'790'000'000s + 250us));
  ASSERT_TRUE(line);
  const auto parsed = json::parse(*line);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->string_at("at"), "2026-09-21T14:13:20.000250Z");
  EXPECT_EQ(parsed->string_at("component"), "epic");
  EXPECT_EQ(parsed->string_at("tenant"), "north");
  EXPECT_EQ(parsed->string_at("event"), "token.refreshed");
  EXPECT_EQ(*parsed->find("seq"), json::value(7));
}

// grep "epic" api.log | grep -i error (runbook, section 7)
TEST(ApiLine, GrepsAsTheRunbookDoes) {
  const auto ended = [](unsigned status, std::string_view failure) {
    return of(events::call_ended{{operation, 1, 1}, {}, {}, 1, status, failure, 5ms});
  };
  events::circuit_changed opened;
  opened.change.to = resilience::breaker_state::open;
  const std::vector<stream_event> bad{
      ended(503, {}),
      ended(408, {}),
      ended(0, "reset"),
      of(events::token_refresh_failed{"status 400"}),
      of(opened),
      of(events::write_changed{operation, "order_lab", "REJECTED", {}, "refused"}),
      of(events::safety_alarm{"wrong_patient", operation, "Observation", {}}),
      of(events::write_changed{operation, "note", "NEEDS_REVIEW", {}, {}})};
  const std::vector<stream_event> good{
      ended(200, {}),
      ended(404, {}),
      ended(0, "cancelled"),
      of(events::token_refreshed{1, 1s}),
      of(events::write_changed{operation, "order_lab", "WRITTEN", {}, "created"}),
      of(events::degradation_deactivated{})};
  for (const auto& one : bad) EXPECT_TRUE(greps_as_failure(api_line(one, {}).value())) << *api_line(one, {});
  for (const auto& one : good)
    EXPECT_FALSE(greps_as_failure(api_line(one, {}).value())) << *api_line(one, {});
  stream_event step;
  step.what = clock_stepped{-90s};
  const auto line = api_line(step, {});
  ASSERT_TRUE(line);
  EXPECT_TRUE(greps_as_failure(*line));
  EXPECT_THAT(*line, HasSubstr("\"by_seconds\":-90"));
  EXPECT_THAT(*line, HasSubstr("\"direction\":\"backwards\""));
}

TEST(LogLines, TellHowTheStoresAreKept) {
  stream_event told;
  upkeep_ran ran;
  ran.job = upkeep_job::audit_verify;
  ran.detail = "123456 entries verify, signed up to 123400";
  ran.next_in = 86'400s;
  told.what = ran;
  const auto good = api_line(told, {}).value();
  EXPECT_FALSE(greps_as_failure(good)) << good;
  EXPECT_THAT(good,
              HasSubstr("\"job\":\"audit_verify\",\"result\":\"ok\",\"detail\":\"123456 entries verify"));
  EXPECT_FALSE(audit_line(told, {}));
  ran.end = upkeep_end::alarm;
  ran.detail = "the audit chain does not verify: edited at entry 123456; 1 findings";
  told.what = ran;
  EXPECT_TRUE(greps_as_failure(api_line(told, {}).value()));
  EXPECT_THAT(audit_line(told, {}).value(), HasSubstr("\"type\":\"audit.chain_broken\""));
  EXPECT_THAT(audit_line(told, {}).value(), HasSubstr("edited at entry 123456"));
  ran.end = upkeep_end::failed;
  ran.failures_in_a_row = 3;
  ran.detail = "the store cannot be read or written: disk full of Camila Lopez";
  told.what = ran;
  const auto bad = api_line(told, {}).value();
  EXPECT_TRUE(greps_as_failure(bad));
  EXPECT_THAT(bad, HasSubstr("\"failures_in_a_row\":3"));
  EXPECT_THAT(bad, HasSubstr("the store cannot be read"));
  EXPECT_EQ(bad.find("Camila"), std::string::npos);
  EXPECT_FALSE(audit_line(told, {}));
}

TEST(ApiLine, SaysThatTheEhrIsUnavailable) {
  const auto line =
      api_line(of(events::degradation_activated{1, "patient_context", {}, "stale", "timeout", 1min}), {});
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, HasSubstr("EHR temporarily unavailable"));
}

// grep "EHR_WRITE_FAILED" audit.log (runbook, section 7)
TEST(AuditLine, NamesEveryWriteThatDidNotSucceed) {
  for (const auto* state : {"REJECTED", "NOT_SENT", "DUPLICATE", "NEEDS_REVIEW"}) {
    const auto line = audit_line(of(events::write_changed{operation, "order_lab", state, {}, "refused"}), {});
    ASSERT_TRUE(line);
    EXPECT_THAT(*line, HasSubstr("EHR_WRITE_FAILED"));
    EXPECT_THAT(*line, HasSubstr(operation));
    EXPECT_THAT(*line, HasSubstr(state));
  }
  for (const auto* state : {"PLANNED", "SENDING", "UNKNOWN", "WRITTEN"}) {
    const auto line = audit_line(of(events::write_changed{operation, "order_lab", state, {}, {}}), {});
    ASSERT_TRUE(line);
    EXPECT_EQ(line->find("FAILED"), std::string::npos);
  }
  EXPECT_FALSE(audit_line(of(events::token_refreshed{1, 1s}), {}));
}

TEST(AuditLine, NamesWhoMovedACircuitByHand) {
  events::circuit_changed moved;
  moved.change.to = resilience::breaker_state::half_open;
  moved.change.actor = "clinician-1";
  moved.change.reason = "Epic is healthy again";
  const auto line = audit_line(of(moved), {});
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, HasSubstr("\"actor\":\"clinician-1\""));
  EXPECT_THAT(*line, HasSubstr("Epic is healthy again"));
  moved.change.cause = resilience::transition_cause::wait_elapsed;
  EXPECT_FALSE(audit_line(of(moved), {}));
}

TEST(LogLines, TellNothingTwiceToTheNextReader) {
  auto again = of(events::write_changed{operation, "order_lab", "REJECTED", {}, {}});
  again.replayed = true;
  EXPECT_FALSE(api_line(again, {}));
  EXPECT_FALSE(audit_line(again, {}));
}

template <std::size_t... I>
std::vector<decltype(epic::event::what)> every_kind(std::index_sequence<I...>) {
  return {decltype(epic::event::what)(std::in_place_index<I>)...};
}

TEST(ApiLine, KnowsEveryKindOfEvent) {
  constexpr auto kinds = std::variant_size_v<decltype(epic::event::what)>;
  for (auto& what : every_kind(std::make_index_sequence<kinds>())) {
    const bool start = std::holds_alternative<events::call_started>(what);
    const auto line = api_line(of(std::move(what)), {});
    EXPECT_EQ(line.has_value(), !start);
    EXPECT_EQ(line.value_or("").find("unlisted"), std::string::npos);
  }
}

TEST(LogLines, CarryNothingPlantedAndAreEachOneLineOfJson) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_events source(seed, true);
    for (int i = 0; i < 500; ++i) {
      stream_event told;
      told.what = source.next(1s);
      for (const auto& line : {api_line(told, {}), audit_line(told, {})}) {
        if (!line) continue;
        EXPECT_EQ(line->find('\n'), std::string::npos);
        EXPECT_TRUE(json::parse(*line)) << *line;
        for (const auto part : epic::test::planted_parts)
          EXPECT_EQ(line->find(part), std::string::npos) << *line;
      }
    }
  }
}

}  // namespace
}  // namespace epicenter::operations
