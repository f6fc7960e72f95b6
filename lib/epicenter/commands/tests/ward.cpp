#include "lib/epicenter/commands/tests/ward.hpp"

#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::commands::testing {
namespace {

std::shared_ptr<const smart::private_key> shared_key() {
  static const auto key =
      std::make_shared<const smart::private_key>(smart::generate_test_key(smart::algorithm::es384).value());
  return key;
}

mock::options mock_options(mock::profile profile) {
  mock::options made;
  made.profile = profile;
  made.patients = 3;
  made.clients.push_back({"voice-client", smart::jwks(std::span(shared_key().get(), 1))});
  return made;
}

}  // namespace

ward::ward(mock::profile profile, const log_opener& open_log) {
  mock::serving serving;
  serving.journal.detail = true;
  mock_ = std::make_unique<mock::mock_epic>(rt_, mock_options(profile), std::move(serving));
  const auto listening = mock_->listen({"127.0.0.1", 0, {}}).value();
  ledger_ = store::open_ledger(rt_, ":memory:").value();
  audit_ = open_log ? open_log(rt_) : audit::memory_log();
  flags_ = policy::service::open({{}, [](std::span<const policy::policy_change>) { return result<>(); }, {}})
               .value();
  epic::adapter_options options;
  http::origin front;
  front.server = listening;
  options.fhir_base = {front, std::string(mock::fhir_path)};
  options.token_url = {front, std::string(mock::token_path)};
  options.client_id = "voice-client";
  options.key = shared_key();
  options.profile = *resilience::profile_named("interactive");
  options.audit_key = options_of_session().audit_key;
  options.site = profile == mock::profile::orders ? epic::site_profile::orders() : epic::site_profile::epic();
  adapter_ = std::make_unique<epic::adapter>(rt_, std::move(options), epic::adapter_stores{*ledger_, *audit_},
                                             [](const epic::event&) {});
  hands_ = std::make_unique<adapter_executor>(*adapter_, *flags_);
  files_ = hands_.get();
  log_ = std::make_unique<audited_utterances>(rt_, *audit_);
  where_ = derrick();
  const auto somebody = mock_->patients().front();
  where_.patient.id = somebody.patient;
  where_.encounter = somebody.encounter;
  session_ = std::make_unique<commands::session>(options_of_session(), standard_lexicon(), where_);
}

ward::~ward() {
  spawn(rt_, "close", close());
  EXPECT_EQ(rt_.run(), runtime::run_end::finished);
}

runtime::task<> ward::close() {
  co_await adapter_->stop(1s);
  co_await mock_->stop();
}

std::vector<std::string> ward::say(std::vector<std::string> texts) {
  std::vector<std::string> answers;
  spawn(rt_, "talk", talk(std::move(texts), answers));
  for (int minutes = 0; answers.empty() && minutes < 10; ++minutes) (void)rt_.run(rt_.now() + 60s);
  return answers;
}

runtime::task<> ward::talk(std::vector<std::string> texts, std::vector<std::string>& answers) {
  std::vector<std::string> so_far;
  for (const auto& text : texts) {
    utterance said;
    said.text = text;
    said.speaker = where_.user;
    said.heard_draft = heard_;
    const clock_reading now{rt_.now(), rt_.wall()};
    reply made = co_await converse(*session_, *files_, *log_, said, now);
    if (made.draft) {
      heard_ = made.draft->sha256;
      drafted_ = made.draft;
    }
    so_far.push_back(std::move(made.say));
  }
  answers = std::move(so_far);
}

std::vector<std::string> ward::creates() const {
  std::vector<std::string> made;
  for (const auto& one : mock_->journal().commits()) {
    if (one.what == mock::change_kind::created)
      made.push_back(one.resource.substr(0, one.resource.find('/')) + ' ' + one.identifier);
  }
  return made;
}

std::vector<json::value> ward::sent() const {
  std::vector<json::value> all;
  for (const auto& one : mock_->journal().entries()) {
    if (one.method != "POST" || one.path.find(mock::fhir_path) != 0 || !one.detail) continue;
    auto body = json::parse(one.detail->request_body);
    EXPECT_TRUE(body.has_value()) << one.detail->request_body;
    if (body) all.push_back(std::move(*body));
  }
  return all;
}

}  // namespace epicenter::commands::testing
