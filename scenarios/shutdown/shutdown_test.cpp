// SIGTERM and SIGINT at every stage of an application's life, on real sockets: it ends in time, and each
// write is in the ledger and in the audit log as it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <csignal>
#include <epicenter/audit/chained_log.hpp>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/base/ids.hpp>
#include <epicenter/epic/key_files.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/store/ledger.hpp>

#include "lib/epicenter/base/tests/child_process.hpp"
#include "scenarios/crash/served_mock.hpp"

namespace epicenter::shutdown {
namespace {

using store::write_state;
using ::testing::HasSubstr;
using testkit::within;

const std::string operation = make_uuid(7, 7);
constexpr auto orders = "**/api/FHIR/R4/ServiceRequest";
constexpr auto tokens = "**/oauth2/token";
constexpr int rows_of_an_earlier_process = 700;

runtime::task<> read_rows(store::ledger& ledger, std::vector<store::ledger_row>& into) {
  auto rows = co_await ledger.all();
  if (rows) into = std::move(*rows);
}

runtime::task<> plan_and_send(store::ledger& ledger, store::ledger_row row) {
  store::ledger::change sent{row.operation, write_state::planned, write_state::sending, {}, "sent", {}};
  auto planned = co_await ledger.plan(std::move(row));
  auto moved = co_await ledger.advance(std::move(sent));
  EXPECT_TRUE(planned && moved);
}

class application : public ::testing::Test {
 protected:
  testkit::variables settings() const {
    return {{"EPIC_BASE_URL", epic_.lossy_url() + "/interconnect-fhir-oauth/api/FHIR/R4"},
            {"EPIC_TOKEN_URL", epic_.lossy_url() + "/interconnect-fhir-oauth/oauth2/token"},
            {"EPIC_CLIENT_ID", "clinic"},
            {"EPIC_PRIVATE_KEY_PATH", folder_.file("key.pem")},
            {"EPICENTER_DATA", folder_.file("data")},
            {"EPICENTER_KEYS", folder_.file("keys")},
            {"EPICENTER_AUDIT_HEADS", folder_.file("heads")},
            {"EPICENTER_SITE", "orders"}};
  }
  std::vector<std::string> words(const std::string& body, duration grace) const {
    return {body, std::to_string(grace / 1ms), who_.patient, who_.encounter, operation};
  }
  testkit::child_process run(const std::string& body, duration grace = 2s) const {
    return testkit::child_process(folder_, EPICENTER_CLINIC, words(body, grace), settings());
  }

  /// Waits until the process has sent what the fault is for.
  bool has_sent(testkit::child_process& one) const {
    for (int tries = 0; tries < 1000 && one.wait(10ms) == -1; ++tries) {
      if (epic_.hits() > 0) return true;
    }
    return false;
  }

  /// What an earlier process was about to send when it died.
  void leave_sending(int count) const {
    runtime::real_runtime rt;
    std::filesystem::create_directory(folder_.file("data"));
    std::filesystem::create_directory(folder_.file("keys"));
    store::ledger_options kept;
    kept.key = epic::key_in_file(folder_.file("keys/ledger.key")).value();
    auto ledger = store::open_ledger(rt, folder_.file("data/ledger.sqlite"), std::move(kept)).value();
    for (int i = 0; i != count; ++i) {
      store::ledger_row row;
      row.operation = make_uuid(1, static_cast<std::uint64_t>(i) + 1);
      row.kind = "order_lab";
      row.resource_type = "ServiceRequest";
      row.patient = who_.patient;
      row.encounter = who_.encounter;
      row.planned_at = rt.wall();
      runtime::spawn(rt, "row", plan_and_send(*ledger, std::move(row)));
    }
    rt.run();
  }

  /// The signal comes when the first row has been taken over.
  void end_while_it_starts(testkit::child_process& one) const {
    const std::string log = folder_.file("data.log");
    for (int tries = 0; tries < 2000 && one.wait(5ms) == -1; ++tries) {
      if (testkit::read_file(log).find("UNKNOWN") != std::string::npos) break;
    }
    one.signal(SIGTERM);
    EXPECT_EQ(one.wait(within(20s)), 128 + SIGTERM) << one.err();
    EXPECT_FALSE(one.killed());
    EXPECT_EQ(one.out(), "") << "its body was never called";
    std::filesystem::remove(log);
  }

  /// From now on no row of the ledger can be changed.
  void break_ledger() const {
    sqlite3* base = nullptr;
    const std::string path = folder_.file("data/ledger.sqlite");
    ASSERT_EQ(sqlite3_open(path.c_str(), &base), SQLITE_OK);
    const char* const defect =
        "CREATE TRIGGER planted BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'planted'); END";
    EXPECT_EQ(sqlite3_exec(base, defect, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(base);
    sqlite3_close(base);
  }

  std::vector<store::ledger_row> rows() const {
    runtime::real_runtime rt;
    store::ledger_options kept;
    kept.key = epic::key_in_file(folder_.file("keys/ledger.key")).value();
    auto ledger = store::open_ledger(rt, folder_.file("data/ledger.sqlite"), std::move(kept));
    EXPECT_TRUE(ledger) << "the process has let its ledger go";
    std::vector<store::ledger_row> all;
    if (ledger) runtime::spawn(rt, "reader", read_rows(**ledger, all));
    rt.run();
    return all;
  }
  long count(write_state state) const {
    const auto all = rows();
    return std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.state == state; });
  }
  store::ledger_row row() const {
    auto all = rows();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? store::ledger_row{} : std::move(all.front());
  }

