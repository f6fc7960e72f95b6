// The runbook's shutdown (section 8): flags are asked on every call.
#include <epicenter/policy/service.hpp>

#include "lib/epicenter/epic/tests/world.hpp"

namespace epicenter::epic::test {
namespace {

std::shared_ptr<policy::service> flags_of(world& w) {
  policy::service_options options;
  options.observer = [](std::span<const policy::policy_change>) { return result<>{}; };
  std::shared_ptr<policy::service> flags = policy::service::open(std::move(options)).value();
  w.options.flags = flags;
  return flags;
}

void turn(policy::service& flags, std::string flag, bool on) {
  const policy::change_origin by{"admin-7", "a test", {}};
  ASSERT_TRUE(flags.apply({{std::move(flag), policy::set_enabled{on}}}, by));
}

task<> write_then_off(world& w, policy::service& flags) {
  const auto first = co_await w.epic().order_lab(w.order("op-1"));
  EXPECT_EQ(first->state, write_state::written);
  turn(flags, "epic_fhir_write", false);
  const auto before = w.epic_site.requests.size();
  const auto refused = co_await w.epic().order_lab(w.order("op-2"));
  EXPECT_EQ(refused ? std::error_code() : refused.error().code(), make_error_code(errc::switched_off));
  EXPECT_EQ(w.epic_site.requests.size(), before);
  const auto read = co_await w.epic().patient_context(w.reading());
  EXPECT_TRUE(read);
  turn(flags, "epic_fhir_write", true);
  const auto again = co_await w.epic().order_lab(w.order("op-3"));
  EXPECT_TRUE(again);
}

TEST(Switches, RefuseTheNextWriteAndNothingElse) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return write_then_off(in, *flags); });
}

task<result<>> order_into(world& w, std::string operation, std::optional<write_state>& into) {
  auto done = co_await w.epic().order_lab(w.order(std::move(operation)));
  if (done) into = done->state;
  co_return result<>{};
}

task<> order_and_keep(world& w, std::optional<write_state>& into) {
  auto ordered = order_into(w, "op-1", into);
  (void)co_await std::move(ordered);
}

task<> off_in_mid_flight(world& w, policy::service& flags) {
  w.epic_site.latency = 500ms;
  std::optional<write_state> ended;
  runtime::task_group group(w.rt());
  group.spawn("order", order_and_keep(w, ended));
  co_await runtime::sleep_for(w.rt(), 200ms);
  turn(flags, "epic_fhir_write", false);
  co_await group.join();
  EXPECT_EQ(ended, write_state::written);
}

TEST(Switches, LetAWriteInFlightFinish) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return off_in_mid_flight(in, *flags); });
}

task<> read_then_off(world& w, policy::service& flags) {
  EXPECT_TRUE(co_await w.epic().patient_context(w.reading("op-1")));
  turn(flags, "epic_fhir_read_only", false);
  co_await runtime::sleep_for(w.rt(), 2min);
  const auto before = w.epic_site.requests.size();
  const auto kept = co_await w.epic().patient_context(w.reading("op-2"));
  EXPECT_TRUE(kept);
  EXPECT_EQ(kept ? kept->allergies.from.reason : "nothing", "switched_off");
  read_request live = w.reading("op-2b");
  live.live = true;
  const auto unchecked = co_await w.epic().patient_context(std::move(live));
  EXPECT_EQ(unchecked ? std::error_code() : unchecked.error().code(), make_error_code(errc::switched_off));
  const auto none = co_await w.epic().latest_labs(w.reading("op-3"));
  EXPECT_FALSE(none);
  if (!none) {
    EXPECT_EQ(none.error(), make_error_code(errc::switched_off));
    EXPECT_THAT(none.error().message(), testing::HasSubstr("EHR temporarily unavailable"));
  }
  EXPECT_EQ(w.epic_site.requests.size(), before);
  EXPECT_TRUE(w.epic().monitor().get_status(w.now()).fallback.active);
  turn(flags, "epic_fhir_read_only", true);
  for (const char* operation : {"op-4", "op-5", "op-6"})
    EXPECT_TRUE(co_await w.epic().latest_labs(w.reading(operation)));
  co_await runtime::sleep_for(w.rt(), 10s);  // the fallback ends after three good answers and five seconds
  EXPECT_FALSE(w.epic().monitor().get_status(w.now()).fallback.active);
}

TEST(Switches, ServeWhatIsCachedWhileReadingIsOff) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return read_then_off(in, *flags); });
}

// ---- writes that wait in the queue

std::size_t posts(const world& w) {
  return w.epic_site.count("POST", "ServiceRequest");
}

task<lab_order> in_the_queue(world& w, std::string operation) {
  (void)co_await w.epic().order_lab(w.order("op-warm"));
  co_await w.epic_site.down();
  lab_order asked = w.order(operation);
  asked.who.queue = true;
  const auto got = co_await w.epic().order_lab(asked);
  EXPECT_EQ(got->state, write_state::queued);
  co_return asked;
}

task<> off_and_on_again(world& w, policy::service& flags) {
  (void)co_await in_the_queue(w, "op-1");
  turn(flags, "epic_fhir_write", false);
  w.epic_site.up();
  (void)co_await runtime::sleep_for(w.rt(), 1h);
  EXPECT_EQ(posts(w), 1U) << "the first alone";
  const auto waits = co_await w.row("op-1");
  EXPECT_EQ(waits.state, store::write_state::planned);
  turn(flags, "epic_fhir_write", true);
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10s)) << "nobody waits for a minute of backing off";
  EXPECT_EQ(posts(w), 2U);
}

