#include <epicenter/epic/reads.hpp>

namespace epicenter::epic {
namespace {

struct part_traits {
  context_part part;
  std::string_view type;
  resilience::endpoint_class endpoint;
};
constexpr std::array<part_traits, context_part_count> parts{{
    {context_part::demographics, "Patient", resilience::endpoint_class::read},
    {context_part::allergies, "AllergyIntolerance", resilience::endpoint_class::search},
    {context_part::problems, "Condition", resilience::endpoint_class::search},
    {context_part::medications, "MedicationRequest", resilience::endpoint_class::search},
}};

std::size_t number_of(context_part part) {
  return static_cast<std::size_t>(part);
}
const part_traits& traits_of(context_part part) {
  return parts.at(number_of(part));
}

search search_of(context_part part, const std::string& patient) {
  search wanted;
  wanted.type = traits_of(part).type;
  wanted.patient = patient;
  wanted.parameters.emplace_back("patient", patient);
  if (part == context_part::problems) wanted.parameters.emplace_back("category", "problem-list-item");
  return wanted;
}

section section_of(fetched what, provenance from) {
  return section{std::move(what.resources), what.partial, from};
}

}  // namespace

reads::reads(runtime::runtime& rt, pipeline& through, audit_trail& audit, announcer& told, lifecycle& life,
             const cache_options& cache)
    : runtime_(rt),
      pipeline_(through),
      audit_(audit),
      told_(told),
      life_(life),
      cache_(cache),
      degradation_(rt, told, life.background()) {}

void reads::on_breaker(resilience::endpoint_class endpoint, const resilience::breaker_event& change) {
  const bool reading = endpoint == resilience::endpoint_class::read;
  const auto& bounds = cache_.bounds_of(reading ? context_part::demographics : context_part::allergies);
  degradation_.on_breaker(endpoint, change, bounds.stale);
}

std::vector<cached_section> reads::cached(instant now) const {
  std::vector<cached_section> all;
  for (const auto& part : parts) {
    const auto held = cache_.stock_of(part.part, now);
    if (held.patients == 0) continue;
    all.push_back(cached_section{part.type, held.patients, held.youngest, held.oldest,
                                 cache_.bounds_of(part.part).stale});
  }
  return all;
}

result<> reads::check(read_request& request) {
  if (life_.stopping()) return fail(errc::stopped);
  if (!fhir::is_id(request.patient)) return fail(errc::invalid_argument, "the patient is no FHIR id");
  if (request.operation.empty()) request.operation = pipeline_.make_operation_id();
  if (!request.deadline) request.deadline = runtime_.now() + pipeline_.profile().deadline;
  return {};
}

fetch_origin reads::origin_of(const read_request& request, std::uint32_t first_request,
                              std::uint32_t stride) {
  fetch_origin from;
  from.operation = request.operation;
  from.first_request = first_request;
  from.stride = stride;
  from.user = request.user;
  from.pseudonym = audit_.pseudonym(request.patient);
  from.deadline = *request.deadline;
  return from;
}

runtime::task<result<epic::patient_context>> reads::patient_context(read_request request) {
  if (auto checked = check(request); !checked) co_return fail(std::move(checked.error()));
  std::array<part_answer, context_part_count> answers;
  std::array<flight_ptr, context_part_count> flights;
  const instant now = runtime_.now();
  for (const auto& part : parts) {
    const std::size_t i = number_of(part.part);
    if (const auto* held = cache_.fresh(part.part, request.patient, now)) {
      answers.at(i).what = *held;
      answers.at(i).from = provenance{source::cached, now - held->at, {}};
    } else {
      flights.at(i) = join_or_start(part.part, request);
    }
  }
  for (const auto& part : parts) {
    const std::size_t i = number_of(part.part);
    if (!flights.at(i)) continue;
    auto answered = co_await answer_of(part.part, request, flights.at(i));
    if (!answered) co_return fail(std::move(answered.error()));
    answers.at(i) = std::move(*answered);
  }
  epic::patient_context whole;
  whole.demographics = std::move(answers[0].what.single);
  whole.demographics_from = answers[0].from;
  whole.allergies = section_of(std::move(answers[1].what), answers[1].from);
  whole.problems = section_of(std::move(answers[2].what), answers[2].from);
  whole.medications = section_of(std::move(answers[3].what), answers[3].from);
  co_return whole;
}

reads::flight_ptr reads::join_or_start(context_part part, const read_request& request) {
  auto& under_way = flights_.at(number_of(part));
  if (const auto found = under_way.find(request.patient); found != under_way.end()) return found->second;
  auto started = std::make_shared<fetch_flight>(runtime_);
  under_way.emplace(request.patient, started);
  const auto first = static_cast<std::uint32_t>(number_of(part)) + 1;
  auto from = origin_of(request, first, static_cast<std::uint32_t>(context_part_count));
  life_.start_call("epic.fetch", fly_part(part, request.patient, started, std::move(from)));
  return started;
}

runtime::task<> reads::fly_part(context_part part, std::string patient, flight_ptr mine, fetch_origin from) {
  fetch_result got;
  if (part == context_part::demographics) {
    got = co_await fetch_patient(pipeline_, std::move(from), patient);
  } else {
    search wanted = search_of(part, patient);
    got = co_await fetch_all(pipeline_, std::move(from), std::move(wanted));
  }
  learn(part, patient, got);
  flights_.at(number_of(part)).erase(patient);
  mine->land(std::move(got));
}

void reads::learn(context_part part, const std::string& patient, const fetch_result& got) {
  if (got) {
    degradation_.served_live();
    cache_.put(part, patient, *got);
    return;
  }
  const bool answered = got.error().cause == failure_cause::refused && got.error().status != 0;
  const auto why = got.error().fhir_why;
  if (answered && (why == fhir::errc::not_found || why == fhir::errc::gone)) cache_.drop(part, patient);
}

runtime::task<result<reads::part_answer>> reads::answer_of(context_part part, const read_request& request,
                                                           flight_ptr joined) {
  const bool landed = co_await wait_for(joined, *request.deadline);
  if (!landed) {
    const error late(make_error_code(errc::deadline), std::string(traits_of(part).type));
    co_return fall_back(part, request, failed(failure_cause::deadline, late));
  }
  const fetch_result& got = *joined->outcome;
  if (!got) co_return fall_back(part, request, got.error());
  part_answer live;
  live.what = *got;
  live.from = provenance{source::live, runtime_.now() - got->at, {}};
  co_return live;
}

result<reads::part_answer> reads::fall_back(context_part part, const read_request& request,
                                            const call_failure& why) {
  const auto reason = stale_reason(why.cause);
  const instant now = runtime_.now();
  const fetched* held = reason ? cache_.stale(part, request.patient, now) : nullptr;
  if (held == nullptr) return fail(why.to_error());
  const auto& traits = traits_of(part);
  const duration age = now - held->at;
  const duration bound = cache_.bounds_of(part).stale;
  degradation_.served_stale(traits.endpoint, *reason, age, bound);
  told_.tell(events::stale_served{request.operation, traits.type, age, bound, *reason});
  return part_answer{*held, provenance{source::stale, age, *reason}};
}

runtime::task<result<labs>> reads::latest_labs(read_request request) {
  if (auto checked = check(request); !checked) co_return fail(std::move(checked.error()));
  auto started = std::make_shared<fetch_flight>(runtime_);
  life_.start_call("epic.labs", fly_labs(request.patient, started, origin_of(request, 1, 1)));
  const bool landed = co_await wait_for(started, *request.deadline);
  if (!landed) co_return fail(errc::deadline, "Observation");
  fetch_result& got = *started->outcome;
  if (!got) co_return fail(got.error().to_error());
  labs found;
  found.observations = section_of(std::move(*got), provenance{source::live, runtime_.now() - got->at, {}});
  found.observations.resources = newest_first(found.observations.resources);
  co_return found;
}

runtime::task<> reads::fly_labs(std::string patient, flight_ptr mine, fetch_origin from) {
  search wanted;
  wanted.type = "Observation";
  wanted.patient = patient;
  wanted.parameters.emplace_back("patient", patient);
  wanted.parameters.emplace_back("category", "laboratory");
  auto got = co_await fetch_all(pipeline_, std::move(from), std::move(wanted));
  if (got) degradation_.served_live();
  mine->land(std::move(got));
}

}  // namespace epicenter::epic
