#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <algorithm>
#include <array>
#include <epicenter/http/error.hpp>
#include <epicenter/http/private_ca.hpp>

namespace epicenter::http {
namespace {

constexpr auto before_now = std::chrono::days(1);
constexpr auto life_of_ca = std::chrono::days(3650);
constexpr auto expired_for = std::chrono::days(1);
constexpr int serial_bits = 127;  // RFC 5280, section 4.1.2.2: positive, at most 20 bytes
constexpr std::string_view common_name_of_ca = "Epicenter private CA";
constexpr std::string_view common_name_of_nobody = "Epicenter unknown CA";
constexpr std::size_t longest_common_name = 64;  // RFC 5280, appendix A.1
constexpr std::size_t longest_host = 253;
constexpr std::string_view somewhere_else = "wrong-host.invalid";

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* one) const {
    Free(one);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;

struct validity {
  wall_time from;
  wall_time to;
};

bool set_time(ASN1_TIME* to, wall_time at) {
  return ASN1_TIME_set(to, std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count()) !=
         nullptr;
}

bool set_serial(X509* x) {
  const number_ptr number(BN_new());
  return number && BN_rand(number.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x)) != nullptr;
}

bool set_common_name(X509_NAME* name, std::string_view text) {
  const std::string copy(text);
  const auto* bytes = reinterpret_cast<const unsigned char*>(copy.c_str());
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1;
}

/// The extension as openssl.cnf writes it, of a certificate that `issuer` signs.
bool add_extension(X509* x, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  const extension_ptr made(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return made && X509_add_ext(x, made.get(), -1) == 1;
}

x509_ptr begin_certificate(EVP_PKEY* key, std::string_view name, const validity& when) {
  x509_ptr x(X509_new());
  const bool begun =
      x && X509_set_version(x.get(), X509_VERSION_3) == 1 && set_serial(x.get()) &&
      set_time(X509_getm_notBefore(x.get()), when.from) && set_time(X509_getm_notAfter(x.get()), when.to) &&
      set_common_name(X509_get_subject_name(x.get()), name) && X509_set_pubkey(x.get(), key) == 1;
  return begun ? std::move(x) : nullptr;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts)
    names.append(names.empty() ? "" : ",").append(is_address(host) ? "IP:" : "DNS:").append(host);
  return names;
}

template <class Write>
std::string to_text(Write write) {
  const bio_ptr memory(BIO_new(BIO_s_mem()));
  if (!memory || write(memory.get()) != 1) return {};
  char* data = nullptr;
  const long size = BIO_ctrl(memory.get(), BIO_CTRL_INFO, 0, &data);
  return {data, static_cast<std::size_t>(size)};
}
std::string to_pem(X509* x) {
  return to_text([x](BIO* to) { return PEM_write_bio_X509(to, x); });
}
std::string to_pem(EVP_PKEY* key) {
  return to_text(
      [key](BIO* to) { return PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

tl::unexpected<error> failed() {
  return fail(errc::bad_tls_settings, "OpenSSL cannot make a certificate");
}

struct authority {
  key_ptr key;
  x509_ptr own;
};

/// Empty where OpenSSL cannot.
authority make_authority(std::string_view name, wall_time now) {
  authority made{key_ptr(EVP_EC_gen("P-256")), nullptr};
  if (!made.key) return {};
  x509_ptr own = begin_certificate(made.key.get(), name, {now - before_now, now + life_of_ca});
  const bool whole =
      own && X509_set_issuer_name(own.get(), X509_get_subject_name(own.get())) == 1 &&
      add_extension(own.get(), own.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(own.get(), own.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(own.get(), own.get(), NID_subject_key_identifier, "hash") &&
      X509_sign(own.get(), made.key.get(), EVP_sha256()) != 0;
  if (whole) made.own = std::move(own);
  return made;
}

struct leaf_plan {
  std::string common_name;
  std::string alternative;  ///< as openssl.cnf writes it; empty: none
  std::string usage;
};

result<certificate> sign(const leaf_plan& plan, const authority& by, wall_time now, certificate_flaw flaw) {
  validity when{now - before_now, now + certificate_lifetime};
  if (flaw == certificate_flaw::expired) when = {now - certificate_lifetime, now - expired_for};
  const key_ptr key(EVP_EC_gen("P-256"));
  if (!key) return failed();
  const x509_ptr leaf =
      begin_certificate(key.get(), std::string_view(plan.common_name).substr(0, longest_common_name), when);
  authority nobody;
  if (flaw == certificate_flaw::untrusted) {
    nobody = make_authority(common_name_of_nobody, now);
    if (!nobody.own) return failed();
  }
  if (!leaf) return failed();
  const authority& known = nobody.own ? nobody : by;
  const bool alone = flaw == certificate_flaw::self_signed;
  X509* issuer = alone ? leaf.get() : known.own.get();
  EVP_PKEY* signing = alone ? key.get() : known.key.get();
  const bool named =
      plan.alternative.empty() || add_extension(leaf.get(), issuer, NID_subject_alt_name, plan.alternative);
  const bool whole = named && X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer)) == 1 &&
                     add_extension(leaf.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                     add_extension(leaf.get(), issuer, NID_key_usage, "critical,digitalSignature") &&
                     add_extension(leaf.get(), issuer, NID_ext_key_usage, plan.usage) &&
                     add_extension(leaf.get(), issuer, NID_subject_key_identifier, "hash") &&
                     add_extension(leaf.get(), issuer, NID_authority_key_identifier, "keyid") &&
                     X509_sign(leaf.get(), signing, EVP_sha256()) != 0;
  if (!whole) return failed();
  return certificate{to_pem(leaf.get()), to_pem(key.get())};
}

}  // namespace

// OpenSSL reads the names as a list in a small language of its own: nothing may end a name early.
bool is_host_name(std::string_view name) {
  const auto fits = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '*';
  };
  if (name.empty() || name.size() > longest_host) return false;
  return std::all_of(name.begin(), name.end(), fits) || is_address(std::string(name));
}

struct private_ca::impl {
  authority self;
  std::string pem;
};

private_ca::private_ca(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
private_ca::private_ca(private_ca&&) noexcept = default;
private_ca& private_ca::operator=(private_ca&&) noexcept = default;
private_ca::~private_ca() = default;

const std::string& private_ca::pem() const {
  return impl_->pem;
}

result<private_ca> private_ca::make(wall_time now) {
  auto made = std::make_unique<impl>();
  made->self = make_authority(common_name_of_ca, now);
  if (!made->self.own) return failed();
  made->pem = to_pem(made->self.own.get());
  return private_ca(std::move(made));
}

result<certificate> private_ca::issue(const std::vector<std::string>& hosts, wall_time now,
                                      certificate_flaw flaw) const {
  if (hosts.empty()) return fail(errc::bad_tls_settings, "a server's certificate needs a host name");
  for (const std::string& host : hosts)
    if (!is_host_name(host)) return fail(errc::bad_tls_settings, "not a host name: " + host);
  std::vector<std::string> named = hosts;
  if (flaw == certificate_flaw::wrong_host) named.assign(1, std::string(somewhere_else));
  return sign({named.front(), alternative_names(named), "serverAuth"}, impl_->self, now, flaw);
}

result<certificate> private_ca::issue_client(const std::string& name, wall_time now,
                                             certificate_flaw flaw) const {
  if (name.empty()) return fail(errc::bad_tls_settings, "a client's certificate needs a name");
  return sign({name, "", "clientAuth"}, impl_->self, now, flaw);
}

}  // namespace epicenter::http
