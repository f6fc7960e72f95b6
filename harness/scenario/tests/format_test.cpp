// What the format's tables accept, refuse and fill in.
#include "harness/scenario/tests/support.hpp"

namespace epicenter::scenario {
namespace {

using testing::all_text;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::messages;
using testing::small;
using ::testing::StartsWith;
using testing::troubles;
using testing::with;

scenario sound(const std::string& text) {
  load_result read = load_text("t.yaml", text);
  EXPECT_TRUE(read.has_value()) << (read ? "" : all_text(read.error()));
  return read ? std::move(*read) : scenario{};
}

std::string with_fault(const std::string& fault) {
  return with(small, "{type: outage}", fault);
}

TEST(diagnostics, five_mistakes_are_five_reports_in_one_pass) {
  const std::string text = R"(version: 1
name: Five Mistakes
sede: 42
load:
  rate: 50
  operations: [{name: patient-contxt}]
experiments:
  - name: one
    hypothesis: it holds
    during: 30s
    faults:
      - {type: latency, delay: 2s..500ms}
)";
  EXPECT_THAT(messages(text),
              ElementsAre(StartsWith("2:7 'Five Mistakes' is not a name"),
                          AllOf(StartsWith("3:1 unknown key 'sede'"), HasSubstr("did you mean 'seed'?")),
                          AllOf(StartsWith("5:9 '50' is not a rate"), HasSubstr("write 50/s or 50/m")),
                          AllOf(StartsWith("6:23 "), HasSubstr("did you mean 'patient-context'?")),
                          AllOf(StartsWith("12:32 "), HasSubstr("runs backwards"))));
}

TEST(diagnostics, show_the_line_and_a_caret) {
  const auto found = troubles(with(small, "name: small", "name: small\nsede: 42"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text(),
            "t.yaml:3:1: unknown key 'sede' in the scenario; did you mean 'seed'?\n     3 | sede: 42\n       "
            "| ^\n");
  const auto far = troubles(with(small, "it holds", std::string(300, 'x') + " \t"));
  ASSERT_EQ(far.size(), 1U);
  EXPECT_EQ(far[0].at.column, 318);
  EXPECT_LT(far[0].line_text.size(), 200U);
}

TEST(diagnostics, a_flood_is_cut_and_counted) {
  std::string text = small;
  for (int i = 0; i < 150; ++i) text += "wrong" + std::to_string(i) + ": 1\n";
  const auto found = troubles(text);
  ASSERT_EQ(found.size(), 101U);
  EXPECT_EQ(found.back().message, "and at least 50 more");
}

TEST(diagnostics, a_missing_key_says_what_to_add) {
  EXPECT_THAT(messages("version: 1\n"),
              ElementsAre(HasSubstr("'name' is missing"), HasSubstr("'load' is missing"),
                          HasSubstr("'experiments' is missing")));
  EXPECT_THAT(messages(with(small, "version: 1", "version: 2")),
              ElementsAre("1:10 version 2 of the format is not known; known is 1"));
}

TEST(scalars, a_bare_share_is_asked_about) {
  EXPECT_THAT(messages(with_fault("{type: outage, rate: 30}")),
              ElementsAre(HasSubstr("did you mean 30% or 0.3?")));
  EXPECT_EQ(sound(with_fault("{type: outage, rate: 30%}")).experiments[0].faults[0].rate.ppm, 300'000);
  EXPECT_THAT(messages(with_fault("{type: outage, rate: 0}")), ElementsAre(HasSubstr("touches no call")));
}

TEST(secrets, stand_only_as_references_in_fields_for_secrets) {
  const auto inline_secret = troubles(with(small, "name: small", "name: small\ntarget: {token: hunter2}"));
  const std::string text = all_text(inline_secret);
  EXPECT_THAT(text, HasSubstr("3:17: a secret never stands in a scenario"));
  EXPECT_EQ(inline_secret[1].kind, trouble::invalid);
  std::string messages_only;
  for (const diagnostic& one : inline_secret) messages_only += one.message;
  EXPECT_EQ(messages_only.find("hunter2"), std::string::npos);
  EXPECT_THAT(messages(with(small, "it holds", "\"${env:HOME}\"")),
              ElementsAre(HasSubstr("are for secrets only")));
  const auto reference =
      troubles(with(small, "name: small", "name: small\ntarget: {token: \"${env:TOKEN}\"}"));
  ASSERT_EQ(reference.size(), 1U);
  EXPECT_EQ(reference[0].kind, trouble::unsupported);
}

TEST(connection_faults, are_read_with_their_modes) {
  for (const char* mode : {"expired", "wrong_host", "self_signed", "untrusted", "handshake_abort"}) {
    const scenario read =
        sound(with_fault("{type: tls, mode: " + std::string(mode) + ", match: {client: 10.0.0.7}}"));
    const fault& one = read.experiments.at(0).faults.at(0);
    EXPECT_EQ(one.type, "tls");
    EXPECT_EQ(*one.params.find("mode"), json::value(mode));
  }
  const scenario silent = sound(with_fault("{type: dns, mode: timeout, at: 5s, lasting: 10s}"));
  EXPECT_EQ(*silent.experiments.at(0).faults.at(0).params.find("mode"), json::value("timeout"));
  const scenario unsaid = sound(with_fault("{type: dns}"));
  EXPECT_EQ(*unsaid.experiments.at(0).faults.at(0).params.find("mode"), json::value("nxdomain"));
  EXPECT_THAT(messages(with_fault("{type: tls}")), ElementsAre(HasSubstr("'mode'")));
  EXPECT_THAT(messages(with_fault("{type: tls, mode: wronghost}")), ElementsAre(HasSubstr("wrong_host")));
}

TEST(connection_faults, take_no_match_that_only_a_call_can_meet) {
  for (const char* only : {"operation: order-lab", "method: GET", "path: /**", "header: X"})
    EXPECT_THAT(messages(with_fault("{type: dns, match: {" + std::string(only) + "}}")),
                ElementsAre(HasSubstr("before there is a call")))
        << only;
  EXPECT_THAT(messages(with_fault("{type: dns, match: {client: 10.0.0.7, every: 2}, rate: 30%}")), ElementsAre());
  EXPECT_THAT(messages(with_fault("{type: outage, match: {method: GET}}")), ElementsAre());
}

TEST(not_yet, is_refused_as_such_and_checked_all_the_same) {
  for (const char* fault :
       {"{type: crash}", "{type: pause}", "{type: clock_jump, by: 5m}", "{type: outage, ramp_in: 2s}"}) {
    const auto found = troubles(with_fault(fault));
    ASSERT_EQ(found.size(), 1U) << fault << all_text(found);
    EXPECT_EQ(found[0].kind, trouble::unsupported);
    EXPECT_THAT(found[0].message, HasSubstr("not yet supported"));
  }
  EXPECT_THAT(messages(with_fault("{type: clock_jump, buy: 5m}")),
              ElementsAre(HasSubstr("the key 'by' is missing"), HasSubstr("not yet supported"),
                          HasSubstr("did you mean 'by'?")));
  for (const char* key :
       {"probes: [{name: p, url: x}]", "epic: {data: d}", "epic: {stubs: [a]}",
        "target: {adapter: 'http://x'}", "target: {run: [x]}", "invariants: [single_refresh]"}) {
    const auto found = troubles(small + key + "\n");
    ASSERT_EQ(found.size(), 1U) << key << all_text(found);
    EXPECT_EQ(found[0].kind, trouble::unsupported) << key;
  }
  EXPECT_THAT(messages(small + "    approve: boss\n"), ElementsAre(HasSubstr("not yet supported")));
}

TEST(defaults, are_the_runbooks_table_and_the_formats) {
  const scenario read = sound(small);
  ASSERT_EQ(read.thresholds.size(), 4U);
  EXPECT_EQ(read.thresholds[0].metric, metric_id::success_rate);
  EXPECT_EQ(read.thresholds[0].healthy, 990'000);
  EXPECT_EQ(read.thresholds[0].critical, 950'000);
  EXPECT_EQ(read.thresholds[2].metric, metric_id::avg_latency);
  EXPECT_EQ(read.thresholds[2].healthy, duration{500ms}.count());
  EXPECT_EQ(read.thresholds[2].critical, duration{2s}.count());
  EXPECT_EQ(read.thresholds[3].state_levels[2], level::critical);
  ASSERT_EQ(read.steady_state.size(), 4U);
  ASSERT_EQ(read.experiments[0].at_worst.size(), 4U);
  EXPECT_EQ(read.experiments[0].at_worst[0].wanted, level::healthy);
  EXPECT_EQ(read.phases.baseline, 60s);
  EXPECT_EQ(read.phases.settle, 75s);
  EXPECT_EQ(read.epic.profile, epic_profile::strict);
  EXPECT_EQ(read.adapter.profile, adapter_profile::interactive);
  EXPECT_EQ(read.blast_radius.fault_lease, 5s);
  const fault& one = read.experiments[0].faults[0];
  EXPECT_EQ(one.name, "outage-1");
  EXPECT_EQ(one.at, 0s);
  EXPECT_FALSE(one.lasting);
  EXPECT_EQ(one.rate.ppm, 1'000'000);
  EXPECT_EQ(json::value(one.params).string_at("mode"), "refuse");
  EXPECT_EQ(one.mark.text(), "t.yaml:11:9");
}

TEST(thresholds, change_one_metric_and_keep_the_others) {
  const scenario read = sound(small +
                              "thresholds: {p99_latency: {healthy_below: 1s, critical_above: 3s}, "
                              "success_rate: {healthy_above: 99.9%, critical_below: 0.9}}\n");
  ASSERT_EQ(read.thresholds.size(), 5U);
  EXPECT_EQ(read.thresholds[0].healthy, 999'000);
  EXPECT_EQ(read.experiments[0].at_worst.size(), 5U);
  EXPECT_THAT(messages(small + "thresholds: {success_rate: {healthy_above: 90%, critical_below: 99%}}\n"),
              ElementsAre(HasSubstr("overlap")));
  EXPECT_THAT(messages(small + "thresholds: {avg_latency: {healthy_above: 1s, critical_below: 2s}}\n"),
              Contains(HasSubstr("known are healthy_below, critical_above")));
  EXPECT_THAT(messages(small + "thresholds: {circuit_state: {healthy: OPEN}}\n"),
              ElementsAre(HasSubstr("exactly one level")));
  EXPECT_THAT(messages(small + "    at_worst: {p50_latency: critical}\n"),
              ElementsAre(HasSubstr("has no threshold")));
}

TEST(faults, read_every_form_of_a_delay) {
  const auto delay = [](const std::string& written) {
    const scenario read = sound(with_fault("{type: latency, delay: " + written + "}"));
    return *read.experiments.at(0).faults.at(0).params.find("delay");
  };
  const json::value range = delay("500ms..2000ms");
  EXPECT_EQ(range.string_at("kind"), "uniform");
  EXPECT_EQ(range.find("to")->to_int64().value(), 2'000'000'000);
  EXPECT_EQ(delay("{median: 200ms, p99: 2s}").string_at("kind"), "lognormal");
  EXPECT_EQ(delay("{mean: 1s, deviation: 200ms}").string_at("kind"), "normal");
  EXPECT_EQ(delay("1s").find("from")->to_int64().value(), 1'000'000'000);
  EXPECT_THAT(messages(with_fault("{type: latency, delay: {median: 2s, p99: 1s}}")),
              ElementsAre(HasSubstr("swap")));
  EXPECT_THAT(messages(with_fault("{type: latency, delay: {median: 2s, mean: 1s}}")),
              ElementsAre(HasSubstr("either")));
  EXPECT_THAT(messages(with_fault("{type: latency, delay: 500ms..2}")),
              ElementsAre(AllOf(StartsWith("11:39 "), HasSubstr("a unit is missing"))));
}

TEST(faults, read_their_other_parameters) {
  const scenario read =
      sound(with_fault("{type: error, status: 503, body: html, retry_after: {after: 30s, form: date}, "
                       "committed: true, at: 5s, lasting: 10s, match: {operation: order-lab, first: 3}}"));
  const fault& one = read.experiments.at(0).faults.at(0);
  const json::value params(one.params);
  EXPECT_EQ(params.at_path("status.0")->to_int64().value(), 503);
  EXPECT_EQ(params.string_at("retry_after.form"), "date");
  EXPECT_EQ(*params.find("committed")->if_bool(), true);
  EXPECT_EQ(one.lasting, 10s);
  EXPECT_EQ(one.match.operation, "order-lab");
  EXPECT_EQ(one.match.first, 3);
  EXPECT_THAT(messages(with_fault("{type: error, status: 200}")), ElementsAre(HasSubstr("from 400 to 599")));
  EXPECT_THAT(messages(with_fault("{type: outage, at: 30s}")), ElementsAre(HasSubstr("during ends at 30s")));
  EXPECT_THAT(messages(with_fault("{type: outage, at: 20s, lasting: 11s}")),
              ElementsAre(HasSubstr("write lasting: 10s")));
  EXPECT_THAT(messages(with_fault("{type: token_expiry, lasting: 5s}")),
              ElementsAre(HasSubstr("unknown key 'lasting'")));
  EXPECT_THAT(messages(with_fault("{type: outtage}")), ElementsAre(HasSubstr("did you mean 'outage'?")));
}

TEST(musts, are_bound_to_moments_and_units) {
  const scenario read = sound(with_fault("{type: outage, name: dark}") +
                              "    must:\n"
                              "      - {circuit_state: OPEN, within: 10s, after: dark.start, class: write}\n"
                              "      - {circuit_path: [OPEN, any, CLOSED]}\n"
                              "      - {event: degradation.activated, expect: none}\n"
                              "      - {metric: success_rate, above: 50%, at_most: 0.9}\n"
                              "      - {metric: retry_amplification, at_most: 2.5}\n");
  const std::vector<must>& all = read.experiments.at(0).musts;
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].text(), "circuit_state OPEN of class write within 10s after dark.start");
  EXPECT_EQ(all[1].path.size(), 3U);
  EXPECT_TRUE(all[1].path[1].any);
  EXPECT_TRUE(all[2].forbidden);
  EXPECT_EQ(all[3].text(), "success_rate at_most 90% above 50%");
  EXPECT_EQ(all[4].text(), "retry_amplification at_most 2.5");
  const auto must_is = [](const std::string& written) {
    return messages(small + "    must:\n      - " + written + "\n");
  };
  EXPECT_THAT(must_is("{circuit_state: OPEN, event: degradation.activated}"),
              ElementsAre(HasSubstr("exactly one of")));
  EXPECT_THAT(must_is("{circuit_state: OPEN, after: light.start}"),
              ElementsAre(HasSubstr("no fault of this experiment")));
  EXPECT_THAT(must_is("{circuit_state: OPEN, after: fault_strat}"),
              ElementsAre(HasSubstr("did you mean 'fault_start'?")));
  EXPECT_THAT(must_is("{metric: client_401s}"), ElementsAre(HasSubstr("needs a bound")));
  EXPECT_THAT(must_is("{metric: client_401s, at_most: 5%}"), ElementsAre(HasSubstr("whole number")));
  EXPECT_THAT(must_is("{metric: client_402s, at_most: 5%}"),
              ElementsAre(HasSubstr("did you mean 'client_401s'?")));
  EXPECT_THAT(must_is("{event: degradation.activatd}"),
              ElementsAre(HasSubstr("did you mean 'degradation.activated'?")));
  EXPECT_THAT(must_is("{metric: retries, at_most: 5, expect: none}"),
              ElementsAre(HasSubstr("belongs to event")));
}

TEST(load, is_open_or_closed_and_changed_by_an_experiment) {
  const scenario staged =
      sound(with(small, "rate: 10/s", "stages: [{rate: 10/s, length: 1m}, {rate: 20/s, length: 1m}]"));
  EXPECT_EQ(staged.load.stages.size(), 2U);
  const scenario closed = sound(with(small, "rate: 10/s", "model: closed\n  max_in_flight: 8"));
  EXPECT_EQ(closed.load.model, load_model::closed);
  EXPECT_TRUE(closed.load.stages.empty());
  const scenario changed = sound(small + "    load: {rate: 30/s}\n");
  EXPECT_EQ(changed.experiments.at(0).load.stages.at(0).arrivals, (rate{30, 1s}));
  EXPECT_EQ(changed.experiments.at(0).load.operations.size(), 1U);
  EXPECT_EQ(changed.load.stages.at(0).arrivals, (rate{10, 1s}));
  EXPECT_THAT(messages(with(small, "rate: 10/s", "arrivals: uniform")),
              ElementsAre(HasSubstr("needs its rate")));
  EXPECT_THAT(messages(with(small, "rate: 10/s", "model: closed\n  rate: 10/s")),
              ElementsAre(HasSubstr("no arrivals")));
  EXPECT_THAT(messages(with(small, "[{name: patient-context}]", "[{name: file-note}, {name: file-note}]")),
              ElementsAre(HasSubstr("here twice")));
}

TEST(scenario, other_checks_across_keys) {
  EXPECT_THAT(messages(small + "phases: {baseline: {length: 5s}}\n"),
              ElementsAre(AllOf(StartsWith("12:9"), HasSubstr("warm_up"))));
  EXPECT_THAT(messages(small + "phases: {recovery: {length: 5s, settle: 5s}}\n"),
              ElementsAre(HasSubstr("settle takes the whole")));
  EXPECT_THAT(messages(small + "invariants: [no_lost_write, no_lost_write]\n"),
              ElementsAre(HasSubstr("here twice")));
  EXPECT_THAT(messages(small + "invariants: [retry_amplification]\n"),
              ElementsAre(HasSubstr("needs its bound")));
  EXPECT_EQ(sound(small + "invariants: [retry_amplification: {at_most: 3}]\n").invariants.at(0).at_most,
            3'000'000);
  EXPECT_THAT(messages(small + "stop_conditions: [{metric: success_rate}]\n"),
              ElementsAre(HasSubstr("exactly one bound")));
  EXPECT_EQ(
      sound(small + "stop_conditions: [{metric: in_flight, above: 9}]\n").stop_conditions.at(0).phases.size(),
      3U);
  const std::string twice = small.substr(small.find("  - name: one"));
  EXPECT_THAT(messages(small + twice), ElementsAre(HasSubstr("two experiments are named 'one'")));
  const scenario tuned =
      sound(small +
            "adapter: {profile: runbook, deadline: 5s, breaker: {all: {open_wait: 1s, error_rate: 20%}}}\n");
  EXPECT_EQ(tuned.adapter.overrides.deadline, 5s);
  EXPECT_EQ(tuned.adapter.overrides.breaker.at("all").open_wait, 1s);
}

}  // namespace
}  // namespace epicenter::scenario
