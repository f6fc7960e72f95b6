// Stubs and bodies in a directory.
#include <filesystem>
#include <fstream>

#include "mock-epic/stubs/error.hpp"
#include "mock-epic/tests/stub_fixture.hpp"

namespace epicenter::mock::stubs::test {
namespace {

namespace fs = std::filesystem;

class stub_directory : public testing::Test {
 protected:
  stub_directory() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root = fs::temp_directory_path() / ("epicenter-stubs-" + std::string(info->name()));
    fs::remove_all(root);
    fs::create_directories(root / "mappings" / "deep");
    fs::create_directories(root / "__files");
  }
  ~stub_directory() override { fs::remove_all(root); }

  void write(const std::string& path, const std::string& text) const {
    std::ofstream(root / path) << quoted(text);
  }
  engine_options options() const {
    engine_options made;
    made.directory = root.string();
    return made;
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& one : fs::recursive_directory_iterator(root / "mappings"))
      count += one.is_regular_file() ? 1U : 0U;
    return count;
  }

  fs::path root;
};

TEST_F(stub_directory, is_read_recursively_one_stub_or_several_a_file) {
  write("mappings/one.json", "{'request':{'url':'/one'},'response':{'bodyFileName':'b.txt'}}");
  write("mappings/deep/two.json", "{'mappings':[{'request':{'url':'/two'}},{'request':{'url':'/three'}}]}");
  write("mappings/readme.txt", "not a stub");
  write("__files/b.txt", "from a file");
  desk d(options());
  const result<> loaded = d.engine.load();
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_EQ(d.get("/one")->response.body, "from a file");
  EXPECT_TRUE(d.get("/two"));
  EXPECT_TRUE(d.get("/three"));
  write("__files/b.txt", "changed");
  EXPECT_EQ(d.get("/one")->response.body, "changed");
}

TEST_F(stub_directory, tells_every_mistake_of_every_file) {
  write("mappings/bad.json", "{'request':{'bogus':1}}");
  write("mappings/deep/worse.json", "{");
  write("mappings/several.json", "{'mappings':[{},{'response':{'status':1}}]}");
  desk d(options());
  const result<> loaded = d.engine.load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error(), make_error_code(errc::bad_stub));
  const std::string told = loaded.error().message();
  EXPECT_NE(told.find("mappings/bad.json/request/bogus: Unrecognized field"), std::string::npos) << told;
  EXPECT_NE(told.find("mappings/deep/worse.json: "), std::string::npos) << told;
  EXPECT_NE(told.find("mappings/several.json /mappings/1/response/status"), std::string::npos) << told;
}

TEST_F(stub_directory, keeps_persistent_stubs_and_forgets_the_others) {
  write("mappings/kept.json", "{'id':'0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77','request':{'url':'/kept'}}");
  desk d(options());
  ASSERT_TRUE(d.engine.load());
  d.add("{'request':{'url':'/passing'}}");
  const std::string id = d.add("{'name':'My Stub','persistent':true,'request':{'url':'/mine'}}");
  EXPECT_TRUE(fs::exists(root / "mappings" / ("my-stub-" + id + ".json")));
  EXPECT_EQ(d.admin("POST", "/mappings/reset").status, 200U);
  EXPECT_TRUE(d.get("/kept"));
  EXPECT_TRUE(d.get("/mine"));
  EXPECT_FALSE(d.get("/passing"));
  EXPECT_EQ(d.admin("DELETE", "/mappings/" + id).status, 200U);
  EXPECT_EQ(files(), 1U);
  d.add("{'request':{'url':'/saved'}}");
  EXPECT_EQ(d.admin("POST", "/mappings/save").status, 200U);
  EXPECT_EQ(files(), 2U);
  desk again(options());
  ASSERT_TRUE(again.engine.load());
  EXPECT_TRUE(again.get("/saved"));
  EXPECT_EQ(d.admin("DELETE", "/mappings").status, 200U);
  EXPECT_EQ(files(), 0U);
}

TEST_F(stub_directory, is_not_left_by_any_path) {
  const fs::path outside = root.parent_path() / "epicenter-outside.txt";
  std::ofstream(outside) << "outside";
  fs::create_symlink(outside, root / "__files" / "link.txt");
  desk d(options());
  const std::vector<std::string> paths{"../epicenter-outside.txt",
                                       "a/../../epicenter-outside.txt",
                                       outside.string(),
                                       "link.txt",
                                       "a//b",
                                       ".",
                                       "..",
                                       "a\\..\\b"};
  for (const std::string& path : paths) {
    const auto read = d.engine.store().files().read(path);
    ASSERT_FALSE(read) << path;
    EXPECT_EQ(read.error(), make_error_code(errc::outside)) << path;
    EXPECT_FALSE(d.engine.store().files().write(path, "x")) << path;
    EXPECT_FALSE(d.engine.store().files().remove(path)) << path;
  }
  EXPECT_EQ(d.admin("PUT", "/files/%2e%2e/x", "y").status, 400U);
  EXPECT_EQ(d.admin("PUT", "/files/new/x.txt", "y").status, 200U);
  EXPECT_EQ(d.admin("GET", "/files/new/x.txt").body, "y");
  fs::remove(outside);
}

TEST_F(stub_directory, of_none_nothing_is_written) {
  desk d;
  d.add("{'persistent':true}");
  EXPECT_EQ(d.admin("POST", "/mappings/save").status, 200U);
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace epicenter::mock::stubs::test
