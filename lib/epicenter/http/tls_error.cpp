#include <algorithm>
#include <array>
#include <epicenter/base/cause.hpp>
#include <epicenter/http/tls_error.hpp>

namespace epicenter::http {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<tls_errc>(value)) {
    case tls_errc::certificate_expired:
      return "the peer's certificate has expired";
    case tls_errc::certificate_not_yet_valid:
      return "the peer's certificate is not valid yet";
    case tls_errc::wrong_host:
      return "the peer's certificate is another host's";
    case tls_errc::self_signed:
      return "the peer's certificate is signed by itself";
    case tls_errc::untrusted:
      return "the peer's certificate comes from an authority that is not trusted here";
    case tls_errc::certificate_rejected:
      return "the peer's certificate is not acceptable";
    case tls_errc::refused_by_peer:
      return "the peer refused the handshake";
    case tls_errc::old_protocol:
      return "the peer speaks no TLS as new as 1.2";
    case tls_errc::not_tls:
      return "the peer does not speak TLS";
    case tls_errc::broken:
      return "the TLS session is broken";
  }
  return "unknown TLS error";
}

const error_sentences category{"tls", sentence_of};

}  // namespace

std::error_code make_error_code(tls_errc code) {
  return {static_cast<int>(code), category};
}

bool is_about_certificate(const error& why) {
  constexpr std::array about{tls_errc::certificate_expired, tls_errc::certificate_not_yet_valid,
                             tls_errc::wrong_host,          tls_errc::self_signed,
                             tls_errc::untrusted,           tls_errc::certificate_rejected};
  return std::any_of(about.begin(), about.end(),
                     [&why](tls_errc one) { return find_cause(why, make_error_code(one)) != nullptr; });
}

}  // namespace epicenter::http
