// Patients that were merged into others.
#include <epicenter/audit/event_types.hpp>
#include <epicenter/epic/failure_meaning.hpp>
#include <epicenter/http/url.hpp>

#include "lib/epicenter/epic/tests/failing_log.hpp"
#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

constexpr const char* other_patient = "eSomebodyElse";
constexpr const char* survivor = "eSurvivor3";

TEST(Merges, AreFollowedToAPatientOfTheSameServerOnly) {
  const auto here = http::parse_url("https://epic.test/fhir").value().where;
  EXPECT_EQ(survivor_in("https://epic.test/fhir/Patient/s", here), "s");
  EXPECT_EQ(survivor_in("/fhir/Patient/s", here), "s");
  EXPECT_EQ(survivor_in("/fhir/Condition?category=x&patient=s", here), "s");
  EXPECT_EQ(survivor_in("/fhir/Condition?subject=Patient%2Fs", here), "s");
  for (const auto* bad : {"", "https://evil.test/fhir/Patient/s", "http://epic.test/fhir/Patient/s",
                          "//evil.test/fhir/Patient/s", "/fhir/Practitioner/s", "/fhir/Condition?category=x",
                          "/fhir/Condition?patient=a/b/../c", "https://epic.test@evil.test/fhir/Patient/s"}) {
    EXPECT_FALSE(survivor_in(bad, here)) << bad;
  }
}

// Every question about the one is answered with a redirect to the other.
void merge(world& w, std::string origin) {
  w.epic_site.script = [origin](const http::request& request) -> std::optional<rule> {
    const auto found = request.target.find(patient_id);
    if (request.method == "POST" && request.body.find(patient_id) != std::string::npos)
      return refusing(400, "4107");
    if (found == std::string::npos) return std::nullopt;
    auto merged = refusing(301, "4107");
    std::string target = request.target;
    target.replace(found, std::string_view(patient_id).size(), survivor);
    merged.answer->fields.add("Location", origin + target);
    return merged;
  };
}

task<> read_and_write_merged(world& w) {
  const auto got = co_await w.epic().patient_context(w.reading());
  EXPECT_TRUE(got);
  EXPECT_EQ(got->merged_into, survivor);
  EXPECT_EQ(got->demographics->string_at("id"), survivor);
  EXPECT_EQ(got->allergies.merged_into, survivor);
  const auto halted = co_await w.epic().order_lab(w.order());
  EXPECT_EQ(halted.error(), make_error_code(errc::patient_merged));
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 0U);
  const auto unknown = co_await w.epic().confirm_merge(patient_id, other_patient, "dr-who");
  EXPECT_EQ(unknown.error(), make_error_code(errc::not_found)) << "Epic has said otherwise";
  const auto nobody = co_await w.epic().confirm_merge(patient_id, survivor, "");
  EXPECT_EQ(nobody.error(), make_error_code(errc::invalid_argument));
  const auto confirmed = co_await w.epic().confirm_merge(patient_id, survivor, "dr-who");
  EXPECT_TRUE(confirmed);
  const auto written = co_await w.epic().order_lab(w.order());
  EXPECT_EQ(written->state, write_state::written);
  EXPECT_EQ(w.epic_site.filings.back().patient, survivor);
  const auto before = w.epic_site.requests.size();
  const auto labs = co_await w.epic().latest_labs(w.reading("op-l"));
  EXPECT_EQ(labs->observations.merged_into, survivor);
  EXPECT_EQ(w.epic_site.requests.size(), before + 1) << "asked at once where it is";
}

TEST(Merges, AreShownToTheReaderAndHaltWritesUntilAPersonConfirms) {
  for (const auto* origin : {"", "http://epic.test"}) {
    world w;
    merge(w, origin);
    w.run(read_and_write_merged);
    EXPECT_THAT(w.alarms, testing::ElementsAre("patient_merged Patient"));
    std::set<std::string> ids;
    for (const auto& one : w.epic_site.requests)
      EXPECT_TRUE(ids.insert(one.request_id).second) << one.request_id;
  }
}

// Whoever lets writes go to another patient must be in the audit log first.
task<> confirm_while_the_log_is_down(world& w) {
  auto& log = static_cast<failing_log&>(*w.audit);
  (void)co_await w.epic().patient_context(w.reading());
  log.down = true;
  const auto refused = co_await w.epic().confirm_merge(patient_id, survivor, "dr-who");
  EXPECT_EQ(refused.error(), make_error_code(errc::audit_unavailable));
  log.down = false;
  const auto halted = co_await w.epic().order_lab(w.order("op-1"));
  EXPECT_EQ(halted.error(), make_error_code(errc::patient_merged)) << "nothing has changed";
  const auto confirmed = co_await w.epic().confirm_merge(patient_id, survivor, "dr-who");
  EXPECT_TRUE(confirmed);
  const auto written = co_await w.epic().order_lab(w.order("op-2"));
  EXPECT_EQ(written->state, write_state::written);
}

TEST(Merges, AreConfirmedOnlyWhereThatIsInTheAuditLogBefore) {
  world w;
  merge(w, "");
  w.audit = std::make_unique<failing_log>(w.rt());
  w.run(confirm_while_the_log_is_down);
  std::vector<std::string> kept;
  w.audit->for_each([&kept](const audit::entry& one) {
    if (one.type == audit::event::merge_confirmed) kept.push_back(one.user + ':' + one.result);
  });
  EXPECT_THAT(kept, testing::ElementsAre("dr-who:", "dr-who:confirmed"));
}

TEST(Merges, AreNotConfirmedAnyMoreOnceItHasStopped) {
  world w;
  merge(w, "");
  w.run([](world& here) -> task<> {
    (void)co_await here.epic().patient_context(here.reading());
    co_await here.epic().stop(1s);
    const auto late = co_await here.epic().confirm_merge(patient_id, survivor, "dr-who");
    EXPECT_EQ(late.error(), make_error_code(errc::stopped));
  });
}

