// From a deployment's settings to an adapter.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <epicenter/base/cause.hpp>
#include <epicenter/epic/open.hpp>
#include <epicenter/http/private_ca.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <filesystem>
#include <fstream>

namespace epicenter::epic {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A folder with a key in it, and the settings that a deployment cannot do without.
class opening : public ::testing::Test {
 protected:
  opening() : folder_(::testing::TempDir() + "epicenter-open-XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    set["EPIC_BASE_URL"] = "https://fhir.epic.example/api/FHIR/R4";
    set["EPIC_TOKEN_URL"] = "https://fhir.epic.example/oauth2/token";
    set["EPIC_CLIENT_ID"] = "client";
    set["EPIC_PRIVATE_KEY_PATH"] = key(smart::algorithm::es384);
    set["EPICENTER_DATA"] = path("data");
  }
  ~opening() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::string key(smart::algorithm kind) const {
    const auto made = smart::generate_test_key(kind).value();
    return write("key.pem", made.to_pem().value().reveal());
  }
  environment env() const {
    return [this](const std::string& name) -> std::optional<std::string> {
      const auto found = set.find(name);
      if (found == set.end()) return std::nullopt;
      return found->second;
    };
  }
  result<opened_adapter> open() { return open_adapter(rt, env()); }
  /// What stands in the way, or nothing.
  std::string refusal(settings_errc expected) {
    const auto opened = open();
    if (opened) return "opened";
    EXPECT_EQ(opened.error(), make_error_code(expected)) << opened.error().message();
    return opened.error().message();
  }

  runtime::virtual_runtime rt{runtime::virtual_options{}};
  std::map<std::string, std::string> set;

