#include <epicenter/epic/failure_meaning.hpp>
#include <epicenter/fhir/reference.hpp>
#include <epicenter/http/url.hpp>

namespace epicenter::epic {
namespace {

std::optional<errc> errc_of(const call_failure& why) {
  switch (why.fhir_why) {
    case fhir::errc::restricted:
      return errc::restricted;
    case fhir::errc::merged:
      return errc::patient_merged;
    case fhir::errc::quota_exceeded:
      return errc::parked;
    case fhir::errc::not_fhir:
      // The web server in front of Epic says so of a route, not Epic of a resource.
      if (why.status == 404) return errc::not_supported;
      break;
    default:
      break;
  }
  if (why.epic_code == "59108" || why.epic_code == "59188") return errc::site_misconfigured;
  return std::nullopt;
}

}  // namespace

bool epic_says(const call_failure& why, fhir::errc what) {
  return why.status != 0 && why.fhir_why == what;
}

error error_of(const call_failure& why) {
  const bool said_here =
      why.why == make_error_code(errc::wrong_patient) || why.why == make_error_code(errc::parked);
  if (said_here) return why.why;
  const auto code = why.status == 0 ? std::nullopt : errc_of(why);
  if (!code) return why.to_error();
  return error(make_error_code(*code), std::string(name_of(why.cause))).caused_by(why.why);
}

std::optional<std::string> survivor_in(std::string_view location, const http::origin& expected) {
  std::string target(location);
  if (location.find("://") != std::string_view::npos) {
    auto whole = http::parse_url(location);
    if (!whole || whole->where != expected) return std::nullopt;
    target = whole->target;
  } else if (location.starts_with("//")) {
    return std::nullopt;  // another host under the same scheme
  }
  const auto mark = target.find('?');
  if (mark == std::string::npos) {
    const auto named = fhir::parse_reference(target);
    if (!named || named->type != "Patient") return std::nullopt;
    return named->id;
  }
  const auto query = http::decode_form(target.substr(mark + 1));
  if (!query) return std::nullopt;
  for (const auto& [name, value] : *query) {
    if (name != "patient" && name != "subject") continue;
    const auto named = fhir::parse_reference(value);
    std::string id = named && named->type == "Patient" ? named->id : value;
    if (fhir::is_id(id)) return id;
  }
  return std::nullopt;
}

}  // namespace epicenter::epic
