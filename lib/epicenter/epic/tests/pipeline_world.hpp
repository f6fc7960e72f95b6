// A pipeline by itself, with its limiter, breaker and budget in reach, before the scripted site. Counts how
// often the clock is read on its behalf.
#pragma once

#include <gmock/gmock.h>

#include <epicenter/audit/log.hpp>
#include <epicenter/epic/pipeline.hpp>
#include <epicenter/http/url.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/epic/tests/site.hpp"

namespace epicenter::epic::test {

using runtime::task;

/// Passes everything on and counts.
class counted_runtime final : public runtime::runtime {
 public:
  explicit counted_runtime(epicenter::runtime::runtime& under)
      : epicenter::runtime::runtime(under.seed(), under.wall()), under_(under) {}

  epicenter::runtime::executor get_executor() override { return under_.get_executor(); }
  instant now() const override {
    ++reads;
    return under_.now();
  }
  void wait_until(instant at, epicenter::runtime::wait_handler handler) override {
    under_.wait_until(at, std::move(handler));
  }
  void connect(epicenter::runtime::endpoint to, epicenter::runtime::connect_handler handler) override {
    under_.connect(std::move(to), std::move(handler));
  }
  result<epicenter::runtime::listener_ptr> listen(epicenter::runtime::endpoint at) override {
    return under_.listen(std::move(at));
  }
  void run_blocking(std::function<void()> work, boost::asio::any_completion_handler<void()> done) override {
    under_.run_blocking(std::move(work), std::move(done));
  }
  void fail_run(std::exception_ptr thrown, std::string_view name) override { under_.fail_run(thrown, name); }

  mutable std::uint64_t reads = 0;

 private:
  epicenter::runtime::runtime& under_;
};

class pipeline_world {
 public:
  explicit pipeline_world(std::function<void(resilience::profile&)> change = {});

  /// Runs the body, ends everything, and asks whether nothing is held.
  void run(std::function<task<>(pipeline_world&)> body);

  pipeline& through() { return *pipeline_; }
  endpoint_guard& searches() { return pipeline_->guard(resilience::endpoint_class::search); }
  runtime::runtime& rt() { return rt_; }
  counted_runtime& clock() { return counted_; }
  instant now() const { return rt_.now(); }

  call search(std::string operation, duration deadline = 10s) const;
  task<call_result> ask(std::string operation, duration deadline = 10s);
  /// So many searches one after the other, each of which must succeed.
  task<> warm(int calls, duration apart = 10ms);
  task<> pass(duration);

 private:
  task<> top(std::function<task<>(pipeline_world&)> body);

  runtime::virtual_runtime rt_;
  counted_runtime counted_;

 public:
  site epic_site;
  resilience::profile profile;
  std::vector<event> events;

 private:
  std::unique_ptr<audit::log> log_;
  audit_trail audit_;
  announcer told_;
  http::client client_;
  runtime::task_group background_;
  std::unique_ptr<pipeline> pipeline_;
  std::unique_ptr<smart::token_manager> tokens_;
};

}  // namespace epicenter::epic::test
