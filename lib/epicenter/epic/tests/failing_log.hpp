// An audit log in memory that takes its time, is down when it is told to be, and watches what it is handed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <epicenter/audit/error.hpp>
#include <epicenter/audit/log.hpp>
#include <epicenter/runtime/task.hpp>
#include <set>
#include <utility>
#include <vector>

namespace epicenter::epic::test {

/// Whether it is down is seen when an answer is due, as of a disk; answers come in the order of the calls.
class failing_log final : public audit::log {
 public:
  explicit failing_log(runtime::runtime& rt, duration latency = 1ms) : rt_(rt), latency_(latency) {}

  bool down = false;
  bool hung = false;          ///< outcomes are taken in and never answered
  std::int64_t fail_ppm = 0;  ///< of entries, each by itself
  std::vector<audit::entry> entries;

  runtime::task<result<std::uint64_t>> append(audit::entry what) override {
    if (latency_ > duration{}) (void)co_await runtime::sleep_for(rt_, latency_);
    auto answer = take(std::move(what));
    co_return answer;
  }

  void start_append(audit::entry what, append_handler done) override {
    ++handed_over;
    deepest = std::max(deepest, ++depth_);
    see(what);
    if (hung) {
      hanging_.push_back(std::move(done));
    } else if (latency_ == duration{}) {
      answer(std::move(what), done);
    } else {
      const auto due = rt_.now() + latency_;
      rt_.wait_until(due,
                     [this, what = std::move(what), done = std::move(done)](auto) { answer(what, done); });
    }
    --depth_;
  }

  void for_each(const std::function<void(const audit::entry&)>& see) const override {
    for (const auto& one : entries) see(one);
  }
  std::uint64_t size() const override { return entries.size(); }

  /// "aWRITTEN": subject and result, in order.
  std::vector<std::string> subjects() const {
    std::vector<std::string> all;
    for (const auto& one : entries) all.push_back(one.subject + one.result);
    return all;
  }
  /// What its entries say of entries that were lost.
  std::uint64_t told_lost() const {
    std::uint64_t sum = 0;
    for (const auto& one : entries)
      if (is_count(one)) sum += std::stoull(one.result);
    return sum;
  }
  std::set<std::string> under_way() const { return under_way_; }

  std::uint64_t handed_over = 0;  ///< outcomes, each time
  int deepest = 0;                ///< calls of start_append within one another
  /// Outcomes in the order in which they were reported to the trail: then it is seen that none is handed over
  /// twice, and none before an older one that has to be handed over again.
  std::vector<std::string> reported;

 private:
  static bool is_count(const audit::entry& one) { return one.type == "audit.entries_lost"; }

  void see(const audit::entry& what) {
    if (is_count(what)) return;
    EXPECT_TRUE(under_way_.insert(what.subject).second) << what.subject << " is handed over twice";
    EXPECT_EQ(taken_.count(what.subject), 0U) << what.subject << " is handed over again";
    for (const auto& older : reported) {
      if (older == what.subject) break;
      const bool good = taken_.count(older) + under_way_.count(older) > 0;
      EXPECT_TRUE(good) << what.subject << " overtakes " << older;
    }
    while (!reported.empty() && taken_.count(reported.front()) > 0) reported.erase(reported.begin());
  }

  void answer(audit::entry what, const append_handler& done) {
    under_way_.erase(what.subject);
    const std::string subject = what.subject;
    const bool count = is_count(what);
    auto got = take(std::move(what));
    if (got && !count) taken_.insert(subject);
    done(std::move(got));
  }

  result<std::uint64_t> take(audit::entry what) {
    if (down || random_.chance_ppm(fail_ppm)) return fail(audit::errc::unavailable, "the disk is full");
    what.seq = entries.size() + 1;
    entries.push_back(std::move(what));
    return entries.size();
  }

  runtime::runtime& rt_;
  duration latency_;
  int depth_ = 0;
  std::vector<append_handler> hanging_;
  std::set<std::string> under_way_;
  std::set<std::string> taken_;
  runtime::random_stream random_ = rt_.random("failing_log");
};

}  // namespace epicenter::epic::test
