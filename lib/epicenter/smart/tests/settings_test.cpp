#include <gtest/gtest.h>

#include <epicenter/smart/settings.hpp>
#include <map>

#include "lib/epicenter/smart/tests/temporary_folder.hpp"
#include "lib/epicenter/smart/tests/test_keys.hpp"

namespace epicenter::smart {
namespace {

using variables = std::map<std::string, std::string, std::less<>>;

environment from(variables known) {
  return [known = std::move(known)](std::string_view name) -> std::optional<std::string> {
    const auto found = known.find(name);
    if (found == known.end()) return std::nullopt;
    return found->second;
  };
}

const variables complete{{"EPIC_CLIENT_ID", "client-1"},
                         {"EPIC_PRIVATE_KEY_PATH", "/etc/epicenter/key.pem"},
                         {"EPIC_TOKEN_URL", "https://epic.example/oauth2/token"},
                         {"EPIC_BASE_URL", "https://epic.example/api/FHIR/R4/"}};

std::string complaint(const given_settings& given, const variables& known) {
  const auto read = read_settings(given, from(known));
  if (read) return {};
  EXPECT_EQ(read.error(), make_error_code(errc::bad_setting));
  return read.error().detail();
}

TEST(settings, come_from_the_environment) {
  const auto read = read_settings({}, from(complete));
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(read->client_id, "client-1");
  EXPECT_EQ(read->private_key_path, "/etc/epicenter/key.pem");
  EXPECT_EQ(read->token_url->to_string(), "https://epic.example/oauth2/token");
  EXPECT_EQ(read->base_url.to_string(), "https://epic.example/api/FHIR/R4");
  EXPECT_FALSE(read->signing.has_value());
}

TEST(settings, the_configuration_comes_before_the_environment) {
  given_settings given;
  given.client_id = "configured";
  given.algorithm = "RS256";
  given.kid = "2026-a";
  given.jwks_url = "https://hospital.example/jwks.json";
  const auto read = read_settings(given, from(complete));
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(read->client_id, "configured");
  EXPECT_EQ(read->signing, algorithm::rs256);
  EXPECT_EQ(read->kid, "2026-a");
  EXPECT_EQ(read->jwks_url->target, "/jwks.json");
}

TEST(settings, the_key_and_where_it_is_published_may_come_from_the_environment) {
  auto known = complete;
  known["EPIC_KEY_ALGORITHM"] = "ES256";
  known["EPIC_KEY_ID"] = "2026-b";
  known["EPIC_JWKS_URL"] = "https://hospital.example/keys.json";
  const auto read = read_settings({}, from(known));
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(read->signing, algorithm::es256);
  EXPECT_EQ(read->kid, "2026-b");
  EXPECT_EQ(read->jwks_url->target, "/keys.json");
}

TEST(settings, a_token_url_may_be_left_to_discovery) {
  auto known = complete;
  known.erase("EPIC_TOKEN_URL");
  const auto read = read_settings({}, from(known));
  ASSERT_TRUE(read.has_value());
  EXPECT_FALSE(read->token_url.has_value());
}

TEST(settings, every_problem_is_told_at_once_with_its_cure) {
  const std::string all = complaint({}, {});
  for (const char* name : {"EPIC_CLIENT_ID is not set", "EPIC_PRIVATE_KEY_PATH is not set",
                           "EPIC_BASE_URL is not set", "set it to the FHIR R4 base"})
    EXPECT_NE(all.find(name), std::string::npos) << all;
}

TEST(settings, what_would_fail_at_epic_is_refused_here_and_not_repeated) {
  const auto changed = [](const char* name, const char* value) {
    auto known = complete;
    known[name] = value;
    return complaint({}, known);
  };
  EXPECT_NE(changed("EPIC_CLIENT_ID", "hunter2 \n").find("EPIC_CLIENT_ID has a blank"), std::string::npos);
  EXPECT_NE(changed("EPIC_TOKEN_URL", "http://epic.example/token").find("must be https"), std::string::npos);
  EXPECT_NE(changed("EPIC_TOKEN_URL", "https://epic.example/token?").find("has a query"), std::string::npos);
  EXPECT_NE(changed("EPIC_BASE_URL", "epic.example/R4").find("not an absolute"), std::string::npos);
  EXPECT_EQ(changed("EPIC_BASE_URL", "https://hunter2@epic.example/").find("hunter2"), std::string::npos);
  EXPECT_TRUE(changed("EPIC_TOKEN_URL", "http://127.0.0.1:9000/token").empty());
  given_settings given;
  given.algorithm = "HS256";
  EXPECT_NE(complaint(given, complete).find("EPIC_KEY_ALGORITHM is not one"), std::string::npos);
}

TEST(key_file, loads_with_the_algorithm_that_fits) {
  const temporary_folder folder;
  for (const auto a : {algorithm::rs384, algorithm::es256, algorithm::es384}) {
    const auto path = folder.put("key.pem", test_key(a).to_pem()->reveal(), 0400);
    const auto loaded = load_key(path, std::nullopt, "kid-1");
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    EXPECT_EQ(loaded->key.signs_with(), a);
    EXPECT_EQ(loaded->key.kid(), "kid-1");
    EXPECT_TRUE(loaded->warnings.empty());
    EXPECT_GT(loaded->modified, wall_time(std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}));
    std::filesystem::remove(path);
  }
  const auto path = folder.put("rsa.pem", test_key(algorithm::rs384).to_pem()->reveal());
  EXPECT_EQ(load_key(path, algorithm::rs512)->key.signs_with(), algorithm::rs512);
  EXPECT_EQ(load_key(path, algorithm::es384).error(), make_error_code(errc::wrong_key_type));
}

TEST(key_file, warns_where_others_can_read_it) {
  const temporary_folder folder;
  const auto pem = *test_key(algorithm::es384).to_pem();
  for (const unsigned mode : {0640U, 0604U, 0660U}) {
    const auto path = folder.put("key.pem", pem.reveal(), mode);
    const auto loaded = load_key(path, std::nullopt);
    ASSERT_TRUE(loaded.has_value());
    ASSERT_EQ(loaded->warnings.size(), 1U);
    EXPECT_NE(loaded->warnings.front().find("chmod"), std::string::npos);
    EXPECT_NE(loaded->warnings.front().find(path), std::string::npos);
  }
}

TEST(key_file, errors_say_what_the_file_is_and_never_what_it_holds) {
  const temporary_folder folder;
  const auto why = [](const std::string& path) {
    const auto loaded = load_key(path, std::nullopt);
    EXPECT_FALSE(loaded.has_value());
    if (loaded) return std::string();
    EXPECT_EQ(loaded.error().message().find("hunter2"), std::string::npos);
    EXPECT_NE(loaded.error().detail().find(path), std::string::npos);
    return loaded.error().message();
  };
  EXPECT_NE(why(folder.file("absent.pem")).find("not there"), std::string::npos);
  EXPECT_NE(why(folder.put("empty.pem", "")).find("empty"), std::string::npos);
  EXPECT_NE(why(folder.put("big.pem", std::string(65537, 'x'))).find("larger"), std::string::npos);
  EXPECT_NE(why(folder.put("junk.pem", "hunter2")).find("not an unencrypted"), std::string::npos);
  const auto titled = [](std::string what) {
    return "-----BEGIN " + what + "-----\nhunter2\n-----END " + what + "-----\n";
  };
  EXPECT_NE(why(folder.put("public.pem", titled("PUBLIC KEY"))).find("public key"), std::string::npos);
  EXPECT_NE(why(folder.put("cert.pem", titled("CERTIFICATE"))).find("certificate"), std::string::npos);
  EXPECT_NE(why(folder.put("locked.pem", titled("ENCRYPTED PRIVATE "
                                                "KEY")))
                .find("encrypted"),
            std::string::npos);
  std::filesystem::create_directory(folder.file("folder.pem"));
  EXPECT_NE(why(folder.file("folder.pem")).find("regular file"), std::string::npos);
}

}  // namespace
}  // namespace epicenter::smart
