// The ledger against its model over random walks, and walks that must not pass.
#include <gmock/gmock.h>

#include <algorithm>
#include <epicenter/store/seal.hpp>
#include <epicenter/store/sqlite.hpp>

#include "lib/epicenter/store/tests/model.hpp"
#include "lib/epicenter/store/tests/watched_vfs.hpp"

namespace epicenter::store::test {
namespace {

constexpr int whole_walk = 100'000 / slowness;

TEST(LedgerModel, AgreesWithTheLedgerOverRandomWalks) {
  for (std::uint64_t seed = 1; seed <= seeds(1); ++seed) {
    virtual_runtime rt({});
    const auto ledger = open_ledger(rt, ":memory:").value();
    model rules;
    ASSERT_EQ(first_difference(rt, *ledger, rules, seed, whole_walk), "") << "seed " << seed;
    EXPECT_EQ(rules.reached.size(), 8U) << "the walk has to come everywhere";
    const auto was_released = [](const auto& one) { return one.second.released; };
    EXPECT_TRUE(std::any_of(rules.rows.begin(), rules.rows.end(), was_released));
  }
}

TEST(LedgerModel, AgreesWithASealedLedger) {
  for (std::uint64_t seed = 1; seed <= seeds(1); ++seed) {
    virtual_runtime rt({});
    ledger_options options;
    options.key = make_key();
    const auto ledger = open_ledger(rt, ":memory:", options).value();
    model rules;
    ASSERT_EQ(first_difference(rt, *ledger, rules, seed, whole_walk), "") << "seed " << seed;
    EXPECT_EQ(rules.reached.size(), 8U) << "the walk has to come everywhere";
  }
}

TEST(LedgerModel, AgreesAfterEveryLossOfPower) {
  for (std::uint64_t seed = 1; seed <= seeds(2); ++seed) {
    temporary_folder folder;
    watched_vfs disk(seed);
    disk.remember_syncs();
    model rules;
    for (std::uint64_t part = 0; part < 8; ++part) {
      {
        virtual_runtime rt({});
        const auto ledger = open_ledger(rt, folder.ledger()).value();
        ASSERT_EQ(first_difference(rt, *ledger, rules, seed * 100 + part, 400 / slowness), "")
            << "seed " << seed << ", part " << part;
        disk.lose_power();
      }
      disk.restore_power();
    }
  }
}

// ---- defects that the walk has to find

/// Passes everything on; each defect changes one thing.
class other_ledger : public ledger {
 public:
  explicit other_ledger(ledger& real) : real_(real) {}
  task<result<>> plan(ledger_row row) override { return real_.plan(std::move(row)); }
  task<result<>> advance(change what) override { return real_.advance(std::move(what)); }
  task<result<ledger_row>> find(std::string op) override { return real_.find(std::move(op)); }
  task<result<std::vector<ledger_row>>> list(write_state s, std::size_t n) override {
    return real_.list(s, n);
  }
  task<result<std::vector<ledger_row>>> all() override { return real_.all(); }
  task<result<>> note_search(std::string op, search_made what) override {
    return real_.note_search(std::move(op), std::move(what));
  }
  task<result<write_history>> history(std::string op) override { return real_.history(std::move(op)); }
  task<result<>> resolve_written(resolution what, std::string id) override {
    return real_.resolve_written(std::move(what), std::move(id));
  }
  task<result<>> release_once(resolution what) override { return real_.release_once(std::move(what)); }

 protected:
  ledger& real_;
};

struct forgets_a_change : other_ledger {
  using other_ledger::other_ledger;
  task<result<>> advance(change what) override {
    if (++calls_ % 40 == 0) return lie(real_, std::move(what));
    return real_.advance(std::move(what));
  }
  static task<result<>> lie(ledger& real, change what) {
    const auto row = co_await real.find(what.operation);
    if (!row) co_return fail(errc::not_found);
    if (!may_advance(what.from, what.to)) co_return fail(errc::not_allowed);
    if (row->state != what.from) co_return fail(errc::stale_state);
    co_return result<>();
  }
  int calls_ = 0;
};

struct swaps_without_comparing : other_ledger {
  using other_ledger::other_ledger;
  task<result<>> advance(change what) override { return swap(real_, std::move(what)); }
  static task<result<>> swap(ledger& real, change what) {
    const auto row = co_await real.find(what.operation);
    if (row) what.from = row->state;
    co_return co_await real.advance(std::move(what));
  }
};

struct ignores_the_version : other_ledger {
  using other_ledger::other_ledger;
  task<result<>> resolve_written(resolution what, std::string id) override {
    what.version = 0;
    return real_.resolve_written(std::move(what), std::move(id));
  }
};

struct takes_other_content : other_ledger {
  using other_ledger::other_ledger;
  task<result<>> plan(ledger_row row) override {
    row.payload_sha256 = "0";
    return real_.plan(std::move(row));
  }
};

struct loses_searches : other_ledger {
  using other_ledger::other_ledger;
  task<result<>> note_search(std::string op, search_made what) override {
    if (++calls_ % 40 == 0) return lie(real_, std::move(op));
    return real_.note_search(std::move(op), std::move(what));
  }
  static task<result<>> lie(ledger& real, std::string op) {
    const auto row = co_await real.find(std::move(op));
    if (!row) co_return fail(errc::not_found);
    co_return result<>();
  }
  int calls_ = 0;
};

template <class Defect>
std::string found_in() {
  virtual_runtime rt({});
  const auto real = open_ledger(rt, ":memory:").value();
  Defect defect(*real);
  model rules;
  return first_difference(rt, defect, rules, 1, 10'000);
}

TEST(LedgerModel, FindsEveryPlantedDefect) {
  EXPECT_EQ(found_in<other_ledger>(), "");
  EXPECT_NE(found_in<forgets_a_change>(), "");
  EXPECT_NE(found_in<swaps_without_comparing>(), "");
  EXPECT_NE(found_in<ignores_the_version>(), "");
  EXPECT_NE(found_in<takes_other_content>(), "");
  EXPECT_NE(found_in<loses_searches>(), "");
}

TEST(LedgerModel, FindsARowThatMayBeReleasedTwice) {
  temporary_folder folder;
  virtual_runtime rt({});
  watched_vfs disk;
  disk.skip_syncs();
  const auto ledger = open_ledger(rt, folder.ledger()).value();
  {
    auto other = database::open(folder.ledger()).value();
    ASSERT_TRUE(
        other.execute("CREATE TRIGGER forget AFTER UPDATE OF released ON ledger WHEN new.released = 1 BEGIN"
                      " UPDATE ledger SET released = 0 WHERE seq = new.seq; END"));
  }
  model rules;
  EXPECT_NE(first_difference(rt, *ledger, rules, 1, 2000), "");
}

}  // namespace
}  // namespace epicenter::store::test
