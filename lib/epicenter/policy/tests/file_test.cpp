#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "lib/epicenter/base/tests/draws.hpp"
#include "lib/epicenter/policy/tests/flags.hpp"

namespace epicenter::policy {
namespace {

using testing::audited;
using testing::must_apply;
using testing::open_service;
using testing::operator_7;
namespace fs = std::filesystem;

class policy_file : public ::testing::Test {
 protected:
  policy_file() {
    std::string pattern = (fs::temp_directory_path() / "epicenter_policy_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = (folder_ / "features.json").string();
  }
  ~policy_file() override {
    fs::permissions(folder_, fs::perms::owner_all);
    fs::remove_all(folder_);
  }

  void put(std::string_view text, mode_t mode = 0600) {
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), mode);
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  std::string refusal() {
    auto opened = service::open({path_, log_.observer(), {}});
    return opened ? "opened" : opened.error().message();
  }

  fs::path folder_;
  std::string path_;
  audited log_;
};

TEST_F(policy_file, settings_outlive_the_process_in_a_file_of_mode_0600) {
  {
    const auto flags = open_service(log_, path_);
    EXPECT_FALSE(fs::exists(path_)) << "nothing was changed";
    must_apply(*flags, {{"epic_fhir_write", set_enabled{false}},
                        {"epic_fhir_write", set_override{"user_123", true}},
                        {"epic_fhir_read_only", set_rollout{2500}},
                        {"epic_voice_commands", set_variants{{{"a", 1}, {"b", 9999}}}}});
  }
  struct stat there {};
  ASSERT_EQ(::stat(path_.c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777U, 0600U);
  EXPECT_FALSE(fs::exists(path_ + ".new"));
  const auto again = open_service(log_, path_);
  EXPECT_FALSE(again->is_enabled(epic_fhir_write, "user_124"));
  EXPECT_TRUE(again->is_enabled(epic_fhir_write, "user_123"));
  EXPECT_EQ(again->snapshot().at(0).rollout, 2500);
  EXPECT_EQ(again->snapshot().at(2).variants.size(), 2U);
}

TEST_F(policy_file, what_is_not_understood_is_refused_and_never_ignored) {
  put(R"({"version":1,"flags":{"epic_fhir_wirte":{"enabled":false}}})");
  EXPECT_EQ(refusal(), "there is no such feature flag: 'epic_fhir_wirte', did you mean 'epic_fhir_write'?");
  put(R"({"version":1,"flags":{"epic_fhir_write":{"enabeld":false}}})");
  EXPECT_EQ(refusal(),
            "the file of feature flags cannot be used: epic_fhir_write.enabeld: no member of a flag, did you "
            "mean 'enabled'?");
  for (const char* bad :
       {"", "{", "[]", R"({"version":2,"flags":{}})", R"({"flags":{}})", R"({"version":1,"flags":{},"x":0})",
        R"({"version":1,"flags":{"epic_fhir_write":{"rollout":10001}}})",
        R"({"version":1,"flags":{"epic_fhir_write":{"rollout":"30%"}}})",
        R"({"version":1,"flags":{"epic_fhir_write":{"enabled":1}}})",
        R"({"version":1,"flags":{"epic_fhir_write":{"overrides":{"":true}}}})",
        R"({"version":1,"flags":{"epic_fhir_write":{"variants":[{"name":"a","weight":1}]}}})",
        R"({"version":1,"flags":{"epic_fhir_write":{"variants":[{"name":"a","weight":10000,"x":0}]}}})"}) {
    put(bad);
    EXPECT_EQ(refusal().rfind("the file of feature flags cannot be used", 0), 0U) << bad << refusal();
  }
}

TEST_F(policy_file, a_file_that_others_may_use_is_refused) {
  put(R"({"version":1,"flags":{}})", 0644);
  EXPECT_NE(refusal().find("0600"), std::string::npos) << refusal();
  put(R"({"version":1,"flags":{}})", 0600);
  EXPECT_EQ(refusal(), "opened");
  fs::rename(path_, path_ + ".real");
  fs::create_symlink(path_ + ".real", path_);
  EXPECT_NE(refusal(), "opened");
  fs::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_NE(refusal().find("regular"), std::string::npos) << refusal();
}

TEST_F(policy_file, a_refused_audit_leaves_the_file_and_the_flags_alone) {
  const auto flags = open_service(log_, path_);
  must_apply(*flags, {{"epic_fhir_write", set_rollout{1000}}});
  const std::string before = content();
  log_.refuses = true;
  EXPECT_FALSE(flags->apply({{"epic_fhir_write", set_enabled{false}}}, operator_7).has_value());
  EXPECT_EQ(content(), before);
  EXPECT_FALSE(fs::exists(path_ + ".new"));
  EXPECT_TRUE(flags->snapshot().at(1).enabled);
}

TEST_F(policy_file, a_change_that_cannot_be_saved_is_not_audited_and_not_made) {
  const auto flags = open_service(log_, (folder_ / "no_such_folder" / "features.json").string());
  const auto refused = flags->apply({{"epic_fhir_write", set_enabled{false}}}, operator_7);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), make_error_code(errc::not_saved));
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "u"));
  EXPECT_EQ(log_.batches, 0U);
}

TEST_F(policy_file, a_file_that_cannot_be_replaced_is_told_as_a_change_taken_back) {
  const auto flags = open_service(log_, path_);
  fs::create_directories(fs::path(path_) / "in_the_way");
  const auto refused = flags->apply({{"epic_fhir_write", set_enabled{false}}}, operator_7);
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(flags->is_enabled(epic_fhir_write, "u"));
  ASSERT_EQ(log_.changes.size(), 2U);
  EXPECT_EQ(log_.changes[0].what.after, "off");
  EXPECT_EQ(log_.changes[1].what.after, "on");
  EXPECT_EQ(log_.changes[1].origin.reason, "not saved, nothing changed");
  EXPECT_FALSE(fs::exists(path_ + ".new"));
}

TEST_F(policy_file, what_a_crash_left_beside_it_is_overwritten) {
  std::ofstream(path_ + ".new") << "half a doc";
  const auto flags = open_service(log_, path_);
  must_apply(*flags, {{"epic_fhir_write", set_enabled{false}}});
  EXPECT_FALSE(open_service(log_, path_)->is_enabled(epic_fhir_write, "u"));
}

TEST_F(policy_file, whatever_is_set_reads_back_the_same) {
  for (std::uint64_t seed = 1; seed <= testkit::seeds_or(5); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    testkit::draws random(seed);
    fs::remove(path_);
    const auto flags = open_service(log_, path_);
    for (int step = 0; step < 10; ++step) {
      const auto& definition = standard_flags()[random.below(standard_flags().size())];
      std::string user = "\"\\ \xC3\xA9" + std::to_string(random.below(5));
      must_apply(*flags, {{definition.name, set_enabled{random.below(2) == 0}},
                          {definition.name, set_rollout{static_cast<int>(random.below(10'001))}},
                          {definition.name, set_override{std::move(user), random.below(2) == 0}}});
      ASSERT_EQ(open_service(log_, path_)->snapshot(), flags->snapshot()) << "step " << step;
    }
  }
}

}  // namespace
}  // namespace epicenter::policy
