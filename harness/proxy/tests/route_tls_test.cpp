#include "harness/proxy/route_tls.hpp"

#include <gtest/gtest.h>

#include <epicenter/http/error.hpp>
#include <epicenter/runtime/error.hpp>
#include <filesystem>
#include <fstream>

namespace epicenter::proxy {
namespace {

const wall_time day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

class route_tls_loader : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("route_tls_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string folder() const { return folder_.string(); }

  route_tls_files whole() const {
    route_tls_files files;
    files.terminate = files.originate = true;
    files.certificate = write("server.pem", server.pem);
    files.private_key = write("server.key", server.key_pem);
    files.client_ca = write("clients.pem", ca.pem());
    files.upstream_ca = write("upstream.pem", ca.pem());
    files.upstream_certificate = write("client.pem", client.pem);
    files.upstream_private_key = write("client.key", client.key_pem);
    files.server_name = "fhir.example.org";
    return files;
  }

  http::private_ca ca = http::private_ca::make(day).value();
  http::certificate server = ca.issue({"fhir.example.org"}, day).value();
  http::certificate client = ca.issue_client("proxy", day).value();

 private:
  std::filesystem::path folder_;
};

TEST_F(route_tls_loader, reads_every_file) {
  const auto read = load_route_tls(whole());
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_TRUE(read->terminate && read->originate);
  EXPECT_EQ(read->certificate_pem, server.pem);
  EXPECT_EQ(read->private_key_pem, server.key_pem);
  EXPECT_EQ(read->client_ca_pem, ca.pem());
  EXPECT_EQ(read->upstream_ca_pem, ca.pem());
  EXPECT_EQ(read->upstream_certificate_pem, client.pem);
  EXPECT_EQ(read->upstream_private_key_pem, client.key_pem);
  EXPECT_EQ(read->server_name, "fhir.example.org");
  EXPECT_TRUE(make_upstream_tls(*read));
  EXPECT_TRUE(tls_faces::make(std::make_shared<http::private_ca>(http::private_ca::make(day).value()),
                              faces_of(*read), day));
  EXPECT_EQ(faces_of(*read).own.pem, server.pem);
  EXPECT_EQ(faces_of(*read).client_ca_pem, ca.pem());
}

TEST_F(route_tls_loader, needs_no_file) {
  const auto nothing = load_route_tls({});
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(nothing->terminate || nothing->originate);
  route_tls_files plain;
  plain.terminate = plain.originate = true;
  EXPECT_TRUE(load_route_tls(plain));
}

TEST_F(route_tls_loader, names_the_file_that_it_cannot_use) {
  const std::string bad = write("bad.pem", "no pem");
  const std::vector<std::string route_tls_files::*> all{&route_tls_files::certificate,
                                                        &route_tls_files::private_key,
                                                        &route_tls_files::client_ca,
                                                        &route_tls_files::upstream_ca,
                                                        &route_tls_files::upstream_certificate,
                                                        &route_tls_files::upstream_private_key};
  for (const auto which : all) {
    for (const std::string& path : {bad, folder() + "/none.pem", folder(), write("empty.pem", ""),
                                    write("large.pem", std::string(1024 * 1024 + 1, '\n'))}) {
      route_tls_files files = whole();
      files.*which = path;
      const auto read = load_route_tls(files);
      ASSERT_FALSE(read) << path;
      EXPECT_NE(read.error().detail().find(path), std::string::npos) << read.error().message();
    }
  }
  route_tls_files foreign = whole();
  foreign.private_key = foreign.upstream_private_key;
  const auto mixed = load_route_tls(foreign);
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error(), make_error_code(http::errc::bad_tls_settings));
  EXPECT_NE(mixed.error().detail().find("key values mismatch"), std::string::npos) << mixed.error().message();
  // No byte of a key stands in what may be logged.
  EXPECT_EQ(mixed.error().message().find("PRIVATE"), std::string::npos);
}

TEST_F(route_tls_loader, refuses_files_that_would_not_be_used) {
  route_tls_files half = whole();
  half.private_key.clear();
  EXPECT_FALSE(load_route_tls(half));
  half = whole();
  half.upstream_certificate.clear();
  EXPECT_FALSE(load_route_tls(half));
  half = whole();
  half.terminate = false;
  EXPECT_FALSE(load_route_tls(half));
  half = whole();
  half.originate = false;
  EXPECT_FALSE(load_route_tls(half));
}

}  // namespace
}  // namespace epicenter::proxy
