#include <epicenter/smart/error.hpp>

namespace epicenter::smart {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::bad_key:
      return "this is not a usable private key";
    case errc::wrong_key_type:
      return "the key does not fit the signature algorithm";
    case errc::unknown_algorithm:
      return "the signature algorithm is not one of RS256, RS384, RS512, ES256, ES384";
    case errc::crypto_failed:
      return "the cryptographic library failed";
    case errc::bad_claims:
      return "the client assertion's claims are not acceptable";
    case errc::refused:
      return "the token endpoint refused this client";
    case errc::unavailable:
      return "the token endpoint is not available";
    case errc::malformed:
      return "the token endpoint's answer is not a token response";
    case errc::timed_out:
      return "no access token came before the deadline";
    case errc::cancelled:
      return "the wait for an access token was cancelled";
    case errc::backing_off:
      return "the token endpoint failed a moment ago and is not asked again yet";
    case errc::stopped:
      return "the token manager has been stopped";
    case errc::bad_setting:
      return "a setting is absent or wrong";
    case errc::no_file:
      return "the file is not there";
    case errc::unreadable:
      return "the file cannot be used";
    case errc::unwritable:
      return "the file cannot be written";
    case errc::untrusted_url:
      return "credentials are not sent to such a URL";
    case errc::no_endpoint:
      return "the server names no usable token endpoint";
    case errc::endpoint_moved:
      return "the server names another token endpoint than the one in use";
    case errc::bad_key_set:
      return "the key set cannot be published";
    case errc::bad_scope:
      return "this is not a scope";
    case errc::bad_state:
      return "the stored state of the key rotation cannot be read";
    case errc::rotation_running:
      return "an earlier key rotation has not ended";
    case errc::rotation_failed:
      return "the new key did not prove itself and the last good one signs on";
  }
  return "unknown error of SMART authorization";
}

const error_sentences category{"smart", sentence_of};

}  // namespace

std::error_code make_error_code(errc code) {
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::smart
