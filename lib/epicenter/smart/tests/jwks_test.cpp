#include <gtest/gtest.h>

#include <array>
#include <epicenter/json/parse.hpp>
#include <epicenter/smart/file.hpp>
#include <epicenter/smart/jwks.hpp>
#include <set>

#include "lib/epicenter/smart/tests/temporary_folder.hpp"
#include "lib/epicenter/smart/tests/test_keys.hpp"

namespace epicenter::smart {
namespace {

// Members that RFC 7518 calls private, and any other that is not on the list of public ones.
std::set<std::string> strangers(const json::value& document) {
  const std::set<std::string> allowed{"kty", "n", "e", "crv", "x", "y", "use", "alg", "kid"};
  std::set<std::string> found;
  for (const json::value& key : *document.find("keys")->if_array())
    for (const auto& [name, value] : *key.if_object())
      if (!allowed.contains(name)) found.insert(name);
  return found;
}

TEST(jwks, holds_public_members_only) {
  const std::array<private_key, 4> keys{named_key(algorithm::rs384, "a"), named_key(algorithm::rs512, "b"),
                                        named_key(algorithm::es256, "c"), named_key(algorithm::es384, "d")};
  const auto text = jwks_document(keys);
  ASSERT_TRUE(text.has_value());
  const auto document = json::parse(*text);
  ASSERT_TRUE(document.has_value());
  EXPECT_TRUE(strangers(*document).empty());
  for (const char* i : {"0", "1", "2", "3"})
    EXPECT_EQ(document->string_at(std::string("keys.") + i + ".use"), "sig");
  EXPECT_EQ(document->string_at("keys.0.alg"), "RS384");
  EXPECT_EQ(document->string_at("keys.0.n").size(), 342U);  // 2048 bits
  EXPECT_EQ(document->string_at("keys.2.crv"), "P-256");
  EXPECT_EQ(document->string_at("keys.3.y").size(), 64U);
  EXPECT_EQ(document->string_at("keys.3.kid"), "d");
}

TEST(jwks, the_search_for_strangers_finds_a_private_member) {
  const auto leaking = json::parse(R"({"keys":[{"kty":"EC","kid":"a","x":"","y":"","d":"secret"}]})");
  EXPECT_EQ(strangers(*leaking), std::set<std::string>{"d"});
}

TEST(jwks, one_kid_and_type_names_one_key) {
  const auto ec = named_key(algorithm::es384, "same");
  const std::array<private_key, 2> clash{ec, named_key(algorithm::es256, "same")};
  EXPECT_EQ(jwks_document(clash).error(), make_error_code(errc::bad_key_set));
  const std::array<private_key, 2> apart{ec, named_key(algorithm::rs384, "same")};
  EXPECT_TRUE(jwks_document(apart).has_value());
  EXPECT_EQ(jwks_document({}).error(), make_error_code(errc::bad_key_set));
}

TEST(jwks, the_file_is_readable_by_a_web_server_and_replaced_whole) {
  const temporary_folder folder;
  const auto path = folder.file("jwks.json");
  const std::array<private_key, 1> one{named_key(algorithm::es384, "one")};
  const std::array<private_key, 1> two{named_key(algorithm::es384, "two")};
  ASSERT_TRUE(write_jwks_file(path, one).has_value());
  EXPECT_EQ(mode_of(path), 0644U);
  folder.put("jwks.json.new", "left over by a crash");
  ASSERT_TRUE(write_jwks_file(path, two).has_value());
  EXPECT_EQ(json::parse(content_of(path))->string_at("keys.0.kid"), "two");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(jwks, a_file_that_cannot_be_written_leaves_the_old_one) {
  const temporary_folder folder;
  const std::array<private_key, 1> one{named_key(algorithm::es384, "one")};
  EXPECT_EQ(write_jwks_file(folder.file("absent/jwks.json"), one).error(), make_error_code(errc::unwritable));
  std::filesystem::create_directory(folder.file("taken"));
  folder.put("taken/inside", "x");
  EXPECT_EQ(replace_file(folder.file("taken"), "y", 0600).error(), make_error_code(errc::unwritable));
  EXPECT_EQ(content_of(folder.file("taken/inside")), "x");
  EXPECT_FALSE(std::filesystem::exists(folder.file("taken.new")));
}

}  // namespace
}  // namespace epicenter::smart
