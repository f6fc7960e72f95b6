#include "mock-epic/oauth/jwks_cache.hpp"

#include <gtest/gtest.h>
#include <epicenter/json/parse.hpp>

namespace epicenter::mock::oauth {
namespace {

TEST(JwksCache, KeepsAsLongAsCacheControlSaysAndEpicAllows) {
  struct row {
    std::string_view header;
    duration kept;
  };
  for (const row& one : std::vector<row>{
           {"", 29h},
           {"public", 29h},
           {"max-age=60", 60s},
           {"public, MAX-AGE=60 , must-revalidate", 60s},
           {"max-age=\"60\"", 60s},
           {"max-age=0", 0s},
           {"max-age=999999999", 29h},
           {"max-age=99999999999999999999999", 29h},
           {"max-age=60, max-age=30", 30s},
           {"max-age", 0s},
           {"max-age=", 0s},
           {"max-age=-1", 0s},
           {"max-age=1x", 0s},
           {"no-store", 0s},
           {"No-Cache", 0s},
           {"max-age=60, no-store", 0s},
           {"private=\"x\", max-age=5", 5s},
           {"s-maxage=5", 29h},
           {",,", 29h},
       })
    EXPECT_EQ(cache_time(one.header), one.kept) << one.header;
}

TEST(JwksCache, ReadsKeySetsWithinBounds) {
  EXPECT_TRUE(read_key_set(R"({"keys":[]})"));
  EXPECT_TRUE(read_key_set(R"({"keys":[{"kty":"RSA"}],"other":1})"));
  std::string many = R"({"keys":[{})";
  for (int i = 0; i < 100; ++i) many += ",{}";
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"keys":{}})"),
        std::string(R"({"keys":[1]})"), std::string(R"({"keys":[]} x)"), std::string("<html>"), many + "]}",
        R"({"keys":[],"x":")" + std::string(max_key_set_bytes, 'x') + "\"}",
        R"({"keys":[],"x":)" + std::string(20, '[') + std::string(20, ']') + "}"})
    EXPECT_FALSE(read_key_set(text)) << text.substr(0, 40);
}

TEST(JwksCache, ForgetsWhatHasExpiredUnlessFrozen) {
  jwks_cache cache(2);
  const json::value a = json::parse(R"({"keys":[{"kid":"a"}]})").value();
  const json::value b = json::parse(R"({"keys":[{"kid":"b"}]})").value();
  const instant t{};
  EXPECT_EQ(cache.find("u", t), nullptr);
  cache.put("u", a, "max-age=10", t);
  ASSERT_NE(cache.find("u", t + 10s - 1ns), nullptr);
  EXPECT_EQ(cache.find("u", t + 10s), nullptr);
  cache.freeze(true);
  ASSERT_NE(cache.find("u", t + 10s), nullptr);
  EXPECT_TRUE(cache.is_stale("u", t + 10s));
  EXPECT_FALSE(cache.is_stale("u", t + 9s));
  cache.put("u", b, "", t);
  EXPECT_EQ(*cache.find("u", t), a) << "frozen";
  cache.put("v", b, "no-store", t);
  ASSERT_NE(cache.find("v", t), nullptr) << "the first is kept while frozen";
  cache.freeze(false);
  EXPECT_EQ(cache.find("v", t), nullptr);
  cache.put("u", b, "no-store", t);
  EXPECT_EQ(cache.find("u", t), nullptr) << "what may not be kept replaces what was";
  cache.put("w", a, "max-age=5", t);
  cache.put("x", a, "max-age=50", t);
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_NE(cache.find("w", t), nullptr);
  cache.put("y", a, "", t);
  EXPECT_EQ(cache.find("w", t), nullptr) << "the first to expire makes place";
  EXPECT_EQ(cache.size(), 2U);
}

}  // namespace
}  // namespace epicenter::mock::oauth
