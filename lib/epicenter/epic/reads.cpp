// A read from the question to the answer: its parts at once, and once more where the patient was merged.
#include <epicenter/epic/reads.hpp>

namespace epicenter::epic {
namespace {

constexpr std::array context_parts{read_part::demographics, read_part::allergies, read_part::problems,
                                   read_part::medications};
// A patient may have been merged into one that was merged itself.
constexpr std::uint32_t max_merges_followed = 2;
// Room for the pages of one round.
constexpr std::uint32_t numbers_of_a_round = 1000;

section section_of(fetched what, provenance from, std::string merged_into) {
  return section{std::move(what.resources), what.partial, from, std::move(merged_into)};
}

}  // namespace

reads::reads(runtime::runtime& rt, pipeline& through, audit_trail& audit, announcer& told, lifecycle& life,
             site_state& site, const cache_options& cache)
    : runtime_(rt),
      pipeline_(through),
      audit_(audit),
      told_(told),
      life_(life),
      site_(site),
      cache_(cache),
      degradation_(rt, told, life.background()) {}

void reads::on_breaker(resilience::endpoint_class endpoint, const resilience::breaker_event& change) {
  const bool reading = endpoint == resilience::endpoint_class::read;
  const auto& bounds = cache_.bounds_of(reading ? read_part::demographics : read_part::allergies);
  degradation_.on_breaker(endpoint, change, bounds.stale);
}

std::vector<cached_section> reads::cached(instant now) const {
  std::vector<cached_section> all;
  for (std::size_t i = 0; i < read_part_count; ++i) {
    const auto part = static_cast<read_part>(i);
    const auto held = cache_.stock_of(part, now);
    if (held.patients == 0) continue;
    const duration bound = cache_.bounds_of(part).stale;
    all.push_back(cached_section{traits_of(part).type, held.patients, held.youngest, held.oldest, bound});
  }
  return all;
}

result<> reads::check(operation_kind which, read_request& request) {
  if (life_.stopping()) return fail(errc::stopped);
  const auto& permission = site_.profile.of(which);
  if (!permission.allowed) return fail(errc::not_supported, permission.reason);
  if (!fhir::is_id(request.patient)) return fail(errc::invalid_argument, "the patient is no FHIR id");
  if (request.operation.empty()) request.operation = pipeline_.make_operation_id();
  if (!request.deadline) request.deadline = runtime_.now() + pipeline_.profile().deadline;
  return {};
}

fetch_origin reads::origin_of(const read_request& request, const std::string& patient,
                              std::uint32_t first_request, std::uint32_t stride) const {
  fetch_origin from;
  from.operation = request.operation;
  from.first_request = first_request;
  from.stride = stride;
  from.user = request.user;
  from.pseudonym = audit_.pseudonym(patient);
  from.deadline = *request.deadline;
  return from;
}

runtime::task<result<epic::patient_context>> reads::patient_context(read_request request) {
  if (auto checked = check(operation_kind::patient_context, request); !checked)
    co_return fail(std::move(checked.error()));
  auto got = co_await gather(context_parts, std::move(request));
  if (!got) co_return fail(std::move(got.error()));
  auto& parts = got->parts;
  epic::patient_context whole;
  whole.demographics = std::move(parts[0].what.single);
  whole.demographics_from = parts[0].from;
  whole.allergies = section_of(std::move(parts[1].what), parts[1].from, got->merged_into);
  whole.problems = section_of(std::move(parts[2].what), parts[2].from, got->merged_into);
  whole.medications = section_of(std::move(parts[3].what), parts[3].from, got->merged_into);
  whole.merged_into = std::move(got->merged_into);
  co_return whole;
}

runtime::task<result<section>> reads::list(operation_kind which, read_request request) {
  if (auto checked = check(which, request); !checked) co_return fail(std::move(checked.error()));
  const std::array one{part_of(which)};
  auto got = co_await gather(one, std::move(request));
  if (!got) co_return fail(std::move(got.error()));
  auto& part = got->parts.front();
  co_return section_of(std::move(part.what), part.from, std::move(got->merged_into));
}

runtime::task<result<labs>> reads::latest_labs(read_request request) {
  auto got = co_await list(operation_kind::latest_labs, std::move(request));
  if (!got) co_return fail(std::move(got.error()));
  labs found;
  found.observations = std::move(*got);
  found.observations.resources = newest_first(found.observations.resources, site_.profile.zone);
  co_return found;
}

runtime::task<result<reads::gathered>> reads::gather(std::span<const read_part> wanted,
                                                     read_request request) {
  gathered got;
  got.patient = site_.merges.chart_of(request.patient);
  for (std::uint32_t merges = 0;; ++merges) {
    round now;
    now.patient = got.patient;
    now.first_request = 1 + merges * numbers_of_a_round;
    auto read = co_await gather_once(wanted, request, std::move(now), got.parts);
    if (read) break;
    std::string survivor = follow_merge(request, got.patient, read.error());
    if (survivor.empty() || merges == max_merges_followed) co_return fail(error_of(read.error()));
    got.patient = std::move(survivor);
  }
  if (got.patient != request.patient) got.merged_into = got.patient;
  co_return got;
}

// Parts of one answer are of one patient: where one of them was merged away, all are asked for again.
runtime::task<tl::expected<void, call_failure>> reads::gather_once(std::span<const read_part> wanted,
                                                                   read_request request, round mine,
                                                                   std::vector<part_answer>& into) {
  const auto stride = static_cast<std::uint32_t>(wanted.size());
  into.assign(wanted.size(), part_answer{});
  std::vector<flight_ptr> flights(wanted.size());
  const instant now = runtime_.now();
  // Of a patient that was merged away, as Epic said, nothing is fresh; and only Epic can say that it was
  // undone.
  const bool halted = site_.merges.is_halted(mine.patient);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto* held = halted ? nullptr : fresh(wanted[i], request, mine.patient, now);
    if (held != nullptr) {
      into[i].what = *held;
      into[i].from = provenance{source::cached, now - held->at, {}};
      continue;
    }
    if (!site_.switches.reading(request.user)) {
      const auto off = failed(failure_cause::switched_off, error(make_error_code(errc::switched_off)));
      auto kept = fall_back(wanted[i], request, mine.patient, off);
      if (!kept) co_return tl::unexpected(std::move(kept.error()));
      into[i] = std::move(*kept);
      continue;
    }
    const auto first = mine.first_request + static_cast<std::uint32_t>(i);
    auto from = origin_of(request, mine.patient, first, stride);
    auto joined = join_or_start(wanted[i], request.live, mine.patient, std::move(from));
    if (!joined) co_return tl::unexpected(std::move(joined.error()));
    flights[i] = std::move(*joined);
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!flights[i]) continue;
    auto answered = co_await answer_of(wanted[i], request, mine.patient, flights[i]);
    if (!answered) co_return tl::unexpected(std::move(answered.error()));
    into[i] = std::move(*answered);
  }
  co_return tl::expected<void, call_failure>();
}

