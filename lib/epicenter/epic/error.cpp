#include <epicenter/epic/error.hpp>
#include <epicenter/epic/write_types.hpp>

namespace epicenter::epic {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::unavailable:
      return "Epic cannot be reached and nothing fit to serve is cached";
    case errc::deadline:
      return "there was no answer by the deadline";
    case errc::overloaded:
      return "too many calls of this kind are under way";
    case errc::circuit_open:
      return "calls of this kind are held back until Epic recovers";
    case errc::auth_denied:
      return "Epic refuses our credentials";
    case errc::rejected:
      return "Epic refused the request";
    case errc::protocol:
      return "Epic's answer is not the FHIR that was asked for";
    case errc::not_supported:
      return "this site of Epic cannot do that";
    case errc::invalid_argument:
      return "the request is not complete";
    case errc::conflict:
      return "the operation was used before for something else";
    case errc::ledger_unavailable:
      return "the write could not be recorded, so it was not sent";
    case errc::audit_unavailable:
      return "the call could not be audited, so it was not sent";
    case errc::stopped:
      return "the adapter is shut down";
    case errc::wrong_patient:
      return "Epic's answer is about another patient";
    case errc::restricted:
      return "the patient's chart is restricted: the glass must be broken in Epic";
    case errc::patient_merged:
      return "the patient was merged into another, which nobody has confirmed";
    case errc::parked:
      return "the site's limit for the day is used up";
    case errc::site_misconfigured:
      return "the site lacks a configuration that this needs";
    case errc::switched_off:
      return "EHR temporarily unavailable: switched off by policy";
    case errc::not_found:
      return "there is no such write to decide on";
    case errc::too_large:
      return "Epic's answer is larger than is taken at once";
    case errc::moved_on:
      return "the write has changed since it was looked at: look again";
  }
  return "unknown error of the adapter";
}

}  // namespace

std::error_code make_error_code(errc code) {
  static const error_sentences category{"epic", sentence_of};
  return {static_cast<int>(code), category};
}

std::string_view name_of(write_state state) {
  switch (state) {
    case write_state::written:
      return "WRITTEN";
    case write_state::rejected:
      return "REJECTED";
    case write_state::not_sent:
      return "NOT_SENT";
    case write_state::duplicate:
      return "DUPLICATE";
    case write_state::needs_review:
      return "NEEDS_REVIEW";
    case write_state::queued:
      return "QUEUED";
    case write_state::unknown:
      break;
  }
  return "UNKNOWN";
}

}  // namespace epicenter::epic
