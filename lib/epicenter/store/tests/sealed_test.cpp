#include <gmock/gmock.h>

#include <epicenter/store/seal.hpp>
#include <epicenter/store/sqlite.hpp>
#include <fstream>

#include "lib/epicenter/store/tests/ledger_world.hpp"

namespace epicenter::store::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* payload = R"({"resourceType":"ServiceRequest","note":"fell off a planted horse"})";

ledger_options under(const secret& key) {
  ledger_options options;
  options.key = key;
  return options;
}

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

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
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

TEST(SealedLedger, ShowsItsRowsWithoutAKeyButNotTheirPayloads) {
  temporary_folder folder;
  virtual_runtime rt({});
  {
    const auto ledger = open_ledger(rt, folder.ledger(), under(make_key())).value();
    ASSERT_TRUE(run(rt, ledger->plan(with_payload("a"))));
  }
  const auto ledger = open_ledger(rt, folder.ledger()).value();
  EXPECT_EQ(run(rt, ledger->find("a")).value().payload, "");
  ASSERT_TRUE(run(rt, ledger->plan(with_payload("b"))));
  EXPECT_EQ(run(rt, ledger->find("b")).value().payload, "") << "nothing is kept in clear";
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