runtime::task<reads::part_result> reads::answer_of(read_part part, read_request request, std::string patient,
                                                   flight_ptr joined) {
  const auto type = traits_of(part).type;
  const bool landed = co_await wait_for(joined, *request.deadline);
  if (!landed) {
    const error late(make_error_code(errc::deadline), std::string(type));
    co_return fall_back(part, request, patient, failed(failure_cause::deadline, late));
  }
  const fetch_result& got = *joined->outcome;
  if (got) {
    part_answer live;
    live.what = *got;
    live.from = provenance{source::live, runtime_.now() - got->at, {}};
    co_return live;
  }
  if (got.error().why == make_error_code(errc::wrong_patient)) {
    told_.tell(events::safety_alarm{"wrong_patient", request.operation, type, {}});
  }
  co_return fall_back(part, request, patient, got.error());
}

reads::part_result reads::fall_back(read_part part, const read_request& request, const std::string& patient,
                                    const call_failure& why) {
  const auto reason = stale_reason(why.cause);
  const instant now = runtime_.now();
  const fetched* held = reason ? stale(part, request, patient, now) : nullptr;
  if (held == nullptr) return tl::unexpected(why);
  const auto& traits = traits_of(part);
  const duration age = now - held->at;
  const duration bound = cache_.bounds_of(part).stale;
  degradation_.served_stale(traits.endpoint, *reason, age, bound);
  told_.tell(events::stale_served{request.operation, traits.type, age, bound, *reason});
  return part_answer{*held, provenance{source::stale, age, *reason}};
}

// Whose chart it is now; empty where that is not known or not to be followed.
std::string reads::follow_merge(const read_request& request, const std::string& merged,
                                const call_failure& why) {
  if (!epic_says(why, fhir::errc::merged)) return {};
  auto survivor = survivor_in(why.location, pipeline_.fhir_origin());
  if (survivor && *survivor == merged) survivor.reset();
  cache_.drop_all(merged);
  if (site_.merges.learn(merged, survivor.value_or(std::string()))) {
    const std::string pseudonym = audit_.pseudonym(merged);
    const audit_trail::who by{request.user, pseudonym};
    audit_.outcome("ehr.patient_merged", request.operation, by, survivor ? "followed" : "not_followed");
    told_.tell(events::safety_alarm{"patient_merged", request.operation, "Patient", {}});
  }
  return survivor.value_or(std::string());
}

}  // namespace epicenter::epic
