// The faults that act on bytes: what each lets out, and when.
#include <gtest/gtest.h>

#include <epicenter/runtime/task.hpp>

#include "harness/faults/tests/recording.hpp"

namespace epicenter::faults {
namespace {

using testing::at;
using testing::made;
using testing::piece;
using testing::recording;
using testing::stage_of;
using pieces = std::vector<piece>;

TEST(stream_faults, act_on_bytes_alone_and_in_the_direction_that_is_asked_for) {
  struct example {
    const char* type;
    const char* parameters;
    bool both_by_default;
  };
  for (const auto& [type, parameters, both] :
       {example{"bandwidth", R"("limit":"1kB/s")", true}, example{"stall", "", true},
        example{"slice", R"("size":"10B")", true}, example{"slow_close", R"("delay":"1s")", false},
        example{"half_open", "", false}, example{"cut", R"("bytes":"10B")", false},
        example{"chunk_latency", R"("delay":"1s")", false}, example{"timeout", R"("after":"1s")", false},
        example{"reset_peer", "", false}}) {
    const auto directions = [&](const char* direction) {
      const std::string given(parameters);
      const auto f =
          made(type, "{" + given + (given.empty() || *direction == 0 ? "" : ",") + direction + "}");
      const auto h = f->acts_on();
      EXPECT_TRUE(h.stream && !h.requests && !h.responses && !h.chunks && !h.connections) << type;
      return std::pair(stage_of(*f, flow::upstream) != nullptr, stage_of(*f, flow::downstream) != nullptr);
    };
    EXPECT_EQ(directions(R"("direction":"request")"), std::pair(true, false)) << type;
    EXPECT_EQ(directions(R"("direction":"response")"), std::pair(false, true)) << type;
    EXPECT_EQ(directions(R"("direction":"both")"), std::pair(true, true)) << type;
    EXPECT_EQ(directions(""), std::pair(both, true)) << type;
  }
}

TEST(stall, holds_everything_until_it_ends_and_loses_nothing) {
  recording out;
  const auto stuck = stage_of("stall", "{}");
  stuck->begin(at(0s), out);
  stuck->on_bytes(100, at(1s), out);
  stuck->on_end(at(2s), out);
  EXPECT_EQ(out.passed, (pieces{{100, runtime::never}}));
  EXPECT_EQ(out.ended, runtime::never);
  EXPECT_EQ(out.dropped, 0U);
  EXPECT_EQ(stuck->on_removed(), stage::parting::release);
}

TEST(slice, lets_pieces_out_with_a_gap_after_each) {
  recording out;
  const auto slicer = stage_of("slice", R"({"size":"10B","gap":"5ms"})");
  slicer->on_bytes(25, at(1s), out);
  slicer->on_bytes(3, at(1s), out);
  slicer->on_end(at(1s), out);
  EXPECT_EQ(out.passed, (pieces{{10, at(1s)}, {10, at(1005ms)}, {5, at(1010ms)}, {3, at(1015ms)}}));
  EXPECT_EQ(out.ended, at(1020ms));
  slicer->on_bytes(1, at(2s), out);
  EXPECT_EQ(out.passed.back(), (piece{1, at(2s)})) << "the gap is over";
}

TEST(slice, pieces_vary_within_their_bounds) {
  recording out;
  const auto slicer = stage_of("slice", R"({"size":"100B","variation":"99B"})");
  for (int i = 0; i < 20; ++i) slicer->on_bytes(60'000, at(0s), out);
  EXPECT_EQ(out.bytes(), 1'200'000U);
  const auto [least, most] = std::minmax_element(
      out.passed.begin(), out.passed.end(), [](const piece& a, const piece& b) { return a.bytes < b.bytes; });
  EXPECT_EQ(least->bytes, 1U);
  EXPECT_EQ(most->bytes, 199U);
  EXPECT_NEAR(static_cast<double>(out.passed.size()), 12'000, 200);
}

TEST(slice, the_number_of_pieces_of_a_chunk_is_bounded) {
  recording out;
  stage_of("slice", R"({"size":"1B"})")->on_bytes(4096, at(0s), out);
  EXPECT_EQ(out.passed.size(), 4096U);
  recording large;
  stage_of("slice", R"({"size":"1B"})")->on_bytes(65'536, at(0s), large);
  EXPECT_EQ(large.passed.size(), 4096U);
}

TEST(slice, refuses_pieces_of_nothing) {
  const auto refused = [](const char* text) {
    return !make_fault(*find("slice"), *json::parse(text)->if_object());
  };
  EXPECT_TRUE(refused(R"({"size":0})"));
  EXPECT_TRUE(refused(R"({"size":10,"variation":10})"));
  EXPECT_TRUE(refused(R"({"size":10,"variation":11})"));
  EXPECT_FALSE(refused(R"({"size":10,"variation":9})"));
}

TEST(slow_close, holds_back_the_end_and_no_byte) {
  recording out;
  const auto slow = stage_of("slow_close", R"({"delay":"3s"})");
  slow->on_bytes(100, at(1s), out);
  slow->on_end(at(1s), out);
  EXPECT_EQ(out.passed, (pieces{{100, at(1s)}}));
  EXPECT_EQ(out.ended, at(4s));
  EXPECT_EQ(slow->on_removed(), stage::parting::release);
}

TEST(half_open, everything_vanishes_and_the_connection_stays) {
  recording out;
  const auto dead = stage_of("half_open", "{}");
  dead->begin(at(1s), out);
  EXPECT_EQ(dead->on_removed(), stage::parting::release) << "nothing is lost yet";
  dead->on_bytes(100, at(1s), out);
  dead->on_end(at(2s), out);
  EXPECT_TRUE(out.passed.empty());
  EXPECT_EQ(out.dropped, 100U);
  EXPECT_FALSE(out.ended || out.closed || out.was_reset);
  EXPECT_EQ(dead->on_removed(), stage::parting::close);
}

TEST(half_open, a_lost_end_alone_makes_the_connection_unwhole) {
  recording out;
  const auto dead = stage_of("half_open", "{}");
  dead->begin(at(0s), out);
  dead->on_end(at(2s), out);
  EXPECT_EQ(dead->on_removed(), stage::parting::close);
}

TEST(half_open, works_for_a_while_and_a_change_mends_no_hole) {
  recording out;
  const auto dying = stage_of("half_open", R"({"delay":"5s"})");
  dying->begin(at(10s), out);
  dying->on_bytes(100, at(14'999ms), out);
  EXPECT_EQ(out.passed, (pieces{{100, at(14'999ms)}}));
  const auto later_death = stage_of("half_open", R"({"delay":"20s"})");
  later_death->take_over(*dying);
  later_death->begin(at(15s), out);
  later_death->on_bytes(1, at(29s), out);
  later_death->on_bytes(1, at(31s), out);
  EXPECT_EQ(out.bytes(), 101U) << "20s from the first begin";
  const auto mended = stage_of("half_open", R"({"delay":"1h"})");
  mended->begin(at(31s), out);
  mended->take_over(*later_death);
  mended->on_bytes(1, at(32s), out);
  EXPECT_EQ(out.bytes(), 101U);
  EXPECT_EQ(out.dropped, 2U);
  EXPECT_EQ(mended->on_removed(), stage::parting::close);
}

TEST(cut, ends_both_sides_behind_the_last_byte_that_passes) {
  for (const bool fin : {false, true}) {
    recording out;
    const auto cutter = stage_of("cut", fin ? R"({"bytes":"150B","by":"fin"})" : R"({"bytes":150})");
    cutter->on_bytes(100, at(1s), out);
    EXPECT_FALSE(out.closed || out.was_reset);
    EXPECT_EQ(cutter->on_removed(), stage::parting::release);
    cutter->on_bytes(100, at(2s), out);
    cutter->on_bytes(100, at(3s), out);
    cutter->on_end(at(4s), out);
    EXPECT_EQ(out.passed, (pieces{{100, at(1s)}, {50, at(2s)}}));
    EXPECT_EQ(out.dropped, 150U);
    EXPECT_EQ(fin ? out.closed : out.was_reset, at(2s));
    EXPECT_FALSE(fin ? out.was_reset : out.closed);
    EXPECT_FALSE(out.ended);
    EXPECT_EQ(cutter->on_removed(), stage::parting::close);
  }
}

TEST(cut, at_zero_the_first_byte_ends_it_and_an_end_without_bytes_passes) {
  recording out;
  const auto cutter = stage_of("cut", R"({"bytes":0,"by":"fin"})");
  cutter->begin(at(0s), out);
  EXPECT_FALSE(out.closed);
  cutter->on_bytes(10, at(1s), out);
  EXPECT_EQ(out.closed, at(1s));
  EXPECT_EQ(out.dropped, 10U);
  recording silent;
  stage_of("cut", R"({"bytes":0})")->on_end(at(1s), silent);
  EXPECT_EQ(silent.ended, at(1s));
  EXPECT_FALSE(silent.was_reset);
}

TEST(cut, a_change_keeps_the_count) {
  recording out;
  const auto before = stage_of("cut", R"({"bytes":150})");
  before->on_bytes(100, at(1s), out);
  const auto less = stage_of("cut", R"({"bytes":50})");
  less->take_over(*before);
  less->on_bytes(10, at(2s), out);
  EXPECT_EQ(out.was_reset, at(2s));
  EXPECT_EQ(out.bytes(), 100U);
  recording more_out;
  const auto more = stage_of("cut", R"({"bytes":200})");
  more->take_over(*before);
  more->on_bytes(150, at(2s), more_out);
  EXPECT_EQ(more_out.bytes(), 100U);
  EXPECT_TRUE(more_out.was_reset);
}

TEST(chunk_latency, adds_to_the_arrival_and_keeps_the_order) {
  recording out;
  const auto longer = stage_of("chunk_latency", R"({"delay":"50ms"})");
  longer->on_bytes(10, at(1s), out);
  longer->on_bytes(20, at(1010ms), out);
  longer->on_end(at(1010ms), out);
  EXPECT_EQ(out.passed, (pieces{{10, at(1050ms)}, {20, at(1060ms)}}));
  EXPECT_EQ(out.ended, at(1060ms)) << "behind the last byte, itself without delay";
}

TEST(chunk_latency, jitter_is_uniform_and_never_negative) {
  const auto jittery = made("chunk_latency", R"({"delay":"10ms","jitter":"100ms"})");
  const auto longer = stage_of(*jittery);
  recording out;
  int at_once = 0;
  duration most{};
  for (int i = 0; i < 20'000; ++i) {
    const auto arrived = at(i * 1s);
    longer->on_bytes(1, arrived, out);
    const auto by = out.passed.back().when - arrived;
    at_once += by == duration::zero() ? 1 : 0;
    most = std::max(most, by);
    ASSERT_GE(by, duration::zero());
  }
  EXPECT_NEAR(at_once / 20'000.0, 0.45, 0.015) << "90 of 200ms lie below 0";
  EXPECT_LT(most, 110ms);
  EXPECT_GT(most, 109ms);
}

TEST(timeout, loses_all_and_closes_after_the_last_chunk) {
  recording out;
  const auto silent = stage_of("timeout", R"({"after":"300ms"})");
  silent->begin(at(0s), out);
  EXPECT_EQ(out.closed, at(300ms)) << "where nothing comes";
  for (const auto when : {200ms, 400ms, 600ms, 800ms}) silent->on_bytes(10, at(when), out);
  EXPECT_EQ(out.closed, at(1100ms));
  silent->on_end(at(900ms), out);
  EXPECT_EQ(out.closed, at(1100ms));
  EXPECT_EQ(out.dropped, 40U);
  EXPECT_TRUE(out.passed.empty());
  EXPECT_FALSE(out.ended);
  EXPECT_EQ(silent->on_removed(), stage::parting::close);
}

TEST(timeout, of_zero_never_closes_before_it_ends) {
  recording out;
  const auto silent = stage_of("timeout", R"({"after":0})");
  silent->begin(at(0s), out);
  silent->on_bytes(10, at(1s), out);
  EXPECT_EQ(out.closed.value_or(runtime::never), runtime::never);
  EXPECT_EQ(silent->on_removed(), stage::parting::close);
}

TEST(reset_peer, waits_for_the_first_chunk_or_the_end) {
  recording out;
  const auto hanging = stage_of("reset_peer", R"({"after":"300ms"})");
  hanging->begin(at(0s), out);
  EXPECT_FALSE(out.was_reset);
  EXPECT_EQ(hanging->on_removed(), stage::parting::release);
  hanging->on_bytes(10, at(1s), out);
  hanging->on_bytes(10, at(1200ms), out);
  EXPECT_EQ(out.was_reset, at(1300ms)) << "the second chunk puts nothing off";
  EXPECT_EQ(out.dropped, 20U);
  EXPECT_EQ(hanging->on_removed(), stage::parting::close);
  recording ended;
  stage_of("reset_peer", "{}")->on_end(at(2s), ended);
  EXPECT_EQ(ended.was_reset, at(2s));
  EXPECT_FALSE(ended.ended);
}

TEST(noop, leaves_every_byte_alone) {
  const auto nothing = made("noop", "{}");
  EXPECT_TRUE(nothing->acts_on().stream);
  EXPECT_EQ(stage_of(*nothing, flow::upstream), nullptr);
  EXPECT_EQ(stage_of(*nothing, flow::downstream), nullptr);
}

}  // namespace
}  // namespace epicenter::faults