TEST(Merges, ThatLeadAwayAreNotFollowed) {
  world w;
  merge(w, "http://evil.test");
  const auto body = [](world& here) -> task<> {
    const auto got = co_await here.epic().allergies(here.reading());
    EXPECT_EQ(got.error(), make_error_code(errc::patient_merged));
    const auto halted = co_await here.epic().file_note(here.progress_note());
    EXPECT_EQ(halted.error(), make_error_code(errc::patient_merged));
  };
  w.run(body);
  EXPECT_EQ(w.epic_site.count("GET", survivor), 0U);
}

task<> order_twice(world& w) {
  const auto met = co_await w.epic().order_lab(w.order("op-1"));
  EXPECT_EQ(met->state, write_state::rejected);
  EXPECT_EQ(*met->why, make_error_code(errc::patient_merged));
  const auto halted = co_await w.epic().order_lab(w.order("op-2"));
  EXPECT_EQ(halted.error(), make_error_code(errc::patient_merged));
}

TEST(Merges, MetByAWriteHaltTheNextOnes) {
  world w;
  merge(w, "");
  w.run(order_twice);
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), 1U);
}

// As a server does that answers a request for the old chart with a redirect, whatever its method.
TEST(Merges, MetByAWriteAsARedirectAreNoDoubt) {
  world w;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.method != "POST" || request.target == "/token") return std::nullopt;
    auto merged = refusing(302, "4107");
    merged.answer->fields.add("Location", std::string("/fhir/Patient/") + survivor);
    return merged;
  };
  const auto body = [](world& here) -> task<> {
    co_await order_twice(here);
    const auto confirmed = co_await here.epic().confirm_merge(patient_id, survivor, "dr-who");
    EXPECT_TRUE(confirmed) << "Epic named the survivor";
  };
  w.run(body);
  EXPECT_EQ(w.path_of("op-1"), "PLANNED SENDING REJECTED");
}

task<> pass(world& w, duration time) {
  auto slept = co_await runtime::sleep_for(w.rt(), time);
  EXPECT_TRUE(slept);
}

// Taken while Epic was down; that the patient was merged is learned before it comes to its turn.
task<> queue_before_the_merge(world& w) {
  (void)co_await w.epic().order_lab(w.order("op-warm"));
  co_await w.epic_site.down();
  lab_order asked = w.order("op-1");
  asked.who.queue = true;
  const auto taken = co_await w.epic().order_lab(std::move(asked));
  EXPECT_EQ(taken->state, write_state::queued);
  merge(w, "");
  w.epic_site.up();
  const auto learned = co_await w.epic().patient_context(w.reading("op-r"));
  EXPECT_EQ(learned->merged_into, survivor);
  const auto before = w.epic_site.count("POST", "ServiceRequest");
  co_await pass(w, 10min);
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), before) << "nobody has confirmed it";
  const auto confirmed = co_await w.epic().confirm_merge(patient_id, survivor, "dr-who");
  EXPECT_TRUE(confirmed);
  const bool drained = co_await w.epic().drain(w.now() + 10min);
  EXPECT_TRUE(drained);
  EXPECT_EQ(w.epic_site.count("POST", "ServiceRequest"), before) << "it speaks of another patient";
  const auto row = co_await w.row("op-1");
  EXPECT_EQ(row.state, store::write_state::needs_review);
  EXPECT_EQ(row.reason, "patient_merged");
}

TEST(Merges, HaltWhatWaitsInTheQueueAndPutItBeforeAPerson) {
  world w;
  w.run(queue_before_the_merge);
}

TEST(Merges, ThatWereUndoneHaltNothingAnyMore) {
  world w;
  merge(w, "");
  const auto body = [](world& here) -> task<> {
    (void)co_await here.epic().patient_context(here.reading("op-1"));
    const auto halted = co_await here.epic().order_lab(here.order("op-2"));
    EXPECT_EQ(halted.error(), make_error_code(errc::patient_merged));
    here.epic_site.script = nullptr;
    const auto own = co_await here.epic().patient_context(here.reading("op-3"));
    EXPECT_TRUE(own->merged_into.empty());
    const auto written = co_await here.epic().order_lab(here.order("op-4"));
    EXPECT_EQ(written->state, write_state::written);
  };
  w.run(body);
}

// A write was the first to hear of it, while the chart was fresh in the cache.
task<> write_learns_while_cached(world& w) {
  const auto before = co_await w.epic().patient_context(w.reading("op-1"));
  EXPECT_TRUE(before);
  merge(w, "");
  const auto refused = co_await w.epic().order_lab(w.order("op-2"));
  EXPECT_TRUE(refused);
  w.epic_site.script = {};  // undone
  const auto halted = co_await w.epic().order_lab(w.order("op-3"));
  EXPECT_EQ(halted.error(), make_error_code(errc::patient_merged));
  const auto asked = w.epic_site.count("GET", std::string("Patient/") + patient_id);
  const auto again = co_await w.epic().patient_context(w.reading("op-4"));
  EXPECT_TRUE(again);
  EXPECT_EQ(w.epic_site.count("GET", std::string("Patient/") + patient_id), asked + 1)
      << "not from the cache";
  const auto written = co_await w.epic().order_lab(w.order("op-5"));
  EXPECT_TRUE(written);
}

TEST(Merges, AChartIsNotFreshOnceEpicSaysThatItWasMergedAway) {
  world w;
  w.run([](world& in) { return write_learns_while_cached(in); });
}

}  // namespace
}  // namespace epicenter::epic::test
