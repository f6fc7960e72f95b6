#include <gmock/gmock.h>

#include <epicenter/store/seal.hpp>
#include <epicenter/store/sqlite.hpp>

#include "lib/epicenter/store/tests/clear_text.hpp"

namespace epicenter::store::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* payload = R"({"resourceType":"ServiceRequest","note":"fell off a planted horse"})";

ledger_row with_payload(std::string operation) {
  ledger_row row = row_of(std::move(operation));
  row.tenant = "north";
  row.encounter = "e1";
  row.user = "dr-1";
  row.code = "58410-2";
  row.payload = payload;
  row.queued = true;
  row.send_by = wall_time(90s);
  return row;
}

TEST(Seal, OpensOnlyUnderItsKeyForItsPurposeAndUnchanged) {
  const secret key = make_key();
  const std::string sealed = seal(key, "op-1", payload);
  EXPECT_EQ(unseal(key, "op-1", sealed).value().reveal(), payload);
  EXPECT_NE(sealed, seal(key, "op-1", payload)) << "a nonce is used once";
  EXPECT_THAT(sealed, Not(HasSubstr("planted")));
  EXPECT_EQ(unseal(make_key(), "op-1", sealed).error(), make_error_code(errc::wrong_key));
  EXPECT_FALSE(unseal(key, "op-2", sealed)) << "moved to another row";
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(unseal(key, "op-1", changed)) << i;
  }
  EXPECT_FALSE(unseal(key, "op-1", sealed.substr(0, 27)));
  EXPECT_EQ(unseal(key, "", seal(key, "", "")).value().reveal(), "");
}

TEST(Sealer, AgreesWithTheFunctionsAgainAndAgain) {
  const secret key = make_key();
  sealer mine(key);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(unseal(key, "op-1", mine.seal("op-1", payload)).value().reveal(), payload);
    EXPECT_FALSE(mine.unseal("op-2", seal(key, "op-1", payload)));
    EXPECT_EQ(mine.unseal("op-1", seal(key, "op-1", payload)).value().reveal(), payload) << "after a failure";
  }
}

TEST(Sealer, MakesDigestsThatNeedTheKey) {
  const secret key = make_key();
  sealer mine(key);
  const std::string once = mine.digest("order 17");
  EXPECT_EQ(once.size(), digest_bytes);
  EXPECT_EQ(mine.digest("order 17"), once);
  EXPECT_EQ(sealer(key).digest("order 17"), once);
  EXPECT_NE(mine.digest("order 18"), once);
  EXPECT_NE(mine.digest(""), once);
  EXPECT_NE(sealer(make_key()).digest("order 17"), once);
}

TEST(SealedLedger, GivesAWriteBackWholeAfterARestart) {
  temporary_folder folder;
  const secret key = make_key();
  {
    virtual_runtime rt({});
    const auto ledger = open_ledger(rt, folder.ledger(), under(key)).value();
    ASSERT_TRUE(run(rt, ledger->plan(with_payload("a"))));
    for (const auto* suffix : {"", "-wal", "-shm"}) {
      EXPECT_THAT(bytes_of(folder.ledger() + suffix), Not(HasSubstr("planted"))) << suffix;
    }
  }
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger(), under(key)).value();
  const auto row = run(rt, ledger->list(write_state::planned, 1)).value().at(0);
  EXPECT_EQ(row.payload, payload);
  EXPECT_FALSE(row.damaged);
  EXPECT_EQ(row.tenant, "north");
  EXPECT_EQ(row.encounter, "e1");
  EXPECT_EQ(row.user, "dr-1");
  EXPECT_EQ(row.code, "58410-2");
  EXPECT_TRUE(row.queued);
  EXPECT_EQ(row.send_by, wall_time(90s));
  EXPECT_EQ(row.order_key, "a");
}

TEST(SealedLedger, IsNotOpenedUnderAnotherKey) {
  temporary_folder folder;
  virtual_runtime rt({});
  const secret key = make_key();
  ASSERT_TRUE(open_ledger(rt, folder.ledger(), under(key)));
  EXPECT_EQ(open_ledger(rt, folder.ledger(), under(make_key())).error(), make_error_code(errc::wrong_key));
  EXPECT_EQ(open_ledger(rt, ":memory:", under(secret("short"))).error(), make_error_code(errc::wrong_key));
  EXPECT_TRUE(open_ledger(rt, folder.ledger(), under(key)));
}

TEST(SealedLedger, IsNotOpenedWithoutItsKey) {
  temporary_folder folder;
  virtual_runtime rt({});
  ASSERT_TRUE(open_ledger(rt, folder.ledger(), under(make_key())));
  const auto opened = open_ledger(rt, folder.ledger());
  ASSERT_EQ(opened.error(), make_error_code(errc::wrong_key)) << "rows of nobody must not be taken for real";
  EXPECT_THAT(opened.error().message(), HasSubstr("no key was given"));
}

TEST(SealedLedger, KeepsNoPayloadWithoutAKey) {
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, ":memory:").value();
  ASSERT_TRUE(run(rt, ledger->plan(with_payload("b"))));
  EXPECT_EQ(run(rt, ledger->find("b")).value().payload, "") << "nothing is kept in clear";
  EXPECT_EQ(run(rt, ledger->find("b")).value().encounter, "e1");
}

TEST(SealedLedger, NoticesAPayloadThatWasMovedFromAnotherRow) {
  temporary_folder folder;
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger(), under(make_key())).value();
  ASSERT_TRUE(run(rt, ledger->plan(with_payload("a"))));
  ASSERT_TRUE(run(rt, ledger->plan(with_payload("b"))));
  {
    auto other = database::open(folder.ledger()).value();
    ASSERT_TRUE(
        other.execute("UPDATE ledger SET sealed = (SELECT sealed FROM ledger WHERE operation = 'a') WHERE "
                      "operation = 'b'"));
  }
  EXPECT_FALSE(run(rt, ledger->find("a")).value().damaged);
  const auto row = run(rt, ledger->find("b")).value();
  EXPECT_TRUE(row.damaged);
  EXPECT_EQ(row.payload, "");
}

}  // namespace
}  // namespace epicenter::store::test
