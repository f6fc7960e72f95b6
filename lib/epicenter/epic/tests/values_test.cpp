#include <gmock/gmock.h>

#include <epicenter/epic/context_cache.hpp>
#include <epicenter/epic/digest.hpp>
#include <epicenter/epic/fhir_time.hpp>

namespace epicenter::epic {
namespace {

fetched answer_of(std::size_t bytes, instant at) {
  fetched made;
  made.bytes = bytes;
  made.at = at;
  return made;
}

TEST(ContextCache, ServesNothingAtOrBeyondItsBounds) {
  context_cache cache{cache_options{}};
  cache.put(read_part::allergies, "p", answer_of(10, instant(1s)));
  const auto fresh = [&cache](duration at) {
    return cache.fresh(read_part::allergies, "p", instant(at)) != nullptr;
  };
  const auto stale = [&cache](duration at) {
    return cache.stale(read_part::allergies, "p", instant(at)) != nullptr;
  };
  EXPECT_TRUE(fresh(61s - 1ns));
  EXPECT_FALSE(fresh(61s));
  EXPECT_TRUE(stale(901s - 1ns));
  EXPECT_FALSE(stale(901s));
  EXPECT_EQ(cache.fresh(read_part::problems, "p", instant(1s)), nullptr);
  EXPECT_EQ(cache.fresh(read_part::allergies, "q", instant(1s)), nullptr);
}

TEST(ContextCache, ForgetsWhatWasNotUsedForLongestWhenItIsFull) {
  cache_options options;
  options.max_bytes = 4000;
  context_cache cache(options);
  for (const auto* patient : {"a", "b", "c"}) cache.put(read_part::problems, patient, answer_of(700, {}));
  EXPECT_NE(cache.fresh(read_part::problems, "a", {}), nullptr);
  cache.put(read_part::problems, "d", answer_of(700, {}));
  EXPECT_EQ(cache.fresh(read_part::problems, "b", {}), nullptr);
  EXPECT_NE(cache.fresh(read_part::problems, "a", {}), nullptr);
  EXPECT_LE(cache.bytes(), options.max_bytes);
  cache.put(read_part::problems, "huge", answer_of(5000, {}));
  EXPECT_EQ(cache.entries(), 3U);
  cache.drop(read_part::problems, "a");
  EXPECT_EQ(cache.stale(read_part::problems, "a", {}), nullptr);
}

TEST(ContextCache, KeepsNothingOfAPatientThatEpicSaysIsGoneUntilItIsReadAgain) {
  context_cache cache{cache_options{}};
  cache.put(read_part::demographics, "p", answer_of(10, {}));
  cache.put(read_part::allergies, "p", answer_of(10, {}));
  cache.put(read_part::allergies, "q", answer_of(10, {}));
  cache.bury("p");
  EXPECT_EQ(cache.stale(read_part::demographics, "p", {}), nullptr);
  EXPECT_EQ(cache.stale(read_part::allergies, "p", {}), nullptr);
  EXPECT_NE(cache.stale(read_part::allergies, "q", {}), nullptr);
  cache.put(read_part::allergies, "p", answer_of(10, {}));
  EXPECT_EQ(cache.stale(read_part::allergies, "p", {}), nullptr) << "an answer that was on its way";
  cache.put(read_part::demographics, "p", answer_of(10, {}));
  cache.put(read_part::allergies, "p", answer_of(10, {}));
  EXPECT_NE(cache.stale(read_part::allergies, "p", {}), nullptr);
}

TEST(ContextCache, NeverKeepsWhatChangesWithinTheMinute) {
  context_cache cache{cache_options{}};
  for (const auto part : {read_part::labs, read_part::encounters, read_part::notes}) {
    cache.put(part, "p", answer_of(10, {}));
    EXPECT_EQ(cache.fresh(part, "p", {}), nullptr);
    EXPECT_EQ(cache.stale(part, "p", {}), nullptr);
  }
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(FhirTime, ReadsEveryPrecision) {
  using namespace std::chrono;
  const sys_days day{2026y / March / 2d};
  EXPECT_EQ(parse_fhir_time("2026"), wall_time(sys_days{2026y / January / 1d}));
  EXPECT_EQ(parse_fhir_time("2026-03"), wall_time(sys_days{2026y / March / 1d}));
  EXPECT_EQ(parse_fhir_time("2026-03-02"), wall_time(day));
  EXPECT_EQ(parse_fhir_time("2026-03-02T10:00:00.25+02:00"), wall_time(day) + 8h + 250ms);
  EXPECT_EQ(parse_fhir_time("2026-03-02T23:30:00-01:00"), wall_time(day) + 24h + 30min);
  for (const auto* bad : {"", "26", "2026-13", "2026-02-30", "2026-03-02T25:00:00Z", "2026-03-02T10:00:00Zx",
                          "2026-03-02T10:00:00.Z", "9999", "2026-03-02 10:00"}) {
    EXPECT_FALSE(parse_fhir_time(bad)) << bad;
  }
  EXPECT_EQ(format_fhir_time(wall_time(day) + 9h + 5s + 1ns), "2026-03-02T09:00:05Z");
}

TEST(Digest, IsThatOfTheStandards) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64(""), "");
  for (const auto* text : {"", "f", "fo", "foo", "foobar"}) EXPECT_EQ(decode_base64(base64(text)), text);
  for (const auto* bad : {"Zg", "Zg=", "Z===", "Zm9=Zm8=", "Zm8\n", "Zm-v", "Zm 9"}) {
    EXPECT_FALSE(decode_base64(bad)) << bad;
  }
}

}  // namespace
}  // namespace epicenter::epic
