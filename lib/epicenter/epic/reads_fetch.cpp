// The fetches of the reads: shared where that is safe, and what every answer teaches.
#include <epicenter/epic/reads.hpp>

namespace epicenter::epic {
namespace {

search search_of(read_part part, const std::string& patient) {
  search wanted;
  wanted.type = traits_of(part).type;
  wanted.patient = patient;
  wanted.parameters.emplace_back("patient", patient);
  // Epic refuses these searches without a category, or mixes in what was not asked for (reference: epic,
  // section 2.4).
  if (part == read_part::problems) wanted.parameters.emplace_back("category", "problem-list-item");
  if (part == read_part::notes) wanted.parameters.emplace_back("category", "clinical-note");
  if (part == read_part::labs) wanted.parameters.emplace_back("category", "laboratory");
  return wanted;
}

}  // namespace

// What is never cached is not shared either: an answer to an earlier question may lack what is new. The same
// goes for who wants a live answer; whoever asks later may share theirs.
tl::expected<reads::flight_ptr, call_failure> reads::join_or_start(read_part part, bool live,
                                                                   const std::string& patient,
                                                                   fetch_origin from) {
  auto& under_way = flights_.at(number_of(part));
  const bool shared = cache_.keeps(part);
  if (shared && !live) {
    if (const auto found = under_way.find(patient); found != under_way.end()) return found->second;
  }
  if (auto waits = parked(traits_of(part).type)) return tl::unexpected(std::move(*waits));
  auto started = std::make_shared<fetch_flight>(runtime_);
  if (shared) under_way.insert_or_assign(patient, started);
  life_.start_call("epic.fetch", fly_part(part, patient, started, std::move(from)));
  return started;
}

runtime::task<> reads::fly_part(read_part part, std::string patient, flight_ptr mine, fetch_origin from) {
  fetch_result got;
  if (part == read_part::demographics) {
    got = co_await fetch_patient(pipeline_, std::move(from), patient);
  } else {
    search wanted = search_of(part, patient);
    got = co_await fetch_all(pipeline_, std::move(from), std::move(wanted));
  }
  const bool latest = take_off(part, patient, mine);
  if (got && latest) keep(part, patient, *got);
  learn(part, patient, got);
  mine->land(std::move(got));
}

// True where it is still the one that whoever asks now would join. If not, its answer may be from before a
// write or before another answer.
bool reads::take_off(read_part part, const std::string& patient, const flight_ptr& mine) {
  if (!cache_.keeps(part)) return true;
  auto& under_way = flights_.at(number_of(part));
  const auto found = under_way.find(patient);
  if (found == under_way.end() || found->second != mine) return false;
  under_way.erase(found);
  return true;
}

void reads::learn(read_part part, const std::string& patient, const fetch_result& got) {
  if (got) {
    degradation_.served_live();
    // Epic answers for the patient itself: a merge that nobody has confirmed was undone.
    if (part == read_part::demographics) site_.merges.forget_unconfirmed(patient);
    return;
  }
  const auto& why = got.error();
  const bool no_such = epic_says(why, fhir::errc::not_found) || epic_says(why, fhir::errc::gone);
  if (no_such && part == read_part::demographics) {
    cache_.bury(patient);
  } else if (no_such || epic_says(why, fhir::errc::forbidden)) {
    cache_.drop(part, patient);
  }
  note_refusal(traits_of(part).type, patient, why);
}

void reads::note_refusal(std::string_view type, const std::string& patient, const call_failure& why) {
  // What was read before the chart was restricted is restricted now.
  if (epic_says(why, fhir::errc::restricted)) cache_.drop_all(patient);
  // Epic counts document queries by the day, and no others.
  if (!epic_says(why, fhir::errc::quota_exceeded) || !parking::has_daily_limit(type)) return;
  const wall_time until = site_.profile.zone.next_midnight(runtime_.wall());
  parking_.park(type, until);
  told_.tell(events::quota_parked{parking::lot_of(type), until});
}

std::optional<call_failure> reads::parked(std::string_view type) const {
  const wall_time now = runtime_.wall();
  const auto until = parking_.parked_until(type, now);
  if (!until) return std::nullopt;
  auto waits = failed(failure_cause::refused, error(make_error_code(errc::parked), std::string(type)));
  waits.retry_after = *until - now;
  return waits;
}

}  // namespace epicenter::epic
