#include <epicenter/fhir/error.hpp>

namespace epicenter::fhir {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::invalid_input:
      return "this cannot be asked of a FHIR server";
    case errc::not_fhir:
      return "the answer is not FHIR";
    case errc::unauthorized:
      return "the server does not accept the access token";
    case errc::forbidden:
      return "the client or the user is not permitted to do this";
    case errc::restricted:
      return "access to the patient is restricted";
    case errc::not_found:
      return "the resource does not exist";
    case errc::gone:
      return "the resource has been deleted";
    case errc::merged:
      return "the patient has been merged into another";
    case errc::conflict:
      return "the resource has changed or is locked";
    case errc::duplicate:
      return "the resource exists already";
    case errc::rejected:
      return "the server does not accept the content or the query";
    case errc::unsupported:
      return "the server does not support this operation";
    case errc::session_expired:
      return "the cached search results have expired";
    case errc::quota_exceeded:
      return "a daily limit of the server is used up";
    case errc::throttled:
      return "the server asks for fewer requests";
    case errc::unavailable:
      return "the server cannot answer at the moment";
    case errc::no_answer:
      return "no whole answer came from the server";
    case errc::too_large:
      return "the answer is larger than is taken";
    case errc::outcome_unknown:
      return "nobody knows whether the server has acted";
    case errc::in_progress:
      return "the server has not finished yet";
  }
  return "unknown FHIR error";
}

const error_sentences category{"fhir", sentence_of};

}  // namespace

std::error_code make_error_code(errc code) {
  return {static_cast<int>(code), category};
}

}  // namespace epicenter::fhir
