// Under a key nothing of the patient lies in the ledger's files, and nothing that was changed is believed.
#include <epicenter/store/row_seal.hpp>
#include <epicenter/store/sqlite.hpp>

#include "lib/epicenter/store/tests/clear_text.hpp"
#include "lib/epicenter/store/tests/watched_vfs.hpp"

namespace epicenter::store::test {
namespace {

using testing::HasSubstr;

TEST(SealedRows, LeaveNothingOfThePatientInAnyFile) {
  for (const bool with_key : {true, false}) {
    temporary_folder folder;
    watched_vfs disk;
    disk.skip_syncs();
    virtual_runtime rt({});
    ledger_options options;
    if (with_key) options.key = make_key();
    {
      const auto ledger = open_ledger(rt, folder.ledger(), options).value();
      ASSERT_TRUE(run(rt, ledger->plan(telling_row("a"))));
      tell_all(rt, *ledger, "a");
      ASSERT_TRUE(run(rt, ledger->back_up((folder.path() / "copy.db").string())));
      if (with_key) {
        EXPECT_EQ(in_clear(folder.path()), "");
      } else {
        EXPECT_THAT(in_clear(folder.path()), HasSubstr("ledger.db-wal: ePatient.Zz7")) << "the look is blind";
      }
    }
    if (!with_key) continue;
    EXPECT_EQ(in_clear(folder.path()), "");
  }
}

TEST(SealedRows, AreReadBackWholeWithTheirHistory) {
  temporary_folder folder;
  watched_vfs disk;
  disk.skip_syncs();
  const secret key = make_key();
  {
    virtual_runtime rt({});
    const auto ledger = open_ledger(rt, folder.ledger(), under(key)).value();
    ASSERT_TRUE(run(rt, ledger->plan(telling_row("a"))));
    tell_all(rt, *ledger, "a");
  }
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger(), under(key)).value();
  const auto all = run(rt, ledger->history("a")).value();
  const auto wanted = telling_row("a");
  for (const auto field : {&ledger_row::patient, &ledger_row::encounter, &ledger_row::code,
                           &ledger_row::order_key, &ledger_row::payload, &ledger_row::payload_sha256}) {
    EXPECT_EQ(all.row.*field, wanted.*field);
  }
  EXPECT_FALSE(all.row.damaged);
  EXPECT_EQ(all.row.resource_id, "eFound.Zz7");
  EXPECT_EQ(all.row.reason, "smithzzseven");
  ASSERT_EQ(all.transitions.size(), 5U);
  EXPECT_EQ(all.transitions.at(1).reason, "because");
  EXPECT_EQ(all.transitions.at(2).reason, "answer named eMaybe.Zz7");
  EXPECT_EQ(all.transitions.at(2).resource_id, "eMaybe.Zz7");
  EXPECT_EQ(all.transitions.at(4).reason, "smithzzseven");
  EXPECT_EQ(all.searches.at(0).how, "identifier");
  EXPECT_EQ(all.searches.at(1).how, "at eSearch.Zz7");
}

TEST(SealedRows, KeepOrderNumbersUniqueByTenantAndType) {
  temporary_folder folder;
  watched_vfs disk;
  disk.skip_syncs();
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger(), under(make_key())).value();
  ASSERT_TRUE(run(rt, ledger->plan(telling_row("a"))));
  const auto again = run(rt, ledger->plan(telling_row("b")));
  EXPECT_EQ(again.error(), make_error_code(errc::exists));
  EXPECT_THAT(again.error().message(), HasSubstr("as a"));
  ledger_row other = telling_row("b");
  other.patient = "ePatient.Zz8";
  EXPECT_EQ(run(rt, ledger->plan(other)).error(), make_error_code(errc::content_differs));
  other.tenant = "south";
  EXPECT_TRUE(run(rt, ledger->plan(other)));
  other = telling_row("c");
  other.resource_type = "MedicationRequest";
  EXPECT_TRUE(run(rt, ledger->plan(other)));
  EXPECT_EQ(run(rt, ledger->find_order("south", "ServiceRequest", "Order.Zz7")).value().operation, "b");
  EXPECT_EQ(run(rt, ledger->find_order("north", "ServiceRequest", "Order.Zz8")).error(),
            make_error_code(errc::not_found));
  ledger_row unnumbered = row_of("d");
  ASSERT_TRUE(run(rt, ledger->plan(unnumbered)));
  EXPECT_EQ(run(rt, ledger->find_order("", "ServiceRequest", "d")).value().order_key, "d");
  unnumbered.operation = "e";
  unnumbered.order_key = "d";
  EXPECT_EQ(run(rt, ledger->plan(unnumbered)).error(), make_error_code(errc::exists)) << "as without a key";
  auto file = database::open(folder.ledger()).value();
  EXPECT_EQ(file.query_text("SELECT count(DISTINCT order_key) FROM ledger").value(), "4")
      << "equal numbers of different tenants are not seen to be equal";
}

