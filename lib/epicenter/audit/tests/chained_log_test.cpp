#include <gmock/gmock.h>
#include <sys/stat.h>

#include <epicenter/audit/entry_json.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/store/sqlite.hpp>
#include <fstream>
#include <set>

#include "lib/epicenter/audit/tests/log_world.hpp"

namespace epicenter::audit::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

unsigned mode_of(const std::string& path) {
  struct stat there {};
  EXPECT_EQ(::stat(path.c_str(), &there), 0) << path;
  return there.st_mode & 0777U;
}

class ChainedLog : public testing::Test {
 protected:
  ChainedLog() { disk.skip_syncs(); }
  void open() { log = open_chained_log(rt, path(), options).value(); }
  std::string path() const { return (folder.path() / "audit.db").string(); }
  std::vector<std::string> found(query asked) {
    std::vector<std::string> subjects;
    const auto entries = run(rt, log->find(std::move(asked))).value();
    for (const auto& one : entries) subjects.push_back(one.subject);
    return subjects;
  }
  verification verified() { return run(rt, log->verify({}, {})).value(); }

  temporary_folder folder;
  watched_vfs disk;
  virtual_runtime rt{{}};
  chained_log_options options = with_keys();
  std::unique_ptr<chained_log> log;
};

TEST_F(ChainedLog, GoesOnWhereItEnded) {
  open();
  append_all(rt, *log, numbered(1, 3));
  const std::string id = log->id();
  log.reset();
  open();
  EXPECT_EQ(log->id(), id);
  EXPECT_EQ(run(rt, log->append(entry_of("op-4"))).value(), 4U);
  EXPECT_EQ(log->size(), 4U);
  std::vector<std::string> seen;
  log->for_each([&seen](const entry& one) { seen.push_back(std::to_string(one.seq) + one.subject); });
  EXPECT_THAT(seen, ElementsAre("1op-1", "2op-2", "3op-3", "4op-4"));
  EXPECT_TRUE(verified().intact());
}

TEST_F(ChainedLog, KeepsEveryField) {
  open();
  entry what = entry_of("op");
  what.details = R"({"reason":"GDPR erasure request"})";
  what.disclosed = disclosure{"Registry", "1 Main St", "labs", "164.512(b)", "treatment"};
  what.subject = "broken \xff text";
  append_all(rt, *log, {what});
  const auto back = run(rt, log->find({})).value().at(0);
  EXPECT_EQ(back.at, what.at);
  EXPECT_EQ(back.stage, what.stage);
  EXPECT_EQ(back.type, what.type);
  EXPECT_EQ(back.subject, "broken \xEF\xBF\xBD text");
  EXPECT_EQ(back.user, what.user);
  EXPECT_EQ(back.patient, what.patient);
  EXPECT_EQ(back.result, what.result);
  EXPECT_EQ(back.details, what.details);
  EXPECT_EQ(back.disclosed, what.disclosed);
  EXPECT_TRUE(verified().intact());
}

TEST_F(ChainedLog, HasOneOwnerAndPrivateFiles) {
  open();
  append_all(rt, *log, numbered(1, 1));
  EXPECT_EQ(open_chained_log(rt, path(), options).error(), make_error_code(errc::in_use));
  for (const auto* suffix : {"", "-wal", "-shm", ".lock"})
    EXPECT_EQ(mode_of(path() + suffix), 0600U) << suffix;
  log.reset();
  options.key_of_keys = store::make_key();
  EXPECT_EQ(open_chained_log(rt, path(), options).error(), make_error_code(errc::wrong_key));
  EXPECT_EQ(open_chained_log(rt, "/nonexistent/audit.db").error(), make_error_code(errc::unavailable));
}

