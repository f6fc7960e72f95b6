// TLS as deployments set it up, and what is said when it fails: own authorities, keys with a passphrase, old
// peers, IPv6.
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <epicenter/base/cause.hpp>
#include <epicenter/http/private_ca.hpp>
#include <epicenter/http/tls_error.hpp>
#include <epicenter/http/tls_files.hpp>
#include <epicenter/http/tls_session.hpp>
#include <filesystem>
#include <fstream>

#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {
namespace {

/// A folder of its own, removed at the end.
class folder {
 public:
  folder() : path_(::testing::TempDir() + "epicenter-tls-XXXXXX") {
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name, std::ios::binary) << text;
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

server_options showing(const certificate& c) {
  server_options so;
  so.tls = make_tls_server({c.pem, c.key_pem}).value();
  return so;
}

certificate for_loopback(const private_ca& ca, world& rt, certificate_flaw flaw = certificate_flaw::none) {
  return ca.issue({"localhost", "127.0.0.1", "::1"}, rt.wall(), flaw).value();
}

client_options with(tls_context_ptr context) {
  client_options co;
  co.tls = std::move(context);
  return co;
}

std::string reason_of(const exchange_result& answer) {
  return answer ? "answered" : answer.error().why.message();
}

struct flaw_and_kind {
  certificate_flaw flaw;
  tls_errc kind;
};

EPICENTER_BOTH_WORLDS(tls_error, each_flaw_of_a_certificate_has_its_own_code) {
  const private_ca ca = private_ca::make(rt.wall()).value();
  const std::vector<flaw_and_kind> all{{certificate_flaw::expired, tls_errc::certificate_expired},
                                       {certificate_flaw::wrong_host, tls_errc::wrong_host},
                                       {certificate_flaw::self_signed, tls_errc::self_signed},
                                       {certificate_flaw::untrusted, tls_errc::untrusted}};
  for (const flaw_and_kind& one : all) {
    rig r(rt, echo, showing(for_loopback(ca, rt, one.flaw)), with(make_tls_client({"", ca.pem()}).value()));
    r.where.tls = true;
    auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
    EXPECT_TRUE(!answer && answer.error().why == make_error_code(errc::tls_failed)) << reason_of(answer);
    EXPECT_TRUE(!answer && find_cause(answer.error().why, make_error_code(one.kind)) != nullptr)
        << reason_of(answer);
    EXPECT_TRUE(!answer && is_about_certificate(answer.error().why) && !answer.error().any_byte_sent);
    co_await r.stop();
  }
}

EPICENTER_VIRTUAL(tls_error, a_certificate_of_tomorrow_is_told_from_one_of_yesterday) {
  const private_ca ca = private_ca::make(rt.wall()).value();
  rig r(rt, echo, showing(for_loopback(ca, rt)), with(make_tls_client({"", ca.pem()}).value()));
  r.where.tls = true;
  rt.set_wall_skew(-48h);
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
  const auto kind = make_error_code(tls_errc::certificate_not_yet_valid);
  EXPECT_TRUE(!answer && find_cause(answer.error().why, kind) != nullptr) << reason_of(answer);
  co_await r.stop();
}

task<> answer_in_plain(runtime::listener& at) {
  auto carrier = co_await runtime::accept(at);
  const std::string text = "HTTP/1.1 400 Bad Request\r\n\r\n";
  if (carrier) (void)co_await runtime::write_all(**carrier, boost::asio::buffer(text));
}

EPICENTER_BOTH_WORLDS(tls_error, a_server_of_plain_text_is_not_taken_for_a_bad_certificate) {
  auto listening = rt.listen(any_port());
  runtime::spawn(rt, "server", answer_in_plain(**listening));
  client web(rt, with(make_tls_client({}).value()));
  origin where;
  where.tls = true;
  where.server = (*listening)->local_endpoint();
  auto answer = co_await web.send(where, get("/"), rt.now() + 5s);
  EXPECT_TRUE(!answer && find_cause(answer.error().why, make_error_code(tls_errc::not_tls)) != nullptr)
      << reason_of(answer);
  EXPECT_FALSE(is_about_certificate(answer.error().why));
  co_await web.stop();
}

// TLS 1.1 with every one of OpenSSL's own scruples taken away.
EPICENTER_BOTH_WORLDS(tls_error, nothing_older_than_1_2_is_spoken) {
  const private_ca ca = private_ca::make(rt.wall()).value();
  const certificate shown = for_loopback(ca, rt);
  for (const int newest : {TLS1_1_VERSION, TLS1_2_VERSION}) {
    server_options so = showing(shown);
    SSL_CTX_set_security_level(so.tls->get(), 0);
    SSL_CTX_set_min_proto_version(so.tls->get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(so.tls->get(), newest);
    tls_context_ptr trusting = make_tls_client({"", ca.pem()}).value();
    SSL_CTX_set_security_level(trusting->get(), 0);
    rig r(rt, echo, so, with(trusting));
    r.where.tls = true;
    auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
    if (newest == TLS1_2_VERSION)
      EXPECT_TRUE(answer.has_value()) << reason_of(answer);
    else
      EXPECT_TRUE(!answer &&
                  find_cause(answer.error().why, make_error_code(tls_errc::old_protocol)) != nullptr)
          << reason_of(answer);
    co_await r.stop();
  }
}

TEST(ipv6, goes_from_the_url_to_the_certificate) {
  on_loopback([](world& rt) -> task<> {
    const private_ca ca = private_ca::make(rt.wall()).value();
    for (const bool named : {true, false}) {
      const std::string host = named ? "::1" : "127.0.0.1";
      const certificate shown = ca.issue({host}, rt.wall()).value();
      server site(rt, showing(shown), echo);
      const runtime::endpoint six{"::1", 0, ""};
      const runtime::endpoint at = site.listen(six).value();
      const url where = parse_url("https://[::1]:" + std::to_string(at.port) + "/x").value();
      client web(rt, with(make_tls_client({"", ca.pem()}).value()));
      auto answer = co_await web.send(where.where, get(where.target), rt.now() + 5s);
      if (named)
        EXPECT_TRUE(answer && answer->body == "GET /x 1\n") << reason_of(answer);
      else
        EXPECT_TRUE(!answer &&
                    find_cause(answer.error().why, make_error_code(tls_errc::wrong_host)) != nullptr)
            << reason_of(answer);
      co_await web.stop();
      co_await site.stop();
    }
  });
}

EPICENTER_VIRTUAL(tls_files, authorities_may_be_a_file_or_a_folder) {
  const private_ca ca = private_ca::make(rt.wall()).value();
  const private_ca other = private_ca::make(rt.wall()).value();
  const folder files;
  files.write("b.crt", ca.pem());
  files.write("a.pem", other.pem());
  files.write("README", "no certificate at all");
  const std::string bundle = files.write("bundle.txt", "# two of them\n" + other.pem() + "\n" + ca.pem());
  for (const std::string& authorities : {files.path(), bundle}) {
    tls_client_files from;
    from.authorities = authorities;
    auto context = load_tls_client(from);
    EXPECT_TRUE(context.has_value()) << context.error().message();
    if (!context) continue;
    rig r(rt, echo, showing(for_loopback(ca, rt)), with(*context));
    r.where.tls = true;
    auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
    EXPECT_TRUE(answer.has_value()) << reason_of(answer);
    co_await r.stop();
  }
}

std::string refusal_of(const tls_client_files& from) {
  const auto made = load_tls_client(from);
  if (made) return "accepted";
  EXPECT_EQ(made.error(), make_error_code(errc::bad_tls_settings));
  return made.error().message();
}

tls_client_files trusting(const std::string& authorities) {
  tls_client_files from;
  from.authorities = authorities;
  return from;
}

constexpr wall_time now_{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

// One damaged certificate among good ones must not be left out in silence.
TEST(tls_files, what_cannot_be_used_is_named) {
  const folder files;
  const folder empty;
  const private_ca ca = private_ca::make(now_).value();
  const private_ca second = private_ca::make(now_).value();
  std::string damaged = second.pem();
  damaged.replace(damaged.find('\n') + 10, 8, "!!!!!!!!");
  const std::string broken = files.write("broken.pem", ca.pem() + damaged);
  const std::string nothing = files.write("nothing.pem", "");
  EXPECT_NE(refusal_of(trusting(broken)).find(broken + ": certificate 2"), std::string::npos)
      << refusal_of(trusting(broken));
  EXPECT_NE(refusal_of(trusting(nothing)).find(nothing + ": no certificate"), std::string::npos);
  EXPECT_NE(refusal_of(trusting(files.path())).find(broken), std::string::npos);
  EXPECT_NE(refusal_of(trusting("/nonexistent/ca.pem")).find("/nonexistent/ca.pem"), std::string::npos);
  EXPECT_NE(refusal_of(trusting(empty.path())).find(empty.path()), std::string::npos);
}

/// The key as operators keep it: PKCS#8 under a passphrase.
std::string encrypted(const std::string& key_pem, const std::string& passphrase) {
  BIO* in = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO* out = BIO_new(BIO_s_mem());
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(), passphrase.data(),
                                          static_cast<int>(passphrase.size()), nullptr, nullptr),
            1);
  char* data = nullptr;
  const long size = BIO_ctrl(out, BIO_CTRL_INFO, 0, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(out);
  EVP_PKEY_free(key);
  BIO_free(in);
  return text;
}

EPICENTER_BOTH_WORLDS(tls_files, a_client_certificate_with_an_encrypted_key_opens_the_door) {
  const private_ca servers = private_ca::make(rt.wall()).value();
  const private_ca clients = private_ca::make(rt.wall()).value();
  const certificate own = clients.issue_client("adapter", rt.wall()).value();
  const certificate shown = for_loopback(servers, rt);
  const folder files;
  tls_client_files from = trusting(files.write("ca.pem", servers.pem()));
  from.certificate = files.write("client.pem", own.pem);
  from.private_key = files.write("client.key", encrypted(own.key_pem, "open sesame"));
  from.passphrase = secret("open sesame");
  server_options so;
  so.tls = make_tls_server({shown.pem, shown.key_pem, clients.pem()}).value();
  auto context = load_tls_client(from);
  EXPECT_TRUE(context.has_value()) << context.error().message();
  if (!context) co_return;
  rig r(rt, echo, so, with(*context));
  r.where.tls = true;
  auto answer = co_await r.web.send(r.where, get("/"), rt.now() + 5s);
  EXPECT_TRUE(answer.has_value()) << reason_of(answer);
  co_await r.stop();
}

TEST(tls_files, a_wrong_or_missing_passphrase_is_said_without_showing_it) {
  const private_ca ca = private_ca::make(now_).value();
  const certificate own = ca.issue_client("adapter", now_).value();
  const folder files;
  tls_client_files from;
  from.certificate = files.write("client.pem", own.pem);
  from.private_key = files.write("client.key", encrypted(own.key_pem, "open sesame"));
  EXPECT_NE(refusal_of(from).find("there is no passphrase"), std::string::npos) << refusal_of(from);
  from.passphrase = secret("close sesame");
  EXPECT_NE(refusal_of(from).find("the private key"), std::string::npos) << refusal_of(from);
  EXPECT_NE(refusal_of(from).find("client.key"), std::string::npos) << refusal_of(from);
  EXPECT_EQ(refusal_of(from).find("sesame"), std::string::npos) << refusal_of(from);
  from.passphrase = secret(std::string(5000, 'x'));
  EXPECT_NE(refusal_of(from).find("the private key"), std::string::npos) << refusal_of(from);
  from.passphrase = secret("open sesame");
  EXPECT_EQ(refusal_of(from), "accepted");
  // In one file, as many tools write them.
  tls_client_files one;
  one.certificate = files.write("both.pem", own.pem + own.key_pem);
  EXPECT_EQ(refusal_of(one), "accepted");
  tls_client_files alone;
  alone.private_key = from.private_key;
  EXPECT_NE(refusal_of(alone).find("without a certificate"), std::string::npos) << refusal_of(alone);
}

}  // namespace
}  // namespace epicenter::http