// ---- what is changed on the disk

struct damage {
  const char* what;
  const char* sql;
};

TEST(SealedRows, ThatWereChangedAreSaidToBeDamagedAndOfNobody) {
  constexpr damage all[] = {
      {"a bit of the row",
       "UPDATE ledger SET sealed = CAST(substr(sealed, 1, 40) || x'00' || substr(sealed, "
       "42) AS BLOB) WHERE operation = 'a'"},
      {"the row cut short", "UPDATE ledger SET sealed = substr(sealed, 1, 30) WHERE operation = 'a'"},
      {"the row gone", "UPDATE ledger SET sealed = x'' WHERE operation = 'a'"},
      {"the row no bytes", "UPDATE ledger SET sealed = 17 WHERE operation = 'a'"},
      {"another row's",
       "UPDATE ledger SET sealed = (SELECT sealed FROM ledger WHERE operation = 'b') WHERE "
       "operation = 'a'"},
      {"a patient in clear", "UPDATE ledger SET sealed = x'', patient = 'eOther' WHERE operation = 'a'"},
  };
  for (const auto& one : all) {
    temporary_folder folder;
    watched_vfs disk;
    disk.skip_syncs();
    virtual_runtime rt({});
    const auto ledger = open_ledger(rt, folder.ledger(), under(make_key())).value();
    for (const auto* operation : {"a", "b"}) {
      ledger_row row = telling_row(operation);
      row.order_key.clear();
      ASSERT_TRUE(run(rt, ledger->plan(row)));
    }
    ASSERT_TRUE(database::open(folder.ledger()).value().execute(one.sql));
    const auto row = run(rt, ledger->find("a")).value();
    EXPECT_TRUE(row.damaged) << one.what;
    EXPECT_EQ(row.patient + row.encounter + row.code + row.payload + row.payload_sha256, "") << one.what;
    EXPECT_EQ(row.state, write_state::planned);
    EXPECT_EQ(run(rt, ledger->list(write_state::planned, 9)).value().size(), 2U);
    EXPECT_FALSE(run(rt, ledger->find("b")).value().damaged);
    ledger_row same = telling_row("a");
    same.order_key.clear();
    EXPECT_EQ(run(rt, ledger->plan(same)).error(), make_error_code(errc::content_differs)) << one.what;
    ledger_row nobody = row_of("a", "");
    nobody.patient.clear();
    EXPECT_EQ(run(rt, ledger->plan(nobody)).error(), make_error_code(errc::content_differs))
        << "nobody is no content that matches";
  }
}

