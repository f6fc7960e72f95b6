#include <epicenter/http/error.hpp>

namespace epicenter::http {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::connect_failed:
      return "no connection could be made";
    case errc::tls_failed:
      return "the TLS handshake failed";
    case errc::reset:
      return "the connection was reset before the whole response had arrived";
    case errc::closed:
      return "the connection was closed before a response began";
    case errc::truncated:
      return "the message ended before its promised length";
    case errc::malformed:
      return "this is not valid HTTP";
    case errc::too_large:
      return "the message is larger than allowed";
    case errc::timed_out:
      return "the exchange did not end by its deadline";
    case errc::cancelled:
      return "the exchange was cancelled";
    case errc::pool_exhausted:
      return "no connection became free by the deadline";
    case errc::stopped:
      return "the client or server is shut down";
    case errc::unsupported_coding:
      return "the only content coding understood is gzip";
    case errc::bad_tls_settings:
      return "the certificate, key or authority cannot be used";
  }
  return "unknown HTTP error";
}

const error_sentences category{"http", sentence_of};

}  // namespace

std::error_code make_error_code(errc code) {
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::http