TEST_F(ChainedLog, FindsByTypePrefixUserPatientSubjectAndTime) {
  open();
  std::vector<entry> all{entry_of("a", event::call, "p1"), entry_of("b", event::write_failed, "p2"),
                         entry_of("c", event::deletion_requested, "p1"), entry_of("d", event::write, "p2")};
  all[1].user = "dr-2";
  for (std::size_t i = 0; i < all.size(); ++i) all[i].at = wall_time(std::chrono::seconds(i));
  append_all(rt, *log, all);
  query asked;
  asked.type = event::write_failed;
  EXPECT_THAT(found(asked), ElementsAre("b"));
  asked = {};
  asked.type_prefix = "ehr.";
  EXPECT_THAT(found(asked), ElementsAre("a", "d"));
  asked.patient = "p2";
  EXPECT_THAT(found(asked), ElementsAre("d"));
  asked = {};
  asked.user = "dr-2";
  EXPECT_THAT(found(asked), ElementsAre("b"));
  asked = {};
  asked.subject = "c";
  EXPECT_THAT(found(asked), ElementsAre("c"));
  asked = {};
  asked.since = wall_time(1s);
  asked.until = wall_time(3s);
  EXPECT_THAT(found(asked), ElementsAre("b", "c"));
  asked = {};
  asked.limit = 2;
  EXPECT_THAT(found(asked), ElementsAre("a", "b"));
  asked.after_seq = 2;
  EXPECT_THAT(found(asked), ElementsAre("c", "d"));
  asked = {};
  asked.limit = 1;
  asked.newest_first = true;
  EXPECT_THAT(found(asked), ElementsAre("d"));
  asked = {};
  asked.user = "x' OR 1=1 --";
  EXPECT_THAT(found(asked), ElementsAre());
  asked = {};
  asked.type_prefix = "\xff";
  EXPECT_THAT(found(asked), ElementsAre());
}

TEST_F(ChainedLog, SignsAHeadAfterSoManyEntriesOrSoMuchTime) {
  std::vector<signed_head> heads;
  options.on_head = [&heads](const signed_head& head) {
    heads.push_back(head);
    return result<>();
  };
  open();
  for (int i = 1; i <= 10; ++i) append_all(rt, *log, numbered(i, i));
  ASSERT_EQ(heads.size(), 1U);
  EXPECT_EQ(heads[0].seq, 10U);
  EXPECT_TRUE(is_signed_by(heads[0], options.signer->public_key()));
  append_all(rt, *log, numbered(11, 11));
  entry late = entry_of("late");
  late.at += 61s;
  append_all(rt, *log, {late});
  ASSERT_EQ(heads.size(), 2U);
  EXPECT_EQ(heads[1].seq, 12U);
  append_all(rt, *log, numbered(13, 13));
  const auto wait = [](runtime::runtime& world) -> task<> { (void)co_await runtime::sleep_for(world, 61s); };
  runtime::spawn(rt, "wait", wait(rt));
  ASSERT_EQ(rt.run(), runtime::run_end::finished);
  ASSERT_EQ(heads.size(), 3U) << "the last entries before a pause are signed too";
  EXPECT_EQ(heads[2].seq, 13U);
  EXPECT_FALSE(run(rt, log->sign_head()).value().has_value());
}

TEST_F(ChainedLog, GivesAHeadAgainThatCouldNotBeKept) {
  bool down = true;
  std::vector<std::uint64_t> kept;
  options.on_head = [&](const signed_head& head) -> result<> {
    if (down) return fail(errc::unavailable);
    kept.push_back(head.seq);
    return {};
  };
  open();
  append_all(rt, *log, numbered(1, 1));
  ASSERT_TRUE(run(rt, log->sign_head()).value());
  append_all(rt, *log, numbered(2, 2));
  down = false;
  ASSERT_TRUE(run(rt, log->sign_head()).value());
  EXPECT_THAT(kept, ElementsAre(1U, 2U));
}

TEST_F(ChainedLog, KeepsHeadsInAPrivateFileThatSurvivesACutLine) {
  const std::string heads = (folder.path() / "heads.jsonl").string();
  options.on_head = export_to_file(heads);
  open();
  append_all(rt, *log, numbered(1, 1));
  ASSERT_TRUE(run(rt, log->sign_head()).value());
  std::ofstream(heads, std::ios::app) << R"({"at":"17)";
  append_all(rt, *log, numbered(2, 2));
  ASSERT_TRUE(run(rt, log->sign_head()).value());
  EXPECT_EQ(mode_of(heads), 0600U);
  const auto kept = read_heads(heads).value();
  EXPECT_EQ(kept.unreadable, 1U);
  ASSERT_EQ(kept.heads.size(), 2U);
  EXPECT_EQ(kept.heads[1].seq, 2U);
  EXPECT_TRUE(is_signed_by(kept.heads[1], options.signer->public_key()));
  EXPECT_FALSE(read_heads("/nonexistent/heads"));
}

