#include "lib/epicenter/epic/tests/world.hpp"

#include <algorithm>
#include <epicenter/http/url.hpp>

namespace epicenter::epic::test {
namespace {

// Making a key takes longer than a whole test.
std::shared_ptr<const smart::private_key> shared_key() {
  static const auto key =
      std::make_shared<const smart::private_key>(smart::generate_test_key(smart::algorithm::es384).value());
  return key;
}

task<> top(world& w, std::function<task<>(world&)> body) {
  co_await body(w);
  co_await w.epic().stop(1s);
  EXPECT_EQ(w.epic().held_resources(), 0U);
  co_await w.epic_site.down();
}

}  // namespace

world::world(std::string_view profile, std::string ledger_path, store::ledger_options ledger_options)
    : rt_({}), epic_site(rt_) {
  ledger = store::open_ledger(rt_, ledger_path, std::move(ledger_options)).value();
  audit = audit::memory_log();
  options.fhir_base = http::parse_url("http://epic.test/fhir").value();
  options.token_url = http::parse_url("http://epic.test/token").value();
  options.client_id = "client-1";
  options.key = shared_key();
  options.profile = *resilience::profile_named(profile);
  options.site = site_profile::orders();
  options.read_back = false;  // tests of it switch it on
}

void world::make_adapter() {
  adapter_ = std::make_unique<adapter>(rt_, options, adapter_stores{*ledger, *audit},
                                       [this](const event& what) { keep(what); });
}

void world::run(std::function<task<>(world&)> body) {
  make_adapter();
  runtime::spawn(rt_, "test", top(*this, std::move(body)));
  EXPECT_EQ(rt_.run(instant(24h)), runtime::run_end::finished) << "alive: " << rt_.live_tasks().size();
  examine();
}

void world::keep(const event& what) {
  events.push_back(what);
  if (const auto* change = std::get_if<events::write_changed>(&what.what)) {
    paths.push_back(change->operation + ' ' + std::string(change->state));
    texts.insert(texts.end(), {change->operation, std::string(change->reason), change->resource});
  }
  if (const auto* call = std::get_if<events::call_started>(&what.what)) texts.push_back(call->id.to_string());
  if (const auto* alarm = std::get_if<events::safety_alarm>(&what.what)) {
    texts.insert(texts.end(), {alarm->operation, alarm->detail});
    alarms.push_back(std::string(alarm->what) + ' ' + std::string(alarm->resource));
  }
  if (const auto* bad = std::get_if<events::token_refresh_failed>(&what.what)) texts.push_back(bad->why);
}

void world::examine() const {
  const auto clean = testing::Not(testing::AnyOf(testing::HasSubstr(patient_id), testing::HasSubstr("tok-")));
  for (const auto& text : texts) EXPECT_THAT(text, clean);
  std::uint64_t seq = 0;
  std::optional<std::uint64_t> degraded;
  std::map<resilience::endpoint_class, resilience::breaker_state> circuits;
  for (const auto& one : events) {
    EXPECT_EQ(one.seq, ++seq);
    if (const auto* on = std::get_if<events::degradation_activated>(&one.what)) {
      EXPECT_FALSE(degraded);
      degraded = on->id;
    } else if (const auto* off = std::get_if<events::degradation_deactivated>(&one.what)) {
      EXPECT_EQ(degraded, off->id);
      degraded.reset();
    } else if (const auto* change = std::get_if<events::circuit_changed>(&one.what)) {
      EXPECT_EQ(circuits[change->endpoint], change->change.from);
      circuits[change->endpoint] = change->change.to;
    } else if (const auto* stale = std::get_if<events::stale_served>(&one.what)) {
      EXPECT_LT(stale->age, stale->bound);
    }
  }
  EXPECT_FALSE(degraded) << "an open pair";
  std::map<std::string, int> open;  // audited intents without their outcome
  audit->for_each([&open, &clean](const audit::entry& one) {
    open[one.type.substr(0, 3) + one.subject] += one.stage == audit::stage::intent ? 1 : 0;
    if (one.stage == audit::stage::outcome)
      open[(one.type == "EHR_WRITE_FAILED" ? "ehr" : one.type.substr(0, 3)) + one.subject] -= 1;
    EXPECT_THAT(one.subject + one.patient + one.result + one.user, clean);
  });
  const bool told_of_lost = std::find(alarms.begin(), alarms.end(), "audit_entries_lost ") != alarms.end();
  for (const auto& [subject, count] : open) EXPECT_TRUE(count <= 0 || told_of_lost) << subject;
}

write_request world::writing(std::string operation) const {
  return {std::move(operation), patient_id, "eEncounter1", "ePractitioner1", std::nullopt};
}

read_request world::reading(std::string operation) const {
  read_request made;
  made.operation = std::move(operation);
  made.patient = patient_id;
  made.user = "clinician-1";
  return made;
}

lab_order world::order(std::string operation) const {
  lab_order made;
  made.who = writing(std::move(operation));
  made.loinc = "58410-2";
  made.display = "CBC";
  return made;
}

note world::progress_note(std::string operation) const {
  note made;
  made.who = writing(std::move(operation));
  made.text = "Feels better.";
  return made;
}

task<store::ledger_row> world::row(std::string operation) {
  auto found = co_await ledger->find(std::move(operation));
  if (!found) co_return store::ledger_row{};
  co_return std::move(*found);
}

task<review_decision> world::seen_by(std::string actor, std::string operation) {
  const auto now = co_await row(operation);
  review_decision made;
  made.operation = std::move(operation);
  made.version = now.version;
  made.actor = std::move(actor);
  co_return made;
}

std::string world::path_of(std::string_view operation) const {
  std::string path;
  for (const auto& step : paths) {
    const auto space = step.find(' ');
    if (std::string_view(step).substr(0, space) != operation) continue;
    if (!path.empty()) path += ' ';
    path += step.substr(space + 1);
  }
  return path;
}

resilience::breaker_state world::circuit(resilience::endpoint_class endpoint) const {
  for (const auto& one : adapter_->circuits()) {
    if (one.endpoint == endpoint) return one.state;
  }
  return resilience::breaker_state::metrics_only;
}

}  // namespace epicenter::epic::test