  std::vector<audit::entry> audited() const {
    runtime::real_runtime rt;
    audit::chained_log_options kept;
    kept.key_of_keys = epic::key_in_file(folder_.file("keys/audit.key")).value();
    const auto seed = epic::key_in_file(folder_.file("keys/heads.key")).value();
    kept.signer = audit::head_key::from_seed(seed).value();
    auto log = audit::open_chained_log(rt, folder_.file("data/audit.sqlite"), std::move(kept));
    EXPECT_TRUE(log);
    std::vector<audit::entry> all;
    if (log) (*log)->for_each([&](const audit::entry& one) { all.push_back(one); });
    return all;
  }
  /// The results of the outcomes of that operation, or of that type.
  std::vector<std::string> outcomes(const std::string& about) const {
    std::vector<std::string> found;
    for (const auto& one : audited()) {
      if (one.stage == audit::stage::outcome && (one.subject == about || one.type == about))
        found.push_back(one.result);
    }
    return found;
  }
  /// Intents without an outcome; a process that dies leaves its own.
  int unanswered() const {
    int open = 0;
    for (const auto& one : audited()) open += one.stage == audit::stage::intent ? 1 : -1;
    return open;
  }

  testkit::scratch_folder folder_;
  smart::private_key key_ = smart::generate_test_key(smart::algorithm::es384).value();
  std::string pem_ = folder_.write("key.pem", std::string(key_.to_pem().value().reveal()));
  crash::served_mock epic_{"clinic", key_};
  mock::mock_epic::patient_ref who_ = epic_.patient();
};

const std::string life(audit::event::application);

TEST_F(application, a_write_whose_answer_never_comes_is_recorded_and_found_at_the_next_start) {
  epic_.fault("lost_response", "{}", "POST", orders);
  auto first = run("order", 500ms);
  ASSERT_TRUE(has_sent(first)) << first.err();
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait(within(2s)), 128 + SIGTERM) << "within the grace, and what ending takes";
  EXPECT_FALSE(first.killed());
  EXPECT_THAT(first.out(), HasSubstr("order UNKNOWN")) << "the body is told, too";
  EXPECT_EQ(row().state, write_state::unknown);
  EXPECT_THAT(outcomes(operation), ::testing::ElementsAre("UNKNOWN"));
  EXPECT_THAT(outcomes(life), ::testing::ElementsAre("signal 15"));
  EXPECT_EQ(unanswered(), 0);
  EXPECT_THAT(testkit::read_file(folder_.file("data.log")), HasSubstr("UNKNOWN")) << "the log is flushed";

