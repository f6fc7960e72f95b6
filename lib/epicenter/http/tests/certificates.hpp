// Certificates made for one test run.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <memory>
#include <string>

namespace epicenter::http {

struct certificate {
  std::string pem;
  std::string key_pem;
};

inline std::string text_of(BIO* b) {
  char* data = nullptr;
  const long size = BIO_ctrl(b, BIO_CTRL_INFO, 0, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(b);
  return text;
}

/// A self-signed certificate that is its own authority, for the names ("DNS:localhost,IP:127.0.0.1").
inline certificate make_certificate(const std::string& names) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> x(X509_new(), X509_free);
  X509_set_version(x.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x.get()), 3600);
  X509_NAME* name = X509_get_subject_name(x.get());
  const unsigned char common[] = "test";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
  X509_set_issuer_name(x.get(), name);
  X509_set_pubkey(x.get(), key.get());
  for (const auto& [kind, value] : {std::pair(NID_subject_alt_name, names),
                                    std::pair(NID_basic_constraints, std::string("critical,CA:TRUE"))}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(x.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(x.get(), key.get(), EVP_sha256());
  certificate out;
  BIO* pem = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(pem, x.get());
  out.pem = text_of(pem);
  pem = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(pem, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  out.key_pem = text_of(pem);
  return out;
}

}  // namespace epicenter::http
