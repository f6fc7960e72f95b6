// An audit log in memory that takes its time and fails when it is told to.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/audit/log.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

namespace epicenter::operations::test {

class unsteady_log final : public audit::log {
 public:
  explicit unsteady_log(runtime::runtime& rt) : rt_(rt), kept_(audit::memory_log()) {}

  bool down = false;
  std::uint64_t fail_from = 0;  ///< this and every later append of the log's life fails; 0: none
  std::int64_t fail_ppm = 0;    ///< of appends, each by itself
  duration latency = 1ms;
  std::uint64_t asked = 0;

  runtime::task<result<std::uint64_t>> append(audit::entry what) override {
    const bool failing = fails();
    auto slept = co_await runtime::sleep_for(rt_, latency);
    if (!slept) co_return fail(audit::errc::unavailable, "the caller was cancelled");
    if (failing) co_return fail(audit::errc::unavailable, "the disk is full");
    auto kept = co_await kept_->append(std::move(what));
    co_return kept;
  }
  void start_append(audit::entry what, append_handler done) override {
    const bool failing = fails();
    auto later = [this, what = std::move(what), done = std::move(done), failing](auto ended) {
      if (ended || failing) {
        done(fail(audit::errc::unavailable, "the disk is full"));
      } else {
        kept_->start_append(what, done);
      }
    };
    if (latency == duration{}) {
      later(runtime::system_error_code());
    } else {
      rt_.wait_until(rt_.now() + latency, later);
    }
  }
  void for_each(const std::function<void(const audit::entry&)>& see) const override { kept_->for_each(see); }
  std::uint64_t size() const override { return kept_->size(); }

  std::vector<audit::entry> entries() const {
    std::vector<audit::entry> all;
    for_each([&all](const audit::entry& one) { all.push_back(one); });
    return all;
  }

 private:
  bool fails() {
    ++asked;
    return down || (fail_from != 0 && asked >= fail_from) || random_.chance_ppm(fail_ppm);
  }

  runtime::runtime& rt_;
  std::unique_ptr<audit::log> kept_;
  runtime::random_stream random_{7};
};

}  // namespace epicenter::operations::test
