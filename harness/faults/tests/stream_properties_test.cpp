// What holds for every fault on bytes, whatever comes and whenever.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <epicenter/runtime/task.hpp>
#include <iostream>
#include <string>

#include "harness/faults/tests/recording.hpp"

namespace epicenter::faults {
namespace {

using testing::at;
using testing::made;
using testing::piece;
using testing::stage_of;

std::uint64_t seed_of_this_run() {
  const char* given = std::getenv("EPICENTER_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20261125;
}

/// Follows bytes through a stage: each must leave or be lost before the call returns, and not before it came.
class judging final : public outflow {
 public:
  void arrives(std::size_t bytes, instant when) {
    open_ = bytes;
    arrived_ = when;
  }
  void pass(std::size_t bytes, instant when) override {
    account(bytes);
    if (when < last_) complain("times decrease");
    if (when < arrived_) complain("bytes leave before they came");
    if (gone_) complain("bytes pass behind a hole or an end");
    last_ = when;
    passed.push_back({bytes, when});
  }
  void drop(std::size_t bytes) override {
    account(bytes);
    dropped += bytes;
    gone_ = true;
  }
  void end_of_stream(instant when) override {
    if (when < last_ || when < arrived_) complain("the end overtakes bytes");
    gone_ = true;
  }
  void close(instant when) override {
    if (when < arrived_) complain("closed in the past");
  }
  void reset(instant when) override { close(when); }
  void call_returned() {
    if (open_ != 0) complain(std::to_string(open_) + " bytes neither passed nor lost");
  }

  std::string complaint;
  std::vector<piece> passed;
  std::size_t dropped = 0;

 private:
  void account(std::size_t bytes) {
    if (bytes == 0) complain("a piece of nothing");
    if (bytes > open_) complain("more bytes leave than came");
    open_ -= std::min(bytes, open_);
  }
  void complain(const std::string& what) {
    if (complaint.empty()) complaint = what;
  }

  std::size_t open_ = 0;
  instant arrived_ = instant::min(), last_ = instant::min();
  bool gone_ = false;
};

struct traffic {
  std::vector<piece> chunks;
  instant end;
};

traffic random_traffic(runtime::random_stream& random) {
  traffic t;
  auto now = at(random.between(0s, 10s));
  for (auto n = 1 + random.below(40); n > 0; --n) {
    const auto largest = std::size_t{1} << random.below(17);
    t.chunks.push_back({1 + random.below(largest), now});
    if (random.below(3) != 0) now += random.between(0ns, duration(std::int64_t{1} << random.below(35)));
  }
  t.end = now;
  return t;
}

judging run(stage& under_test, const traffic& t) {
  judging out;
  out.arrives(0, t.chunks.front().when);
  under_test.begin(t.chunks.front().when, out);
  for (const auto& chunk : t.chunks) {
    out.arrives(chunk.bytes, chunk.when);
    under_test.on_bytes(chunk.bytes, chunk.when, out);
    out.call_returned();
  }
  out.arrives(0, t.end);
  under_test.on_end(t.end, out);
  return out;
}

std::string random_parameters(std::string_view type, runtime::random_stream& random) {
  const auto number = [&](std::uint64_t below) { return std::to_string(random.below(below)); };
  const auto time = [&] { return number(std::uint64_t{1} << random.below(36)); };
  if (type == "bandwidth") {
    return R"({"limit":)" + std::to_string(1 + random.below(std::uint64_t{1} << random.below(34))) +
           (random.below(2) == 0 ? R"(,"shared":true})" : "}");
  }
  if (type == "slice") {
    const auto size = 1 + random.below(std::uint64_t{1} << random.below(17));
    return R"({"size":)" + std::to_string(size) + R"(,"variation":)" + number(size) + R"(,"gap":)" + time() +
           "}";
  }
  if (type == "slow_close") return R"({"delay":)" + time() + "}";
  if (type == "half_open") return R"({"delay":)" + time() + "}";
  if (type == "cut") return R"({"bytes":)" + number(200'000) + "}";
  if (type == "chunk_latency") return R"({"delay":)" + time() + R"(,"jitter":)" + time() + "}";
  if (type == "timeout" || type == "reset_peer") return R"({"after":)" + time() + "}";
  return "{}";
}

TEST(stream_properties, every_byte_leaves_or_is_lost_once_in_order_and_not_before_it_came) {
  const auto seed = seed_of_this_run();
  std::cout << "EPICENTER_TEST_SEED=" << seed << "\n";
  runtime::random_stream random(seed);
  for (const char* type : {"bandwidth", "stall", "slice", "slow_close", "half_open", "cut", "chunk_latency",
                           "timeout", "reset_peer"}) {
    std::size_t passed = 0, dropped = 0;
    for (int round = 0; round < 1000; ++round) {
      const auto parameters = random_parameters(type, random);
      const auto f = made(type, parameters);
      const auto under_test = stage_of(*f, flow::downstream, random.next());
      const auto t = random_traffic(random);
      const auto out = run(*under_test, t);
      ASSERT_EQ(out.complaint, "") << type << parameters << ", round " << round << ", seed " << seed;
      for (const auto& one : out.passed) passed += one.bytes;
      dropped += out.dropped;
    }
    const std::string name = type;
    EXPECT_EQ(passed > 0, name != "timeout" && name != "reset_peer") << type;
    EXPECT_EQ(dropped > 0, name == "timeout" || name == "reset_peer" || name == "half_open" || name == "cut")
        << type;
  }
}

/// The most bytes in any window beyond what the limit carries in its length. A window that matters begins at
/// a piece and ends at one.
double worst_excess(const std::vector<piece>& sorted, double bytes_a_second) {
  // With w the bytes up to and including piece j, and b those before piece i: maximal w_j - L t_j - (b_i - L
  // t_i).
  double before = 0, worst = 0, least = 1e300;
  for (const auto& one : sorted) {
    const double line = bytes_a_second * static_cast<double>(one.when.time_since_epoch().count()) / 1e9;
    least = std::min(least, before - line);
    before += static_cast<double>(one.bytes);
    worst = std::max(worst, before - line - least);
  }
  return worst;
}

TEST(stream_properties, bandwidth_is_never_above_its_limit_beyond_the_stated_burst) {
  const auto seed = seed_of_this_run();
  runtime::random_stream random(seed);
  double nearest = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto limit = 1 + random.below(std::uint64_t{1} << random.below(30));
    const bool shared = random.below(2) == 0;
    const auto f =
        made("bandwidth", R"({"limit":)" + std::to_string(limit) + (shared ? R"(,"shared":true})" : "}"));
    // Several connections; only with a shared line they count as one.
    std::vector<std::vector<piece>> lines(shared ? 1 : 3);
    std::vector<std::unique_ptr<stage>> stages;
    for (int i = 0; i < 3; ++i) stages.push_back(stage_of(*f));
    std::size_t largest = 0;
    for (const auto& chunk : random_traffic(random).chunks) {
      const auto i = random.below(3);
      judging out;
      out.arrives(chunk.bytes, chunk.when);
      stages[i]->on_bytes(chunk.bytes, chunk.when, out);
      ASSERT_LE(out.passed.size(), 256U);
      auto& line = lines[shared ? 0 : i];
      line.insert(line.end(), out.passed.begin(), out.passed.end());
      largest = std::max(largest, chunk.bytes);
    }
    const double ten_ms = static_cast<double>(limit) / 100;
    const double one_piece = std::min(static_cast<double>(largest),
                                      std::max({1.0, ten_ms, static_cast<double>((largest + 255) / 256)}));
    for (auto& line : lines) {
      std::stable_sort(line.begin(), line.end(),
                       [](const piece& a, const piece& b) { return a.when < b.when; });
      const double excess = worst_excess(line, static_cast<double>(limit));
      // The tolerance is that of the doubles above.
      ASSERT_LE(excess, (ten_ms + one_piece) * 1.000001 + 0.01)
          << "limit " << limit << ", round " << round << ", seed " << seed;
      nearest = std::max(nearest, excess / (ten_ms + one_piece));
    }
  }
  EXPECT_GT(nearest, 0.9) << "the bound is met, or the test sees nothing";
}

}  // namespace
}  // namespace epicenter::faults