TEST(SealedRows, NoticeChangedIdsReasonsAndSearches) {
  constexpr damage all[] = {
      {"an id in clear", "UPDATE ledger SET resource_id = 'eForged'"},
      {"an id of another row",
       "UPDATE ledger SET resource_id = (SELECT resource_id FROM ledger WHERE "
       "operation = 'b') WHERE operation = 'a'"},
      {"an id for a reason", "UPDATE ledger SET reason = resource_id"},
      {"a reason in clear", "UPDATE ledger SET reason = 'Mr Smith'"},
      {"a transition's id", "UPDATE transitions SET resource_id = 'eForged' WHERE version = 3"},
      {"a transition's reason", "UPDATE transitions SET reason = x'00' WHERE version = 3"},
      {"a search", "UPDATE searches SET how = x'0102'"},
  };
  for (const auto& one : all) {
    temporary_folder folder;
    watched_vfs disk;
    disk.skip_syncs();
    virtual_runtime rt({});
    const auto ledger = open_ledger(rt, folder.ledger(), under(make_key())).value();
    for (const auto* operation : {"a", "b"}) {
      ledger_row row = telling_row(operation);
      row.order_key.clear();
      ASSERT_TRUE(run(rt, ledger->plan(row)));
      tell_all(rt, *ledger, operation);
    }
    EXPECT_FALSE(run(rt, ledger->history("a")).value().row.damaged);
    ASSERT_TRUE(database::open(folder.ledger()).value().execute(one.sql)) << one.what;
    const auto found = run(rt, ledger->history("a")).value();
    EXPECT_TRUE(found.row.damaged) << one.what;
    EXPECT_NE(found.row.resource_id, "eForged");
    EXPECT_NE(found.transitions.at(2).resource_id, "eForged");
    EXPECT_EQ(found.row.patient, "ePatient.Zz7") << "what opens is still shown";
  }
}

TEST(SealedRows, ThatAreDamagedAreReleasedByNobody) {
  temporary_folder folder;
  watched_vfs disk;
  disk.skip_syncs();
  virtual_runtime rt({});
  const auto ledger = open_ledger(rt, folder.ledger(), under(make_key())).value();
  ASSERT_TRUE(run(rt, ledger->plan(telling_row("a"))));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::planned, write_state::sending))));
  ASSERT_TRUE(run(rt, ledger->advance(move_of("a", write_state::sending, write_state::needs_review))));
  ASSERT_TRUE(database::open(folder.ledger()).value().execute("UPDATE ledger SET sealed = x'17'"));
  EXPECT_TRUE(run(rt, ledger->worklist(9)).value().at(0).row.damaged);
  const resolution decided{"a", "nurse", {}, wall_time(9s), 0};
  EXPECT_EQ(run(rt, ledger->release_once(decided)).error(), make_error_code(errc::not_allowed));
  EXPECT_TRUE(run(rt, ledger->resolve_written(decided, "eFound.Zz7"))) << "a person has looked";
}

// ---- the pieces

std::string random_text(runtime::random_stream& random) {
  std::string text(random.below(40), '\0');
  for (char& c : text) c = static_cast<char>(random.below(256));
  return text;
}

TEST(RowSeal, OpensWhatItSealedAndNothingElse) {
  for (std::uint64_t seed = 1; seed <= seeds(20); ++seed) {
    runtime::random_stream random(seed);
    row_seal mine(make_key());
    ledger_row row;
    for (const auto field :
         {&ledger_row::operation, &ledger_row::patient, &ledger_row::encounter, &ledger_row::code,
          &ledger_row::payload_sha256, &ledger_row::order_key, &ledger_row::payload}) {
      row.*field = random_text(random);
    }
    const bool lost = random.below(2) == 0;
    const std::string sealed = mine.seal_row(row, lost);
    ledger_row got;
    got.operation = row.operation;
    ASSERT_TRUE(mine.open_row(sealed, got)) << "seed " << seed;
    EXPECT_EQ(got.damaged, lost);
    EXPECT_EQ(got.patient, row.patient);
    EXPECT_EQ(got.code, row.code);
    EXPECT_EQ(got.payload, row.payload);
    EXPECT_EQ(got.order_key, row.order_key.empty() ? row.operation : row.order_key);
    std::string changed = sealed;
    changed[random.below(changed.size())] ^= static_cast<char>(1U << random.below(8));
    ledger_row none;
    none.operation = row.operation;
    EXPECT_FALSE(mine.open_row(changed, none)) << "seed " << seed;
    EXPECT_EQ(none.patient, "");
    EXPECT_FALSE(row_seal(make_key()).open_row(sealed, none));
  }
}

TEST(RowSeal, LeavesOnlyWordsOfTheProgramInClear) {
  for (const auto* word : {"", "sending", "no_complete_search"}) EXPECT_TRUE(is_plain_word(word)) << word;
  for (const auto* text :
       {"Smith", "e1", "two words", "a-b", "sixty_bytes_are_more_than_any_reason_needs_here"})
    EXPECT_FALSE(is_plain_word(text)) << text;
}

}  // namespace
}  // namespace epicenter::store::test
