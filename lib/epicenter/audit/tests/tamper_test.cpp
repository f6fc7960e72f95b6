// Whoever changes the file is found out.
#include <gmock/gmock.h>

#include <epicenter/store/sqlite.hpp>
#include <fstream>
#include <set>

#include "lib/epicenter/audit/tests/log_world.hpp"

namespace epicenter::audit::test {
namespace {

// A log of 25 entries under heads at 10 and 20, closed; tests change its file by SQL.
class Tampering : public testing::Test {
 protected:
  Tampering() {
    disk.skip_syncs();
    options.on_head = export_to_file(heads_path());
    virtual_runtime rt({});
    const auto log = open_chained_log(rt, path(), options).value();
    for (int i = 1; i <= 25; ++i) append_all(rt, *log, numbered(i, i));
  }

  std::string path() const { return (folder.path() / "audit.db").string(); }
  std::string heads_path() const { return (folder.path() / "heads.jsonl").string(); }

  void change(const std::string& sql) {
    auto file = store::database::open(path()).value();
    ASSERT_TRUE(file.execute(("DROP TRIGGER IF EXISTS entries_stay;" + sql).c_str())) << sql;
  }

  verification look(bool with_kept_heads = false) {
    virtual_runtime rt({});
    const auto log = open_chained_log(rt, path(), options).value();
    std::vector<signed_head> kept;
    if (with_kept_heads) kept = read_heads(heads_path()).value().heads;
    return run(rt, log->verify(std::move(kept), {})).value();
  }

  std::set<std::pair<std::string, std::uint64_t>> flaws(bool with_kept_heads = false) {
    std::set<std::pair<std::string, std::uint64_t>> all;
    const auto seen = look(with_kept_heads);
    for (const auto& one : seen.findings) all.emplace(name_of(one.what), one.seq);
    return all;
  }

