#include <gtest/gtest.h>

#include <epicenter/epic/loggable.hpp>

namespace epicenter::epic {
namespace {

TEST(Loggable, ShowsOperationsThatAreUuidsOnly) {
  EXPECT_EQ(loggable_operation("0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77"),
            "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77");
  EXPECT_EQ(loggable_operation("0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b7x"), withheld);
  EXPECT_EQ(loggable_operation("order for Camila"), withheld);
  EXPECT_EQ(loggable_operation(""), withheld);
}

TEST(Loggable, ShowsNamesOfItsOwnVocabularyOnly) {
  for (const auto* name : {"breaker_open", "5xx", "timed_out", ""}) EXPECT_EQ(loggable_name(name), name);
  for (const auto* name : {"Camila", "203713", "a b", "mrn_203713", "x\n"}) {
    EXPECT_EQ(loggable_name(name), withheld) << name;
  }
}

TEST(Loggable, CutsAReferenceDownToItsKnownType) {
  EXPECT_EQ(loggable_type("ServiceRequest/eAbc.3"), "ServiceRequest");
  EXPECT_EQ(loggable_type(""), "");
  EXPECT_EQ(loggable_type("Camila"), withheld);
}

TEST(Loggable, ShowsWhoActed) {
  EXPECT_EQ(loggable_actor("dr.jones-2@clinic.example"), "dr.jones-2@clinic.example");
  EXPECT_EQ(loggable_actor("two words"), withheld);
  EXPECT_EQ(loggable_actor(std::string(65, 'a')), withheld);
}

TEST(Loggable, KeepsTheWordsOfASentenceAndNothingElse) {
  EXPECT_EQ(loggable_text("the token endpoint refused: 400 invalid_client"),
            "the token endpoint refused: 400 invalid_client");
  EXPECT_EQ(loggable_text("no answer from Epic; because Camila 203713 eyJhbGciOi.x.y"),
            "no answer from Epic; because * * *");
  EXPECT_EQ(loggable_text("a\n\"b\""), "*");
  EXPECT_LE(loggable_text(std::string(10'000, 'a')).size(), 200U);
  EXPECT_LE(loggable_text(std::string(1000, ' ') + std::string(1000, 'a')).size(), 200U);
}

}  // namespace
}  // namespace epicenter::epic
