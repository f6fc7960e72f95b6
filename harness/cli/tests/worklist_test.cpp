// `epicenter worklist` as a process, over ledgers made here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <epicenter/epic/key_files.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/store/ledger.hpp>
#include <epicenter/store/sqlite.hpp>
#include <filesystem>

#include "harness/cli/tests/program.hpp"

namespace epicenter::cli {
namespace {

using store::write_state;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* lost = "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77";
constexpr const char* done = "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b78";

runtime::task<> move(store::ledger& in, std::string operation, write_state from, write_state to) {
  store::ledger::change change;
  change.operation = std::move(operation);
  change.from = from;
  change.to = to;
  change.reason = "not_found";
  change.at = wall_time(1'790'000'600s);
  const auto moved = co_await in.advance(std::move(change));
  EXPECT_TRUE(moved);
}

runtime::task<> fill(store::ledger& in) {
  for (const auto* operation : {lost, done}) {
    store::ledger_row row;
    row.operation = operation;
    row.kind = "order_lab";
    row.resource_type = "ServiceRequest";
    row.patient = "ePatientOne.3";
    row.payload_sha256 = "abc";
    row.payload = "{}";
    row.planned_at = wall_time(1'790'000'000s);
    const auto planned = co_await in.plan(std::move(row));
    EXPECT_TRUE(planned);
    co_await move(in, operation, write_state::planned, write_state::sending);
  }
  co_await move(in, lost, write_state::sending, write_state::unknown);
  co_await move(in, lost, write_state::unknown, write_state::needs_review);
  co_await move(in, done, write_state::sending, write_state::written);
}

struct Worklist : ::testing::Test {
  explicit Worklist(store::ledger_options options = {}) {
    runtime::real_runtime rt;
    auto made = store::open_ledger(rt, ledger, std::move(options));
    EXPECT_TRUE(made);
    runtime::spawn(rt, "fill", fill(**made));
    rt.run();
  }
  finished worklist(std::vector<std::string> words) {
    std::vector<std::string> args{"worklist", "--ledger", ledger};
    args.insert(args.end(), words.begin(), words.end());
    return run_to_end(where, args);
  }
  json::value shown(const std::string& operation) {
    return json::parse(worklist({"show", operation, "--json"}).out).value();
  }
  scratch where;
  std::string ledger = where.file("ledger.db");
};

TEST_F(Worklist, ListsWhatNeedsReviewAndNoPatient) {
  const auto text = worklist({});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("OPERATION"));
  EXPECT_THAT(text.out, HasSubstr("VERSION"));
  EXPECT_THAT(text.out, HasSubstr(lost));
  EXPECT_THAT(text.out, HasSubstr("not_found"));
  EXPECT_THAT(text.out, Not(HasSubstr(done)));
  EXPECT_THAT(text.out, Not(HasSubstr("ePatientOne")));
  const auto parsed = json::parse(worklist({"list", "--json"}).out);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->string_at("writes.0.operation"), lost);
  EXPECT_EQ(parsed->string_at("writes.0.planned_at"), "2026-09-21T14:13:20Z");
  EXPECT_THAT(text.out, HasSubstr(std::string(lost) + "  4 ")) << "the version that a decision is about";
  EXPECT_EQ(parsed->find("writes")->if_array()->size(), 1U);
}

TEST_F(Worklist, ShowsAllThatIsKnownOfOneWrite) {
  const auto text = worklist({"show", lost});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  for (const auto* part :
       {"order_lab", "ePatientOne.3", "NEEDS_REVIEW", "version", "not_found", "sha256:abc"}) {
    EXPECT_THAT(text.out, HasSubstr(part));
  }
  EXPECT_EQ(shown(done).string_at("state"), "WRITTEN");
}

TEST_F(Worklist, RecordsThatAWriteIsInTheEhrOnce) {
  const auto first =
      worklist({"written", lost, "ServiceRequest/eAbc.1", "--version", "4", "--actor", "jdoe"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("ServiceRequest/eAbc.1"));
  EXPECT_EQ(shown(lost).string_at("state"), "WRITTEN");
  EXPECT_EQ(shown(lost).string_at("resource_id"), "eAbc.1");
  EXPECT_THAT(worklist({}).out, HasSubstr("nothing needs review"));
  const auto second = worklist({"written", lost, "eOther", "--version", "4", "--actor", "other"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("is WRITTEN, not NEEDS_REVIEW"));
  EXPECT_EQ(worklist({"release", lost, "--version", "4", "--actor", "other"}).exit_code, 1);
  EXPECT_EQ(shown(lost).string_at("resource_id"), "eAbc.1") << "nothing was changed";
}

TEST_F(Worklist, ReleasesNothingThatTheLedgerDoesNotKeep) {
  const auto refused = worklist({"release", lost, "--version", "4", "--actor", "jdoe"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("keeps no content that could be sent"));
  EXPECT_EQ(shown(lost).string_at("state"), "NEEDS_REVIEW");
  EXPECT_THAT(worklist({"show", lost}).out, HasSubstr("no: this ledger keeps no content"));
  EXPECT_EQ(worklist({"written", lost, "eAbc", "--version", "4", "--actor", "jdoe"}).exit_code, 0);
}

TEST_F(Worklist, IsRefusedWhileAProcessOwnsTheLedger) {
  runtime::real_runtime rt;
  const auto owner = store::open_ledger(rt, ledger);
  ASSERT_TRUE(owner);
  const auto refused = worklist({"release", lost, "--version", "4", "--actor", "jdoe"});
  EXPECT_EQ(refused.exit_code, 8);
  EXPECT_THAT(refused.err, HasSubstr("owns"));
}

TEST_F(Worklist, ChangesNothingWhereTheDecisionIsWrong) {
  struct wrong_decision {
    std::vector<std::string> words;
    int exit_code;
    const char* said;
  };
  const std::vector<wrong_decision> wrong{
      {{"written", lost, "eAbc"}, 2, "--actor"},
      {{"release", lost}, 2, "--actor"},
      {{"release", lost, "--actor", "jdoe"}, 2, "--version N is needed"},
      {{"written", lost, "eAbc", "--actor", "jdoe"}, 2, "--version N is needed"},
      {{"release", lost, "--version", "0", "--actor", "jdoe"}, 2, "--version"},
      {{"release", lost, "--version", "4294967297", "--actor", "jdoe"}, 2, "--version"},
      {{"release", lost, "--version", "3", "--actor", "jdoe"}, 1, "has changed since it was looked at"},
      {{"written", lost, "eAbc", "--version", "5", "--actor", "jdoe"}, 1, "version 5 was, it is 4"},
      {{"show", lost, "--version", "4"}, 2, "--version is for"},
      {{"written", lost, "--actor", "jdoe"}, 2, "written OPERATION RESOURCE"},
      {{"written", lost, "Observation/eAbc", "--version", "4", "--actor", "jdoe"}, 2, "ServiceRequest"},
      {{"written", lost, "e Abc", "--version", "4", "--actor", "jdoe"}, 2, "e Abc"},
      {{"written", lost, "ServiceRequest/", "--version", "4", "--actor", "jdoe"}, 2, "no id"},
      {{"list", "--actor", "jdoe"}, 2, "--actor"},
      {{"lisst"}, 2, "did you mean 'list'?"},
      {{"show"}, 2, "show OPERATION"},
      {{"show", "no-such"}, 1, "no such operation"},
      {{"release", "no-such", "--version", "4", "--actor", "jdoe"}, 1, "no such operation"},
      {{"release", done, "--version", "3", "--actor", "jdoe"}, 1, "is WRITTEN, not NEEDS_REVIEW"},
  };
  for (const auto& one : wrong) {
    const auto got = worklist(one.words);
    EXPECT_EQ(got.exit_code, one.exit_code) << one.said;
    EXPECT_THAT(got.err, HasSubstr(one.said));
    EXPECT_EQ(got.out, "");
  }
  EXPECT_EQ(shown(lost).string_at("state"), "NEEDS_REVIEW");
}

/// The same ledger, sealed with a key in a folder.
struct SealedWorklist : Worklist {
  SealedWorklist() {
    std::filesystem::create_directory(keys);
    store::ledger_options options;
    options.key = epic::key_in_file(keys + "/ledger.key").value();
    runtime::real_runtime rt;
    EXPECT_TRUE(store::open_ledger(rt, ledger, options));
  }
  finished with_keys(std::vector<std::string> words) {
    words.insert(words.end(), {"--keys", keys});
    return worklist(std::move(words));
  }
  std::string keys = where.file("keys");
};

TEST_F(SealedWorklist, IsShownAndResolvedWithTheAdaptersKey) {
  const auto shown_sealed = with_keys({"show", lost});
  EXPECT_EQ(shown_sealed.exit_code, 0) << shown_sealed.err;
  for (const auto* part : {"ePatientOne.3", "NEEDS_REVIEW", "not_found", "sha256:abc"})
    EXPECT_THAT(shown_sealed.out, HasSubstr(part));
  const auto decided = with_keys({"written", lost, "eAbc.1", "--version", "4", "--actor", "jdoe"});
  EXPECT_EQ(decided.exit_code, 0) << decided.err;
  EXPECT_THAT(decided.out, HasSubstr("ServiceRequest/eAbc.1"));
  EXPECT_THAT(read_file(ledger), Not(HasSubstr("eAbc.1")));
  EXPECT_THAT(read_file(ledger), Not(HasSubstr("ePatientOne")));
}

TEST_F(Worklist, SealsNoLedgerThatIsNot) {
  std::filesystem::create_directory(where.file("other"));
  EXPECT_TRUE(epic::key_in_file(where.file("other") + "/ledger.key"));
  EXPECT_EQ(worklist({"--keys", where.file("other")}).exit_code, 0);
  EXPECT_EQ(worklist({"show", lost}).exit_code, 0) << "the adapter would be locked out";
}

TEST_F(SealedWorklist, IsRefusedWithoutTheRightKey) {
  const auto none = worklist({});
  EXPECT_EQ(none.exit_code, 8);
  EXPECT_THAT(none.err, HasSubstr("no key was given (see --keys)"));
  const auto missing = worklist({"--keys", where.file("elsewhere")});
  EXPECT_EQ(missing.exit_code, 8);
  EXPECT_THAT(missing.err, HasSubstr("ledger.key: there is no such file"));
  EXPECT_FALSE(std::filesystem::exists(where.file("elsewhere"))) << "no key is made that opens nothing";
  std::filesystem::create_directory(where.file("other"));
  EXPECT_TRUE(epic::key_in_file(where.file("other") + "/ledger.key"));
  EXPECT_EQ(worklist({"--keys", where.file("other")}).exit_code, 8);
}

TEST_F(SealedWorklist, SaysWhatOfADamagedRowCannotBeRead) {
  ASSERT_TRUE(store::database::open(ledger).value().execute("UPDATE ledger SET sealed = x'00'"));
  const auto damaged = with_keys({"show", lost});
  EXPECT_EQ(damaged.exit_code, 0) << damaged.err;
  EXPECT_THAT(damaged.out, HasSubstr("cannot be read"));
  const auto released = with_keys({"release", lost, "--version", "4", "--actor", "jdoe"});
  EXPECT_EQ(released.exit_code, 1);
  EXPECT_EQ(with_keys({"written", lost, "eAbc", "--version", "4", "--actor", "jdoe"}).exit_code, 0);
}

/// A ledger that has had its key from the beginning, and so keeps what it would send.
struct KeptWorklist : Worklist {
  KeptWorklist() : Worklist(options_with(secret(std::string(32, 'k')))) {
    std::filesystem::create_directory(keys);
    std::string digits;
    for (int byte = 0; byte < 32; ++byte) digits += "6b";
    where.write("keys/ledger.key", digits);
    std::filesystem::permissions(keys + "/ledger.key", std::filesystem::perms::owner_read);
  }
  static store::ledger_options options_with(secret key) {
    store::ledger_options made;
    made.key = std::move(key);
    return made;
  }
  finished with_keys(std::vector<std::string> words) {
    words.insert(words.end(), {"--keys", keys});
    return worklist(std::move(words));
  }
  json::value shown(const std::string& operation) {
    return json::parse(with_keys({"show", operation, "--json"}).out).value();
  }
  /// It is sent, and lost again.
  void lose_again() {
    runtime::real_runtime rt;
    auto open = store::open_ledger(rt, ledger, options_with(secret(std::string(32, 'k'))));
    ASSERT_TRUE(open);
    runtime::spawn(rt, "lose", lose(**open));
    rt.run();
  }
  static runtime::task<> lose(store::ledger& in) {
    co_await move(in, lost, write_state::planned, write_state::sending);
    co_await move(in, lost, write_state::sending, write_state::unknown);
    co_await move(in, lost, write_state::unknown, write_state::needs_review);
  }
  std::string keys = where.file("keys");
};

TEST_F(KeptWorklist, ReleasesAWriteOnce) {
  EXPECT_EQ(*shown(lost).find("may_release"), json::value(true));
  const auto first = with_keys({"release", lost, "--version", "4", "--actor", "jdoe", "--json"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(shown(lost).string_at("state"), "PLANNED");
  EXPECT_EQ(with_keys({"release", lost, "--version", "4", "--actor", "jdoe"}).exit_code, 1);
  EXPECT_EQ(with_keys({"release", lost, "--version", "5", "--actor", "jdoe"}).exit_code, 1);
}

TEST_F(KeptWorklist, ReleasesAWriteThatWasLostAgainNoSecondTime) {
  EXPECT_EQ(with_keys({"release", lost, "--version", "4", "--actor", "jdoe"}).exit_code, 0);
  lose_again();
  const auto second = with_keys({"release", lost, "--version", "8", "--actor", "jdoe"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("released once before"));
  const auto known = with_keys({"show", lost});
  EXPECT_THAT(known.out, HasSubstr("yes: not again"));
  EXPECT_THAT(known.out, HasSubstr("no: it was released once before"));
  EXPECT_THAT(known.out, HasSubstr("jdoe")) << "who decided is kept";
}

TEST_F(KeptWorklist, HearsNobodyWhoHasSeenAnEarlierState) {
  EXPECT_EQ(with_keys({"release", lost, "--version", "4", "--actor", "jdoe"}).exit_code, 0);
  lose_again();
  const auto late = with_keys({"written", lost, "eAbc", "--version", "4", "--actor", "other"});
  EXPECT_EQ(late.exit_code, 1);
  EXPECT_THAT(late.err, HasSubstr("has changed since it was looked at: version 4 was, it is 8"));
  EXPECT_EQ(shown(lost).string_at("state"), "NEEDS_REVIEW");
  EXPECT_EQ(with_keys({"written", lost, "eAbc", "--version", "8", "--actor", "other"}).exit_code, 0);
}

TEST_F(Worklist, SaysWhatIsWrongWithALedgerAndMakesNone) {
  const auto missing = where.file("missing.db");
  const auto none = run_to_end(where, {"worklist", "--ledger", missing});
  EXPECT_EQ(none.exit_code, 8);
  EXPECT_THAT(none.err, HasSubstr("there is no such file"));
  EXPECT_FALSE(std::filesystem::exists(missing));
  const auto other = where.write("other.txt", "not a ledger at all");
  const auto wrong = run_to_end(where, {"worklist", "--ledger", other});
  EXPECT_EQ(wrong.exit_code, 8);
  EXPECT_THAT(wrong.err, HasSubstr("it is no ledger"));
  EXPECT_EQ(read_file(other), "not a ledger at all");
  EXPECT_EQ(run_to_end(where, {"worklist", "--ledger", where.path()}).exit_code, 8);
  EXPECT_EQ(run_to_end(where, {"worklist"}).exit_code, 2);
}

}  // namespace
}  // namespace epicenter::cli
