#include "lib/epicenter/epic/tests/pipeline_world.hpp"

namespace epicenter::epic::test {
namespace {

const smart::private_key& shared_key() {
  static const auto key = smart::generate_test_key(smart::algorithm::es384).value();
  return key;
}

pipeline_options options_of(const resilience::profile& profile) {
  const auto base = http::parse_url("http://epic.test/fhir").value();
  const auto token = http::parse_url("http://epic.test/token").value();
  return pipeline_options{base.where, token.where, profile, fhir::request_builder(base.target)};
}

}  // namespace

pipeline_world::pipeline_world(std::function<void(resilience::profile&)> change)
    : rt_({}),
      counted_(rt_),
      epic_site(rt_),
      profile(resilience::interactive_profile()),
      log_(audit::memory_log()),
      audit_(rt_, *log_, {}),
      told_(counted_, [this](const event& what) { events.push_back(what); }),
      client_(rt_, {}),
      background_(rt_) {
  if (change) change(profile);
  pipeline_ = std::make_unique<pipeline>(counted_, options_of(profile),
                                         pipeline_parts{client_, told_, audit_, background_},
                                         endpoint_guard::listener());
  smart::token_options options;
  options.client_id = "client-1";
  options.audience = "http://epic.test/token";
  options.target = "/token";
  tokens_ = std::make_unique<smart::token_manager>(
      counted_, options, shared_key(),
      [this](smart::token_request_source source, instant deadline) {
        return pipeline_->post_token(std::move(source), deadline);
      },
      smart::token_observer());
  pipeline_->use_tokens(*tokens_);
}

void pipeline_world::run(std::function<task<>(pipeline_world&)> body) {
  runtime::spawn(rt_, "test", top(std::move(body)));
  EXPECT_EQ(rt_.run(instant(24h)), runtime::run_end::finished);
  for (const auto endpoint : resilience::all_endpoint_classes) {
    const endpoint_guard& guarded = pipeline_->guard(endpoint);
    EXPECT_EQ(guarded.bulkhead().running() + guarded.bulkhead().waiting(), 0U);
    EXPECT_EQ(guarded.limiter().waiting(), 0U);
    EXPECT_EQ(guarded.permits_out(), 0U);
  }
}

task<> pipeline_world::top(std::function<task<>(pipeline_world&)> body) {
  co_await body(*this);
  background_.cancel();
  co_await background_.join();
  co_await tokens_->stop();
  co_await client_.stop();
  EXPECT_EQ(client_.connections(), 0U);
  co_await epic_site.down();
}

call pipeline_world::search(std::string operation, duration deadline) const {
  call asked;
  asked.endpoint = resilience::endpoint_class::search;
  asked.operation = std::move(operation);
  asked.message = pipeline_->build().search("Observation", {{"patient", "p1"}}).value();
  asked.user = "clinician-1";
  asked.patient = "pseudonym";
  asked.deadline = rt_.now() + deadline;
  return asked;
}

task<call_result> pipeline_world::ask(std::string operation, duration deadline) {
  call asked = search(std::move(operation), deadline);
  co_return co_await pipeline_->run(asked);
}

task<> pipeline_world::warm(int calls, duration apart) {
  for (int i = 0; i < calls; ++i) {
    const auto got = co_await ask("warm-" + std::to_string(i));
    EXPECT_TRUE(got);
    co_await pass(apart);
  }
}

task<> pipeline_world::pass(duration time) {
  auto slept = co_await runtime::sleep_for(rt_, time);
  EXPECT_TRUE(slept);
}

}  // namespace epicenter::epic::test
