#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/tests/support.hpp"

namespace epicenter::reports {
namespace {

using namespace testing;
namespace fs = std::filesystem;

class write_all_ : public ::testing::Test {
 protected:
  write_all_() {
    std::string name = (fs::temp_directory_path() / "reports-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  ~write_all_() override {
    std::error_code ignored;
    fs::permissions(root_, fs::perms::owner_all, ignored);
    fs::remove_all(root_, ignored);
  }
  static std::string content(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  static std::vector<std::string> files_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& f : fs::directory_iterator(folder)) names.push_back(f.path().filename().string());
    return names;
  }
  fs::path root_;
};

TEST_F(write_all_, makes_the_folder_and_every_file_whole_and_nothing_else) {
  const auto folder = root_ / "out" / "epic" / "virtual";
  ASSERT_TRUE(write_all(folder.string(), one_run(), some_meta()).has_value());
  EXPECT_THAT(files_in(folder),
              ::testing::UnorderedElementsAre("run.json", "run.meta.json", "junit.xml", "events.jsonl"));
  for (const auto& f : all_formats()) {
    EXPECT_EQ(content(folder / f.file_name), f.write(one_run(), some_meta())) << f.file_name;
  }
  const auto before = content(folder / "run.json");
  ASSERT_TRUE(write_all(folder.string(), one_run(), some_meta()).has_value()) << "over what is there";
  EXPECT_EQ(content(folder / "run.json"), before);
}

TEST_F(write_all_, a_new_run_takes_the_reports_of_an_earlier_one_away) {
  const auto folder = root_ / "out";
  ASSERT_TRUE(write_all(folder.string(), one_run(), some_meta()).has_value());
  ASSERT_TRUE(prepare_folder(folder.string()).has_value());
  EXPECT_TRUE(std::filesystem::is_empty(folder))
      << "a run that ends without a record must not show an old one";
}

TEST_F(write_all_, a_folder_that_cannot_be_made_is_not_writable) {
  std::ofstream(root_ / "file") << "x";
  for (const auto& folder : {root_ / "file", root_ / "file" / "below"}) {
    const auto prepared = prepare_folder(folder.string());
    ASSERT_FALSE(prepared.has_value()) << folder;
    EXPECT_TRUE(prepared.error() == errc::not_writable);
    EXPECT_FALSE(write_all(folder.string(), one_run(), some_meta()).has_value());
  }
}

TEST_F(write_all_, a_folder_without_permission_is_not_writable) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  fs::permissions(root_, fs::perms::owner_read | fs::perms::owner_exec);
  const auto prepared = prepare_folder(root_.string());
  ASSERT_FALSE(prepared.has_value());
  EXPECT_TRUE(prepared.error() == errc::not_writable);
}

TEST_F(write_all_, a_file_that_cannot_be_replaced_leaves_no_draft) {
  fs::create_directories(root_ / "junit.xml" / "occupied");
  const auto written = write_all(root_.string(), one_run(), some_meta());
  ASSERT_FALSE(written.has_value());
  EXPECT_TRUE(written.error() == errc::not_writable);
  EXPECT_THAT(files_in(root_), ::testing::Each(::testing::Not(::testing::HasSubstr(".part"))));
  EXPECT_THAT(files_in(root_), ::testing::Not(::testing::Contains(".writable")));
}

TEST_F(write_all_, a_full_disk_is_not_writable) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  fs::create_symlink("/dev/full", root_ / "run.json.part");
  const auto written = write_all(root_.string(), one_run(), some_meta());
  ASSERT_FALSE(written.has_value());
  EXPECT_TRUE(written.error() == errc::not_writable);
  EXPECT_FALSE(fs::exists(root_ / "run.json"));
  EXPECT_FALSE(fs::is_symlink(root_ / "run.json.part"));
}

}  // namespace
}  // namespace epicenter::reports