TEST(Switches, HoldBackQueuedWritesUntilWritingIsOn) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return off_and_on_again(in, *flags); });
  EXPECT_THAT(w.path_of("op-1"), testing::EndsWith("PLANNED SENDING WRITTEN"));
}

task<> off_for_too_long(world& w, policy::service& flags) {
  const instant before = w.now();
  (void)co_await in_the_queue(w, "op-1");
  turn(flags, "epic_fhir_write", false);
  w.epic_site.up();
  (void)co_await runtime::sleep_for(w.rt(), before + 29min + 50s - w.now());
  const auto waits = co_await w.row("op-1");
  EXPECT_EQ(waits.state, store::write_state::planned);
  (void)co_await runtime::sleep_for(w.rt(), 12s);
  const auto closed = co_await w.row("op-1");
  EXPECT_EQ(closed.state, store::write_state::not_sent) << "at its time, to the second";
  EXPECT_EQ(closed.reason, "queue_expired");
  turn(flags, "epic_fhir_write", true);
  (void)co_await runtime::sleep_for(w.rt(), 10min);
}

TEST(Switches, CloseQueuedWritesAtTheirTime) {
  world w;
  w.options.queue_for = 30min;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return off_for_too_long(in, *flags); });
  EXPECT_EQ(posts(w), 1U) << "nothing is sent after it was closed";
}

// Epic answers 429 until a second before the end: the next try would come after it.
task<> throttled_at_the_end(world& w) {
  lab_order asked = w.order("op-1");
  asked.who.queue = true;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.method != "POST" || request.target == "/token") return std::nullopt;
    http::response later;
    later.status = 429;
    later.fields.set("Retry-After", "7");
    return rule{twist::none, std::move(later)};
  };
  (void)co_await w.epic().order_lab(std::move(asked));
  (void)co_await runtime::sleep_for(w.rt(), 10min);
}

TEST(Switches, NothingOfTheQueueIsSentAfterItsTime) {
  world w;
  w.options.queue_for = 1min;
  w.run(throttled_at_the_end);
  EXPECT_GT(posts(w), 2U);
  for (const auto& one : w.epic_site.requests) {
    const bool order = one.method == "POST" && one.target != "/token";
    EXPECT_TRUE(!order || one.at <= instant(1min)) << one.at.time_since_epoch().count();
  }
  EXPECT_THAT(w.path_of("op-1"), testing::EndsWith("NOT_SENT"));
}

// The answer to the one order is lost: filed or not.
task<> lost_and_off(world& w, policy::service& flags, twist how) {
  w.epic_site.script = [how](const http::request& request) -> std::optional<rule> {
    if (request.method != "POST" || request.target == "/token") return std::nullopt;
    return rule{how, std::nullopt};
  };
  lab_order asked = w.order("op-1");
  asked.who.queue = true;
  asked.who.deadline = w.now() + 1s;
  (void)co_await w.epic().order_lab(std::move(asked));
  w.epic_site.script = {};
  turn(flags, "epic_fhir_write", false);
  (void)co_await runtime::sleep_for(w.rt(), 10min);
}

TEST(Switches, LetTheSearchForALostWriteGoOn) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return lost_and_off(in, *flags, twist::commit_and_reset); });
  EXPECT_THAT(w.path_of("op-1"), testing::EndsWith("UNKNOWN WRITTEN"));
  EXPECT_EQ(posts(w), 1U);
}

task<> missing_and_off(world& w, policy::service& flags) {
  co_await lost_and_off(w, flags, twist::reset);
  const auto waits = co_await w.row("op-1");
  EXPECT_EQ(waits.state, store::write_state::planned) << "it is not there, and may not be sent";
  EXPECT_EQ(posts(w), 1U);
  turn(flags, "epic_fhir_write", true);
  EXPECT_TRUE(co_await w.epic().drain(w.now() + 10s));
}

TEST(Switches, HoldBackWhatWouldBeSentAgain) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return missing_and_off(in, *flags); });
  EXPECT_THAT(w.path_of("op-1"), testing::EndsWith("PLANNED SENDING WRITTEN"));
  EXPECT_EQ(posts(w), 2U);
}

task<> off_for_one(world& w, policy::service& flags) {
  const lab_order first = co_await in_the_queue(w, "op-1");
  lab_order second = first;
  second.who.operation = "op-2";
  second.who.user = "ePractitioner2";
  const auto got = co_await w.epic().order_lab(std::move(second));
  EXPECT_EQ(got->state, write_state::queued);
  const policy::change_origin by{"admin-7", "a test", {}};
  const policy::set_override off{first.who.user, false};
  EXPECT_TRUE(flags.apply({{"epic_fhir_write", off}}, by));
  w.epic_site.up();
  (void)co_await runtime::sleep_for(w.rt(), 5min);
  EXPECT_EQ(w.path_of("op-2").substr(w.path_of("op-2").rfind(' ') + 1), "WRITTEN");
  const auto waits = co_await w.row("op-1");
  EXPECT_EQ(waits.state, store::write_state::planned);
}

TEST(Switches, AreThoseOfTheUserWhoAskedForTheWrite) {
  world w;
  const auto flags = flags_of(w);
  w.run([&](world& in) { return off_for_one(in, *flags); });
}

}  // namespace
}  // namespace epicenter::epic::test
