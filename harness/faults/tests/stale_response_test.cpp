#include <atomic>

#include "harness/faults/answer_memory.hpp"
#include "harness/faults/tests/on_threads.hpp"
#include "harness/faults/tests/whole.hpp"

namespace epicenter::faults {
namespace {

using testing::bodiless;
using testing::exchange;
using testing::made;
using testing::on_threads;
using testing::plain;

exchange get(std::string target, std::string token, std::string body, duration now = {}) {
  exchange e = plain(std::move(body), {{"ETag", "W/\"1\""}});
  e.to.target = std::move(target);
  e.to.fields = {{"Host", "epic"}, {"Authorization", "Bearer " + token}};
  e.now = instant(now);
  return e;
}

TEST(stale_response, the_first_answer_comes_again_byte_for_byte) {
  const auto fault = made("stale_response", "{}");
  const auto first = get("/Patient/1?a=b", "t", "one");
  EXPECT_FALSE(first.through(*fault)) << "it is remembered, and passes";
  EXPECT_EQ(get("/Patient/1?a=b", "t", "two").through(*fault)->bytes, first.raw);
  EXPECT_EQ(get("/Patient/1?a=b", "t", "three").through(*fault)->bytes, first.raw);
  EXPECT_FALSE(get("/Patient/1?a=c", "t", "other").through(*fault));
}

TEST(stale_response, a_cache_that_forgets_the_query_answers_one_patient_for_another) {
  const auto fault = made("stale_response", R"({"same":"path"})");
  const auto first = get("/AllergyIntolerance?patient=a", "t", "of a");
  EXPECT_FALSE(first.through(*fault));
  EXPECT_EQ(get("/AllergyIntolerance?patient=b", "t", "of b").through(*fault)->bytes, first.raw);
  EXPECT_FALSE(get("/Condition?patient=b", "t", "of b").through(*fault));
}

TEST(stale_response, no_client_gets_what_another_asked_for) {
  const auto fault = made("stale_response", "{}");
  EXPECT_FALSE(get("/Patient/1", "mine", "mine").through(*fault));
  EXPECT_FALSE(get("/Patient/1", "yours", "yours").through(*fault));
  auto packed = get("/Patient/1", "mine", "packed");
  packed.to.fields.add("Accept-Encoding", "gzip");
  EXPECT_FALSE(packed.through(*fault)) << "who asks for another form gets no other";
  auto elsewhere = get("/Patient/1", "mine", "elsewhere");
  elsewhere.to.fields.set("Host", "other");
  EXPECT_FALSE(elsewhere.through(*fault));
  EXPECT_NE(get("/Patient/1", "yours", "later").through(*fault)->bytes.find("yours"), std::string::npos);
}

TEST(stale_response, only_whole_answers_to_reads_are_remembered) {
  const auto fault = made("stale_response", "{}");
  auto post = get("/Patient", "t", "{}");
  post.to.method = "POST";
  auto part = get("/Binary/1", "t", "{}");
  part.to.fields.add("Range", "bytes=0-1");
  auto failed = get("/Patient/2", "t", "{}");
  failed.received.status = 503;
  failed.raw.replace(9, 3, "503");
  for (const auto& other : {post, part, failed}) {
    EXPECT_FALSE(other.through(*fault));
    EXPECT_FALSE(other.through(*fault));
  }
  for (const auto& none : bodiless()) {
    EXPECT_FALSE(none.through(*fault));
    EXPECT_FALSE(none.through(*fault));
  }
  const auto known = get("/Patient/2", "t", "known");
  EXPECT_FALSE(known.through(*fault));
  EXPECT_EQ(failed.through(*fault)->bytes, known.raw) << "an error is hidden by the older answer, too";
}

TEST(stale_response, with_an_age_it_is_the_youngest_that_is_so_old) {
  const auto fault = made("stale_response", R"({"age":"10s"})");
  std::optional<std::string> served;
  for (int second = 0; second <= 60; ++second) {
    const auto now = get("/x", "t", std::to_string(1000 + second), std::chrono::seconds(second));
    const auto old = now.through(*fault);
    ASSERT_EQ(old.has_value(), second >= 10) << second;
    if (!old) continue;
    const auto from = std::stoi(testing::read_back(old->bytes).body) - 1000;
    EXPECT_GE(second - from, 10);
    EXPECT_LE(second - from, 12) << "answers are remembered an eighth of the age apart";
  }
}

TEST(stale_response, several_threads_remember_each_target_once) {
  const auto fault = made("stale_response", "{}");
  std::atomic<int> served{0};
  on_threads(4, [&](int thread) {
    for (int i = 0; i < 500; ++i) {
      const auto e = get("/" + std::to_string(i % 7), std::to_string(thread % 2), "body");
      const auto old = e.through(*fault);
      if (old && old->bytes == e.raw) ++served;
    }
  });
  EXPECT_EQ(served, 4 * 500 - 7 * 2);
}

TEST(answer_memory, is_bounded_in_keys_and_bytes) {
  answer_memory few(std::nullopt, {3, 100});
  for (int i = 0; i < 10; ++i) few.remember(std::to_string(i), "answer", delivery::then::go_on, {});
  EXPECT_EQ(few.keys(), 3U);
  EXPECT_NE(few.recall("2", {}), nullptr);
  EXPECT_EQ(few.recall("3", {}), nullptr);
  answer_memory small(std::nullopt, {100, 20});
  small.remember("a", std::string(30, 'x'), delivery::then::go_on, {});
  EXPECT_EQ(small.keys(), 0U);
  small.remember("a", std::string(15, 'x'), delivery::then::close, {});
  small.remember("b", std::string(15, 'x'), delivery::then::go_on, {});
  EXPECT_EQ(small.keys(), 1U);
  EXPECT_EQ(small.bytes(), 16U);
  EXPECT_EQ(small.recall("a", {})->after, delivery::then::close);
}

TEST(answer_memory, with_an_age_keeps_no_more_than_it_takes) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    runtime::random_stream random(seed);
    answer_memory memory(1s, {10, 1'000'000});
    instant now{};
    for (int i = 0; i < 3000; ++i) {
      now += random.exponential(random.chance_ppm(10'000) ? duration(2s) : duration(5ms));
      const auto* old = memory.recall("k", now);
      if (old != nullptr) {
        EXPECT_GE(now.time_since_epoch().count() - std::stoll(old->bytes), duration(1s).count());
      }
      memory.remember("k", std::to_string(now.time_since_epoch().count()), delivery::then::go_on, now);
      ASSERT_LE(memory.bytes(), 1 + 11 * 20U);
    }
    EXPECT_NE(memory.recall("k", now + 1s), nullptr);
  }
}

}  // namespace
}  // namespace epicenter::faults
