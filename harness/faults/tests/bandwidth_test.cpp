#include <gtest/gtest.h>

#include <epicenter/runtime/real/runtime_team.hpp>
#include <epicenter/runtime/task.hpp>

#include "harness/faults/paced_line.hpp"
#include "harness/faults/tests/recording.hpp"

namespace epicenter::faults {
namespace {

using testing::at;
using testing::made;
using testing::piece;
using testing::recording;
using testing::stage_of;

TEST(bandwidth, a_piece_leaves_when_its_last_byte_has_travelled) {
  recording out;
  const auto slow = stage_of("bandwidth", R"({"limit":"1kB/s"})");
  slow->on_bytes(25, at(1s), out);
  EXPECT_EQ(out.passed, (std::vector<piece>{{10, at(1010ms)}, {10, at(1020ms)}, {5, at(1025ms)}}));
  slow->on_end(at(1s), out);
  EXPECT_EQ(out.ended, at(1025ms));
  EXPECT_EQ(out.dropped, 0U);
}

TEST(bandwidth, large_chunks_on_slow_lines_are_cut_into_a_bounded_number_of_pieces) {
  recording out;
  stage_of("bandwidth", R"({"limit":"1B/s"})")->on_bytes(65'536, at(0s), out);
  EXPECT_EQ(out.passed.size(), 256U);
  EXPECT_EQ(out.passed.front(), (piece{256, at(256s)}));
  EXPECT_EQ(out.passed.back(), (piece{256, at(65'536s)}));
}

struct rate_case {
  const char* limit;
  double bytes_a_second;
  std::size_t chunk;
};

class bandwidth_over_ten_seconds : public ::testing::TestWithParam<rate_case> {};

// The reader feeds the line as a pump does that holds at most 64 kB: the next chunk comes when there is room
// for it, and always a little late.
TEST_P(bandwidth_over_ten_seconds, is_within_one_percent) {
  const auto& c = GetParam();
  constexpr std::size_t held_at_most = 65'536;
  runtime::random_stream random(3);
  const auto line = stage_of("bandwidth", std::string(R"({"limit":")") + c.limit + "\"}");
  recording out;
  auto now = at(0s);
  std::size_t held = 0, gone = 0;
  while (now < at(11s)) {
    for (; held + c.chunk <= held_at_most; held += c.chunk) line->on_bytes(c.chunk, now, out);
    while (held + c.chunk > held_at_most || (gone < out.passed.size() && out.passed[gone].when <= now)) {
      now = std::max(now, out.passed[gone].when);
      held -= out.passed[gone++].bytes;
    }
    now += random.between(0us, 900us);
  }
  const auto carried = static_cast<double>(out.bytes_until(at(10s)));
  RecordProperty("share", std::to_string(carried / (10 * c.bytes_a_second)));
  EXPECT_NEAR(carried / (10 * c.bytes_a_second), 1, 0.01);
  EXPECT_LE(carried, 10 * c.bytes_a_second + 1);
}

INSTANTIATE_TEST_SUITE_P(rates, bandwidth_over_ten_seconds,
                         ::testing::Values(rate_case{"1kB/s", 1e3, 100}, rate_case{"64kB/s", 64e3, 1500},
                                           rate_case{"333333B/s", 333'333, 7},
                                           rate_case{"1MB/s", 1e6, 16'384},
                                           rate_case{"100MB/s", 1e8, 65'536}));

TEST(bandwidth, time_without_bytes_is_not_saved_up) {
  recording out;
  const auto slow = stage_of("bandwidth", R"({"limit":"1kB/s"})");
  slow->on_bytes(10, at(0s), out);
  slow->on_bytes(1000, at(30s), out);
  EXPECT_EQ(out.bytes_until(at(30s)), 10U);
  EXPECT_EQ(out.bytes_until(at(30'500ms)), 510U);
  EXPECT_EQ(out.bytes_until(at(31s)), 1010U);
}

TEST(bandwidth, each_connection_and_direction_has_a_line_of_its_own_unless_it_is_shared) {
  const auto own = made("bandwidth", R"({"limit":"1kB/s"})");
  const auto shared = made("bandwidth", R"({"limit":"1kB/s","shared":true})");
  const auto last_of = [](fault& f, flow first, flow second) {
    recording out;
    stage_of(f, first)->on_bytes(1000, at(0s), out);
    stage_of(f, second)->on_bytes(1000, at(0s), out);
    return out.passed.back().when;
  };
  EXPECT_EQ(last_of(*own, flow::downstream, flow::downstream), at(1s));
  EXPECT_EQ(last_of(*own, flow::downstream, flow::upstream), at(1s));
  EXPECT_EQ(last_of(*shared, flow::downstream, flow::downstream), at(2s));
  EXPECT_EQ(last_of(*shared, flow::upstream, flow::upstream), at(2s)) << "upstream has a line of its own";
}

runtime::task<> send_often(fault* shared, recording* out) {
  const auto line = stage_of(*shared);
  for (int i = 0; i < 1000; ++i) line->on_bytes(1000, at(0s), *out);
  co_return;
}

TEST(bandwidth, a_shared_line_carries_its_limit_when_many_threads_ask_at_once) {
  const auto shared = made("bandwidth", R"({"limit":"1MB/s","shared":true})");
  std::vector<recording> outs(4);
  runtime::runtime_team team(outs.size());
  for (std::size_t i = 0; i < outs.size(); ++i) {
    runtime::spawn(team.at(i), "send", send_often(shared.get(), &outs[i]));
  }
  team.run();
  std::size_t sum = 0;
  auto last = at(0s);
  for (const auto& out : outs) {
    sum += out.bytes_until(at(2s));
    last = std::max(last, out.passed.back().when);
  }
  EXPECT_EQ(sum, 2'000'000U);
  EXPECT_EQ(last, at(4s));
}

TEST(bandwidth, a_changed_limit_holds_for_what_still_waits) {
  recording out;
  const auto slow = stage_of("bandwidth", R"({"limit":"1kB/s"})");
  slow->on_bytes(10'000, at(0s), out);
  const auto faster = stage_of("bandwidth", R"({"limit":"10kB/s"})");
  faster->take_over(*slow);
  recording after;
  faster->on_bytes(1000, at(5s), after);  // 5000 bytes wait: they take half a second now
  EXPECT_EQ(after.passed.front().when, at(5510ms));
  EXPECT_EQ(after.passed.back().when, at(5600ms));
}

TEST(bandwidth, a_changed_shared_line_takes_the_wait_over_once) {
  const auto slow = made("bandwidth", R"({"limit":"1kB/s","shared":true})");
  const auto faster = made("bandwidth", R"({"limit":"10kB/s","shared":true})");
  recording out;
  const auto a = stage_of(*slow);
  const auto b = stage_of(*slow);
  a->on_bytes(10'000, at(0s), out);
  const auto a2 = stage_of(*faster);
  const auto b2 = stage_of(*faster);
  a2->take_over(*a);
  b2->on_bytes(1000, at(0s), out);
  EXPECT_EQ(out.passed.back().when, at(1100ms));
  b2->take_over(*b);
  b2->on_bytes(1000, at(0s), out);
  EXPECT_EQ(out.passed.back().when, at(1200ms));
}

TEST(bandwidth, what_is_held_before_it_takes_no_room_on_the_line) {
  recording out;
  const auto slow = stage_of("bandwidth", R"({"limit":"1kB/s"})");
  slow->on_bytes(5000, runtime::never, out);
  EXPECT_EQ(out.passed, (std::vector<piece>{{5000, runtime::never}}));
  slow->on_bytes(10, at(1s), out);
  EXPECT_EQ(out.passed.back(), (piece{10, at(1010ms)}));
}

TEST(bandwidth, takes_no_limit_of_nothing) {
  for (const char* text :
       {R"({"limit":0})", R"({"limit":"0B/s"})", R"({"limit":"64kB"})", R"({"limit":-1})", "{}"}) {
    EXPECT_FALSE(make_fault(*find("bandwidth"), *json::parse(text)->if_object())) << text;
  }
}

}  // namespace
}  // namespace epicenter::faults