  using set = std::set<std::pair<std::string, std::uint64_t>>;
  temporary_folder folder;
  watched_vfs disk;
  chained_log_options options = with_keys(10);
};

TEST_F(Tampering, IsNotFoundWhereThereIsNone) {
  const auto seen = look(true);
  EXPECT_TRUE(seen.intact());
  EXPECT_EQ(seen.entries, 25U);
  EXPECT_EQ(seen.first, 1U);
  EXPECT_EQ(seen.last, 25U);
  EXPECT_EQ(seen.signed_up_to, 20U);
}

TEST_F(Tampering, OfAnyColumnIsFound) {
  const char* columns[] = {"at",          "stage",   "type",      "subject",   "user",
                           "patient",     "result",  "details",   "recipient", "address",
                           "description", "purpose", "exception", "disclosed", "sealed"};
  for (const std::string column : columns) {
    const bool number = column == "at" || column == "stage" || column == "disclosed";
    const std::string changed = number ? "CASE " + column + " WHEN 0 THEN 1 ELSE 0 END" : column + " || 'x'";
    auto before = store::database::open(path()).value().query_text("SELECT hex(" + column +
                                                                   ") FROM entries WHERE seq = 7");
    change("UPDATE entries SET " + column + " = " + changed + " WHERE seq = 7");
    EXPECT_EQ(flaws(), (set{{"edited", 7}})) << column;
    if (number) {
      change("UPDATE entries SET " + column + " = CAST(x'" + *before + "' AS TEXT) + 0 WHERE seq = 7");
    } else {
      const std::string type = column == "sealed" ? "BLOB" : "TEXT";
      change("UPDATE entries SET " + column + " = CAST(x'" + *before + "' AS " + type + ") WHERE seq = 7");
    }
    ASSERT_EQ(flaws(), set{}) << column << " is as it was";
  }
}

TEST_F(Tampering, WithValuesThatReadTheSameIsFound) {
  change(
      "UPDATE entries SET stage = 2 WHERE seq = 7; UPDATE entries SET subject = CAST(x'ff' AS TEXT) WHERE"
      " seq = 8");
  EXPECT_EQ(flaws(), (set{{"edited", 7}, {"edited", 8}}));
}

TEST_F(Tampering, OfTheLinksIsFound) {
  change("UPDATE entries SET previous_hash = zeroblob(32) WHERE seq = 7");
  EXPECT_EQ(flaws(), (set{{"broken_link", 7}, {"edited", 7}}));
}

TEST_F(Tampering, ByTakingAnEntryOutIsFound) {
  change("DELETE FROM entries WHERE seq = 7");
  EXPECT_EQ(flaws(), (set{{"gap", 8}, {"broken_link", 8}}));
}

TEST_F(Tampering, ByClosingTheGapIsFound) {
  change(
      "DELETE FROM entries WHERE seq = 25; DELETE FROM entries WHERE seq = 24;"
      "INSERT INTO entries SELECT 24, at, stage, type, subject, user, patient, result, details, disclosed,"
      " recipient, address, description, purpose, exception, sealed, previous_hash, hash FROM entries WHERE"
      " seq = 23");
  EXPECT_EQ(flaws(), (set{{"broken_link", 24}, {"edited", 24}}));
}

TEST_F(Tampering, ByReorderingIsFound) {
  change(
      "UPDATE entries SET seq = 1000 WHERE seq = 7; UPDATE entries SET seq = 7 WHERE seq = 8;"
      "UPDATE entries SET seq = 8 WHERE seq = 1000");
  EXPECT_EQ(flaws(),
            (set{{"edited", 7}, {"edited", 8}, {"broken_link", 7}, {"broken_link", 8}, {"broken_link", 9}}));
}

TEST_F(Tampering, ByCuttingTheEndOffIsFound) {
  change("DELETE FROM entries WHERE seq > 15");
  EXPECT_EQ(flaws(), (set{{"cut_short", 20}}));
  change("DELETE FROM heads WHERE seq > 15");
  EXPECT_EQ(flaws(), set{}) << "nothing in the file tells";
  EXPECT_EQ(flaws(true), (set{{"cut_short", 20}})) << "the heads kept outside do";
}

TEST_F(Tampering, ByCuttingTheBeginningOffIsFound) {
  change("DELETE FROM entries WHERE seq < 5");
  EXPECT_EQ(flaws(), (set{{"gap", 5}}));
  change("DELETE FROM entries WHERE seq < 11");
  EXPECT_EQ(flaws(), (set{{"gap", 11}})) << "no purge is on record";
}

// Who can write the file can make every hash right again, but signs no head.
TEST_F(Tampering, ByRewritingTheWholeTailIsFound) {
  virtual_runtime rt({});
  const auto log = open_chained_log(rt, path(), options).value();
  auto file = store::database::open(path()).value();
  ASSERT_TRUE(file.execute("DROP TRIGGER entries_stay"));
  std::string previous = first_hash(log->id());
  const auto update = [&file](const entry& one, const std::string& before, const std::string& hash) {
    auto change = file.prepare("UPDATE entries SET user = ?2, previous_hash = ?3, hash = ?4 WHERE seq = ?1");
    ASSERT_TRUE(change);
    change->bind(1, static_cast<std::int64_t>(one.seq)).bind(2, one.user);
    ASSERT_TRUE(change->bind_bytes(3, before).bind_bytes(4, hash).run());
  };
  std::vector<entry> all;
  log->for_each([&all](const entry& one) { all.push_back(one); });
  for (auto& one : all) {
    if (one.seq == 15) one.user = "somebody else";
    const std::string hash = next_hash(previous, canonical(one, {}));
    update(one, previous, hash);
    previous = hash;
  }
  const auto seen = run(rt, log->verify({}, {})).value();
  ASSERT_EQ(seen.findings.size(), 1U);
  EXPECT_EQ(seen.findings.front().what, flaw::head_differs);
  EXPECT_EQ(seen.findings.front().seq, 20U);
}

TEST_F(Tampering, WithAHeadIsFound) {
  change("UPDATE heads SET hash = (SELECT hash FROM entries WHERE seq = 11) WHERE seq = 10");
  EXPECT_EQ(flaws(), (set{{"bad_signature", 10}}));
  options.signer = head_key::from_seed(store::make_key()).value();
  EXPECT_EQ(flaws(), (set{{"bad_signature", 10}, {"bad_signature", 20}})) << "nobody trusts the old key";
}

TEST_F(Tampering, ByPuttingAnotherLogInItsPlaceIsFound) {
  const auto kept = read_heads(heads_path()).value();
  std::filesystem::remove(path());
  virtual_runtime rt({});
  const auto log = open_chained_log(rt, path(), options).value();
  append_all(rt, *log, numbered(1, 25));
  EXPECT_TRUE(run(rt, log->verify({}, {})).value().intact());
  const auto seen = run(rt, log->verify(kept.heads, {})).value();
  ASSERT_EQ(seen.findings.size(), 2U);
  EXPECT_EQ(seen.findings.front().what, flaw::bad_signature) << "they name another log";
}

TEST_F(Tampering, ByAnUpdateByMistakeIsRefusedByTheFileItself) {
  auto file = store::database::open(path()).value();
  EXPECT_FALSE(file.execute("UPDATE entries SET user = 'x' WHERE seq = 1"));
}

TEST(Chain, HashesWhatTheReferenceSays) {
  entry what;
  what.seq = 3;
  what.at = wall_time(duration(1767571200123456789));
  what.type = "ehr.call";
  what.subject = "a\"\n\x01\xc3\xa9";
  what.user = "u";
  EXPECT_EQ(canonical(what, "\x01\xff"),
            "{\"at\":\"1767571200123456789\",\"details\":\"\",\"patient\":\"\",\"result\":\"\",\"sealed\":"
            "\"01ff\",\"seq\":3,\"stage\":\"intent\",\"subject\":\"a\\\"\\n\\u0001\xc3\xa9\",\"type\":"
            "\"ehr.call\",\"user\":\"u\"}");
  what.disclosed = disclosure{"r", "a", "d", "p", "e"};
  EXPECT_THAT(canonical(what, {}),
              testing::HasSubstr("\"disclosure\":{\"address\":\"a\",\"description\":\"d\","
                                 "\"exception\":\"e\",\"purpose\":\"p\",\"recipient\":"
                                 "\"r\"},\"patient\""));
  // printf '\0\0\0\0\0\0\0\3abc' | sha256sum
  EXPECT_EQ(to_hex(next_hash("", "abc")), "c3494ca1a2cf8eeb8a11ded316fb55b83c3bbbedb6313cd50415251e5d09e12f");
  EXPECT_EQ(from_hex(to_hex("\x01\xfe")), "\x01\xfe");
  EXPECT_EQ(from_hex("0g"), "");
  EXPECT_EQ(clean("a\xff"), "a\xEF\xBF\xBD");
}

}  // namespace
}  // namespace epicenter::audit::test
