// What is kept of a chart beside what is written to it: what may have become untrue is not served.
#include <epicenter/epic/reads.hpp>

namespace epicenter::epic {

void reads::keep(read_part part, const std::string& patient, const fetched& what) {
  const auto type = traits_of(part).type;
  const bool may_lack = site_.under_way.may_change(type, patient) ||
                        recent_.are_missing(type, patient, what.resources, runtime_.now());
  if (may_lack) {
    cache_.drop(part, patient);  // else, once all is known, it would be served after this newer answer
  } else {
    cache_.put(part, patient, what);
  }
}

bool reads::may_serve_kept(read_part part, const read_request& request, const std::string& patient) const {
  return !request.live && !site_.under_way.may_change(traits_of(part).type, patient);
}

const fetched* reads::fresh(read_part part, const read_request& request, const std::string& patient,
                            instant now) {
  return may_serve_kept(part, request, patient) ? cache_.fresh(part, patient, now) : nullptr;
}

const fetched* reads::stale(read_part part, const read_request& request, const std::string& patient,
                            instant now) {
  return may_serve_kept(part, request, patient) ? cache_.stale(part, patient, now) : nullptr;
}

void reads::chart_changed(const std::string& type, const std::string& patient, std::string id,
                          instant visible_by) {
  const auto part = part_with(type);
  if (!part || !cache_.keeps(*part)) return;
  if (!id.empty()) recent_.note(type, patient, std::move(id), visible_by, runtime_.now());
  cache_.drop(*part, patient);
  flights_.at(number_of(*part)).erase(patient);
}

}  // namespace epicenter::epic