 private:
  std::string folder_;
};

TEST_F(opening, the_least_settings_give_an_adapter_whose_files_are_its_own) {
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(opened->epic->held_resources(), 0U);
  for (const auto& [name, mode] : {std::pair("data", 0700U), std::pair("data/ledger.sqlite", 0600U),
                                   std::pair("data/audit.sqlite", 0600U)}) {
    struct stat there {};
    ASSERT_EQ(::stat(path(name).c_str(), &there), 0) << name;
    EXPECT_EQ(there.st_mode & 0777U, mode) << name;
  }
}

TEST_F(opening, every_missing_setting_is_named_at_once) {
  set.erase("EPIC_BASE_URL");
  set.erase("EPIC_PRIVATE_KEY_PATH");
  set.erase("EPICENTER_DATA");
  const std::string said = refusal(settings_errc::bad);
  for (const char* name :
       {"EPIC_BASE_URL is not set", "EPIC_PRIVATE_KEY_PATH is not set", "EPICENTER_DATA is not set"})
    EXPECT_THAT(said, HasSubstr(name));
}

TEST_F(opening, a_token_url_may_be_left_to_discovery) {
  set.erase("EPIC_TOKEN_URL");
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_FALSE(opened->epic->access().token_url.has_value());
}

TEST_F(opening, a_key_that_others_can_read_is_warned_of) {
  ASSERT_EQ(::chmod(set["EPIC_PRIVATE_KEY_PATH"].c_str(), 0644), 0);
  auto opened = open();
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_THAT(opened->warnings, ::testing::ElementsAre(HasSubstr("mode 0644")));
  opened = {};
  ASSERT_EQ(::chmod(set["EPIC_PRIVATE_KEY_PATH"].c_str(), 0400), 0);
  opened = open();
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_THAT(opened->warnings, ::testing::IsEmpty());
}

struct bad_setting {
  std::string name;
  std::string value;
  settings_errc kind = settings_errc::bad;
};

TEST_F(opening, what_cannot_be_used_is_named_and_never_quoted) {
  const std::string hush = "hush-hush";
  write("junk.pem", hush);
  const std::vector<bad_setting> all{
      {"EPIC_BASE_URL", "ftp://hush-hush"},
      {"EPIC_BASE_URL", "http://fhir.epic.example/R4"},
      {"EPIC_TOKEN_URL", "http://10.1.2.3/token"},
      {"EPIC_PRIVATE_KEY_PATH", path("junk.pem")},
      {"EPIC_PRIVATE_KEY_PATH", path("nowhere.pem")},
      {"EPIC_KEY_ALGORITHM", "HS256"},
      {"EPIC_JWKS_URL", "http://hospital.example/keys.json"},
      {"EPICENTER_READ_SITE", "hourly"},
      {"EPICENTER_PROFILE", "heroic"},
      {"EPICENTER_CA", path("nowhere.pem")},
      {"EPICENTER_CLIENT_CERTIFICATE", path("junk.pem")},
      {"EPICENTER_PROXY", "http://user:hush-hush%zz@proxy:1"},
      {"EPICENTER_DATA", path("no/such/folder"), settings_errc::no_store},
      {"EPICENTER_DATA", path("junk.pem"), settings_errc::no_store},
  };
  const auto whole = set;
  for (const bad_setting& one : all) {
    set = whole;
    set[one.name] = one.value;
    const std::string said = refusal(one.kind);
    EXPECT_THAT(said, HasSubstr(one.name)) << one.value;
    EXPECT_THAT(said, Not(HasSubstr(hush)));
  }
  set = whole;
  set["EPICENTER_PROXY"] = "proxy:3128";
  set["EPICENTER_NO_PROXY"] = "10.0.0.0/99";
  EXPECT_THAT(refusal(settings_errc::bad), HasSubstr("EPICENTER_NO_PROXY"));
}

TEST_F(opening, a_key_that_fits_no_algorithm_asked_for_is_refused) {
  set["EPIC_KEY_ALGORITHM"] = "RS384";
  EXPECT_THAT(refusal(settings_errc::bad), HasSubstr("EPIC_PRIVATE_KEY_PATH"));
  for (const auto kind : {smart::algorithm::rs384, smart::algorithm::es256, smart::algorithm::es384}) {
    set["EPIC_PRIVATE_KEY_PATH"] = key(kind);
    set.erase("EPIC_KEY_ALGORITHM");
    EXPECT_TRUE(open()) << to_string(kind);
    set["EPIC_KEY_ALGORITHM"] = std::string(to_string(kind));
    EXPECT_TRUE(open()) << to_string(kind);
  }
}

TEST_F(opening, plain_http_is_for_this_machine_only) {
  for (const char* host : {"127.0.0.1", "[::1]", "localhost"}) {
    set["EPIC_BASE_URL"] = std::string("http://") + host + ":8080/R4";
    EXPECT_TRUE(open()) << host;
  }
}

TEST_F(opening, a_client_certificate_may_have_an_encrypted_key) {
  const auto ca = http::private_ca::make(rt.wall()).value();
  const auto shown = ca.issue_client("adapter", rt.wall()).value();
  set["EPICENTER_CA"] = write("ca.pem", ca.pem());
  set["EPICENTER_CLIENT_CERTIFICATE"] = write("client.pem", shown.pem);
  set["EPICENTER_CLIENT_KEY"] = write("client.key", shown.key_pem);
  EXPECT_TRUE(open());
  set["EPICENTER_CLIENT_KEY"] = set["EPIC_PRIVATE_KEY_PATH"];
  EXPECT_THAT(refusal(settings_errc::bad), HasSubstr("EPICENTER_CLIENT_CERTIFICATE"));
}

TEST_F(opening, the_proxy_of_the_environment_is_used_only_where_it_is_asked_for) {
  set["HTTPS_PROXY"] = "http://surprise.example:3128";
  set["NO_PROXY"] = "lan.example";
  EXPECT_FALSE(settings_from(env()).value().proxy.has_value());
  set["EPICENTER_PROXY"] = "environment";
  set["EPICENTER_NO_PROXY"] = "other.example";
  auto proxy = settings_from(env()).value().proxy;
  ASSERT_TRUE(proxy.has_value());
  EXPECT_EQ(proxy->where.server.host, "surprise.example");
  EXPECT_TRUE(proxy->direct.covers({"a.lan.example", 443, ""}));
  EXPECT_TRUE(proxy->direct.covers({"other.example", 443, ""}));
  set["EPICENTER_PROXY"] = "own.example:8080";
  proxy = settings_from(env()).value().proxy;
  EXPECT_EQ(proxy->where.server.host, "own.example");
  EXPECT_FALSE(proxy->direct.covers({"a.lan.example", 443, ""}));
  set.erase("HTTPS_PROXY");
  set["EPICENTER_PROXY"] = "environment";
  EXPECT_FALSE(settings_from(env()).value().proxy.has_value());
}

}  // namespace
}  // namespace epicenter::epic