TEST_F(ChainedLog, ForgetsAPatientAndStillVerifies) {
  open();
  entry about_one = entry_of("a", event::write, "p1");
  about_one.phi = "a planted horse";
  entry about_two = entry_of("b", event::write, "p2");
  about_two.phi = "a planted dog";
  append_all(rt, *log, {about_one, about_two});
  query asked;
  asked.with_phi = true;
  EXPECT_EQ(run(rt, log->find(asked)).value().at(0).phi, "a planted horse");
  const std::string wrapped = [this] {
    auto file = store::database::open(path()).value();
    auto find = file.prepare("SELECT wrapped FROM keys WHERE patient = 'p1'");
    EXPECT_TRUE(find->step().value());
    return find->bytes(0);
  }();
  EXPECT_THAT(bytes_of(path() + "-wal"), HasSubstr(wrapped));

  erasure request{"p1", "privacy-officer", "GDPR-2025-001", "GDPR Art. 17(1)(b)", rt.wall()};
  EXPECT_TRUE(run(rt, log->forget(request)).value());
  for (const auto* suffix : {"", "-wal"}) {
    EXPECT_THAT(bytes_of(path() + suffix), Not(HasSubstr(wrapped))) << suffix;
    EXPECT_THAT(bytes_of(path() + suffix), Not(HasSubstr("planted"))) << suffix;
  }
  const auto after = run(rt, log->find(asked)).value();
  EXPECT_EQ(after.at(0).phi, "");
  EXPECT_EQ(after.at(1).phi, "a planted dog");
  EXPECT_EQ(after.at(2).type, event::subject_forgotten);
  EXPECT_EQ(after.at(2).subject, "GDPR-2025-001");
  EXPECT_EQ(after.at(2).user, "privacy-officer");
  EXPECT_EQ(after.at(2).patient, "") << "a tombstone names nobody";
  EXPECT_TRUE(verified().intact());
  EXPECT_FALSE(run(rt, log->forget(request)).value()) << "there is no key any more";
  request.actor.clear();
  EXPECT_EQ(run(rt, log->forget(request)).error(), make_error_code(errc::not_allowed));
  append_all(rt, *log, {about_one});
  EXPECT_EQ(run(rt, log->find(asked)).value().back().phi, "a planted horse") << "a patient may come back";
  EXPECT_EQ(run(rt, log->find(asked)).value().front().phi, "");
}

TEST_F(ChainedLog, TakesNoPatientDataWithoutAKey) {
  options.key_of_keys = secret();
  open();
  entry what = entry_of("a");
  what.phi = "planted";
  EXPECT_EQ(run(rt, log->append(what)).error(), make_error_code(errc::not_allowed));
  EXPECT_EQ(run(rt, log->append(entry_of("b"))).value(), 1U) << "no number is lost";
}

TEST_F(ChainedLog, AccountsForDisclosures) {
  open();
  std::vector<entry> all;
  const auto disclose = [&all](std::string to, std::string exception, std::chrono::seconds at,
                               std::string patient) {
    entry one = entry_of("d", event::disclosed, std::move(patient));
    one.at = wall_time(at);
    one.disclosed =
        disclosure{std::move(to), "1 Main St", "immunizations", "164.512(b)", std::move(exception)};
    all.push_back(one);
  };
  disclose("Registry", "", 10s, "p1");
  disclose("Clinic", "treatment", 20s, "p1");
  disclose("Registry", "", 30s, "p1");
  disclose("Registry", "", 40s, "p2");
  disclose("Court", "", 50s, "p1");
  disclose("Court", "", 99s, "p1");
  all.push_back(entry_of("e"));
  append_all(rt, *log, all);
  const auto account = run(rt, log->accounting("p1", wall_time(0s), wall_time(99s))).value();
  ASSERT_EQ(account.size(), 2U);
  EXPECT_EQ(account[0].what.recipient, "Registry");
  EXPECT_EQ(account[0].count, 2U);
  EXPECT_EQ(account[0].first, wall_time(10s));
  EXPECT_EQ(account[0].last, wall_time(30s));
  EXPECT_EQ(account[0].first_seq, 1U);
  EXPECT_EQ(account[1].what.recipient, "Court");
  EXPECT_EQ(account[1].count, 1U) << "the end of the time is not included";
}