  epic_.heal();
  auto second = run("look");
  EXPECT_EQ(second.wait(), 0) << second.out() << second.err();
  EXPECT_THAT(second.out(), HasSubstr("settled"));
  EXPECT_EQ(row().state, write_state::written);
  EXPECT_THAT(outcomes(operation), ::testing::ElementsAre("UNKNOWN", "WRITTEN"));
  EXPECT_EQ(epic_.filed()[operation], 1U);
}

TEST_F(application, a_write_that_was_not_sent_yet_is_closed) {
  epic_.fault("lost_response", "{}", "POST", tokens);
  auto one = run("order", 100ms);
  ASSERT_TRUE(has_sent(one)) << one.err();
  one.signal(SIGINT);
  EXPECT_EQ(one.wait(within(2s)), 128 + SIGINT);
  EXPECT_THAT(one.out(), HasSubstr("order NOT_SENT"));
  EXPECT_EQ(row().state, write_state::not_sent);
  EXPECT_THAT(outcomes(operation), ::testing::ElementsAre("NOT_SENT"));
  EXPECT_EQ(unanswered(), 0);
  EXPECT_EQ(epic_.filed()[operation], 0U);
}

TEST_F(application, a_write_that_is_answered_within_the_grace_is_written) {
  epic_.fault("latency", R"({"delay":"700ms","direction":"response"})", "POST", orders);
  auto one = run("order", 20s);
  ASSERT_TRUE(has_sent(one)) << one.err();
  one.signal(SIGTERM);
  EXPECT_EQ(one.wait(within(5s)), 128 + SIGTERM) << "the rest of the grace is not waited for";
  EXPECT_THAT(one.out(), HasSubstr("order WRITTEN"));
  EXPECT_THAT(outcomes(operation), ::testing::ElementsAre("WRITTEN"));
  EXPECT_EQ(unanswered(), 0);
}

TEST_F(application, while_idle_it_ends_at_once_and_holds_nothing) {
  auto one = run("serve", 20s);
  ASSERT_TRUE(one.says("serving")) << one.err();
  one.signal(SIGTERM);
  EXPECT_EQ(one.wait(within(1s)), 128 + SIGTERM) << "the grace is not waited for";
  EXPECT_THAT(one.out(), HasSubstr("refused\nheld 0\n"));
  EXPECT_EQ(one.err(), "");
  EXPECT_TRUE(rows().empty());
  EXPECT_EQ(unanswered(), 0);
}

TEST_F(application, a_body_that_does_not_listen_is_cut_after_its_linger) {
  auto one = run("sleep", 100ms);
  ASSERT_TRUE(one.says("sleeping")) << one.err();
  one.signal(SIGTERM);
  EXPECT_EQ(one.wait(within(3s)), 128 + SIGTERM);
  EXPECT_THAT(one.out(), HasSubstr("cut"));
}

TEST_F(application, during_start_what_is_taken_over_stays_whole) {
  leave_sending(rows_of_an_earlier_process);
  auto first = run("serve", 1ms);
  end_while_it_starts(first);
  EXPECT_GT(count(write_state::sending), 0) << "it was cut before all was taken over";
  EXPECT_GT(count(write_state::unknown), 0) << "and after some was";

  auto second = run("serve", 20s);
  end_while_it_starts(second);
  EXPECT_EQ(count(write_state::unknown), rows_of_an_earlier_process) << "it had the time";
}

TEST_F(application, a_second_signal_ends_it_at_once_and_the_ledger_knows) {
  epic_.fault("lost_response", "{}", "POST", orders);
  auto first = run("order", 60s);
  ASSERT_TRUE(has_sent(first)) << first.err();
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait(200ms), -1);
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait(within(1s)), 128 + SIGTERM);
  EXPECT_TRUE(first.killed());
  EXPECT_EQ(row().state, write_state::sending);
  EXPECT_GT(unanswered(), 0) << "the log shows that it died";

  auto second = run("serve");
  ASSERT_TRUE(second.says("serving")) << second.err();
  second.signal(SIGTERM);
  EXPECT_EQ(second.wait(within(3s)), 128 + SIGTERM);
  EXPECT_EQ(row().state, write_state::unknown) << "and the next start has taken it over";
}

TEST_F(application, whose_loop_hangs_is_ended_by_the_second_signal) {
  auto one = run("hang");
  ASSERT_TRUE(one.says("hanging")) << one.err();
  one.signal(SIGINT);
  EXPECT_EQ(one.wait(200ms), -1);
  one.signal(SIGINT);
  EXPECT_EQ(one.wait(within(1s)), 128 + SIGINT);
  EXPECT_TRUE(one.killed());
}

TEST_F(application, that_ends_by_itself_returns_what_its_body_says) {
  auto ordered = run("order");
  EXPECT_EQ(ordered.wait(), 0) << ordered.err();
  EXPECT_THAT(ordered.out(), HasSubstr("order WRITTEN"));
  EXPECT_THAT(outcomes(life), ::testing::ElementsAre("0"));
  auto untidy = run("leave_work_behind");
  EXPECT_EQ(untidy.wait(within(5s)), 5) << untidy.err();
}

TEST_F(application, that_throws_ends_with_a_code_of_its_own) {
  auto thrown = run("fail");
  EXPECT_EQ(thrown.wait(within(5s)), 70);
  EXPECT_THAT(thrown.err(), HasSubstr("no beds left"));
  EXPECT_EQ(unanswered(), 0) << "it is stopped as any other";
  auto elsewhere = run("fail_elsewhere");
  EXPECT_EQ(elsewhere.wait(within(5s)), 70);
  EXPECT_THAT(elsewhere.err(), HasSubstr("nobody joins this"));
}

TEST_F(application, goes_on_when_nobody_reads_its_output) {
  std::string line = "{ '" EPICENTER_CLINIC "'";
  for (const auto& word : words("chatter", 1s)) line += " '" + word + '\'';
  line += "; echo \"ended with $?\" >&2; } | head -n 1";
  testkit::child_process shell(folder_, "/bin/sh", {"-c", line}, settings());
  EXPECT_EQ(shell.wait(within(10s)), 0);
  EXPECT_THAT(shell.err(), HasSubstr("ended with 7"));
}

TEST_F(application, that_cannot_take_over_its_ledger_does_not_begin) {
  leave_sending(1);
  break_ledger();
  auto one = run("serve");
  EXPECT_EQ(one.wait(within(5s)), 3) << one.err();
  EXPECT_THAT(one.err(), HasSubstr("cannot be taken over"));
  EXPECT_EQ(one.out(), "") << "its body was never called";
}

TEST_F(application, without_its_settings_it_says_which) {
  auto bare = settings();
  bare["EPIC_CLIENT_ID"] = "";
  testkit::child_process one(folder_, EPICENTER_CLINIC, words("serve", 1s), bare);
  EXPECT_EQ(one.wait(within(5s)), 2);
  EXPECT_THAT(one.err(), HasSubstr("EPIC_CLIENT_ID"));
}

}  // namespace
}  // namespace epicenter::shutdown