TEST_F(ChainedLog, ExportsAsOneJsonDocument) {
  open();
  auto all = numbered(1, 2500);
  all[1].phi = "said \"so\"";
  append_all(rt, *log, all);
  const std::string out = (folder.path() / "export.json").string();
  query asked;
  asked.with_phi = true;
  EXPECT_EQ(run(rt, log->export_json(asked, out)).value(), 2500U);
  EXPECT_EQ(mode_of(out), 0600U);
  const auto document = json::parse(bytes_of(out));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->string_at("log"), log->id());
  EXPECT_EQ(document->find("entries")->if_array()->size(), 2500U);
  EXPECT_EQ(document->string_at("entries.1.phi"), "said \"so\"");
  EXPECT_EQ(document->string_at("entries.2499.subject"), "op-2500");
  EXPECT_FALSE(run(rt, log->export_json({}, "/nonexistent/export.json")));
}

TEST_F(ChainedLog, LetsEntriesGoAfterSixYearsUpToAHead) {
  open();
  const wall_time limit = store::retention_limit(rt.wall(), store::default_retention);
  auto all = numbered(1, 30);
  for (int i = 0; i < 30; ++i) {
    auto& one = all[static_cast<std::size_t>(i)];
    one.at = i < 25 ? limit - 1h : limit + 1h;
    append_all(rt, *log, {one});
  }
  EXPECT_EQ(run(rt, log->purge(limit + 1s, "ops")).error(), make_error_code(errc::not_allowed));
  EXPECT_EQ(run(rt, log->purge(limit, "ops")).value(), 20U) << "the head before the 26th entry";
  EXPECT_EQ(run(rt, log->purge(limit, "ops")).value(), 0U);
  const auto seen = verified();
  EXPECT_TRUE(seen.intact());
  EXPECT_EQ(seen.first, 21U);
  query asked;
  asked.type = event::entries_purged;
  EXPECT_THAT(found(asked), ElementsAre("20"));
}

TEST_F(ChainedLog, IsCopiedWholeWhileItIsInUse) {
  open();
  append_all(rt, *log, numbered(1, 25));
  const std::string copy = (folder.path() / "copy.db").string();
  ASSERT_TRUE(run(rt, log->back_up(copy)));
  EXPECT_EQ(mode_of(copy), 0600U);
  const auto restored = open_chained_log(rt, copy, options).value();
  const auto seen = run(rt, restored->verify({}, {})).value();
  EXPECT_TRUE(seen.intact());
  EXPECT_EQ(seen.entries, 25U);
}

TEST_F(ChainedLog, SaysThatItIsUnavailableAndLosesNoNumber) {
  open();
  append_all(rt, *log, numbered(1, 3));
  disk.fail_at_random(1'000'000);
  EXPECT_EQ(run(rt, log->append(entry_of("x"))).error(), make_error_code(errc::unavailable));
  disk.fail_at_random(0);
  EXPECT_EQ(run(rt, log->append(entry_of("y"))).value(), 4U);
  EXPECT_TRUE(verified().intact());
}

TEST_F(ChainedLog, FinishesWhatItHasTakenWhenItsOwnerGoes) {
  open();
  std::vector<std::uint64_t> numbers;
  const auto noted = [&numbers](const result<std::uint64_t>& got) { numbers.push_back(got.value_or(0)); };
  log->start_append(entry_of("a"), noted);
  log->start_append(entry_of("b"), [this, noted](const result<std::uint64_t>& got) {
    noted(got);
    log->start_append(entry_of("c"), noted);  // between two commits
    log.reset();
  });
  const auto wait = [](runtime::runtime& world) -> task<> { (void)co_await runtime::sleep_for(world, 1s); };
  runtime::spawn(rt, "wait", wait(rt));
  ASSERT_EQ(rt.run(), runtime::run_end::finished);
  EXPECT_THAT(numbers, ElementsAre(1U, 2U, 3U));
  open();
  EXPECT_EQ(log->size(), 3U);
}

TEST(EventTypes, HaveTheNamesOfTheRunbook) {
  ASSERT_NE(find_event_type("EHR_WRITE_FAILED"), nullptr);
  ASSERT_NE(find_event_type("DATA_DELETION_REQUESTED"), nullptr);
  EXPECT_TRUE(find_event_type("ehr.call")->has_intent);
  EXPECT_EQ(find_event_type("ehr.unknown"), nullptr);
  std::set<std::string_view> names;
  for (const auto& one : event_types) names.insert(one.name);
  EXPECT_EQ(names.size(), event_types.size());
}

}  // namespace
}  // namespace epicenter::audit::test
