#include <algorithm>
#include <epicenter/epic/fetch.hpp>
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/epic/patient_guard.hpp>
#include <epicenter/fhir/search_walk.hpp>

namespace epicenter::epic {
namespace {

// A page has up to 1000 resources; nobody reads more than this of one patient at a time.
constexpr fhir::search_bounds bounds{50, 20'000, std::size_t{256} * 1024 * 1024, 1};

call_failure protocol_failure(std::string detail) {
  return failed(failure_cause::protocol, error(make_error_code(errc::protocol), std::move(detail)));
}

call_failure other_patient(std::string detail) {
  return failed(failure_cause::protocol, error(make_error_code(errc::wrong_patient), std::move(detail)));
}

call call_of(const fetch_origin& from, resilience::endpoint_class endpoint, std::uint32_t page,
             http::request message) {
  call asked;
  asked.purpose = from.purpose;
  asked.endpoint = endpoint;
  asked.repeat = resilience::retry_class::safe;
  asked.operation = from.operation;
  asked.request = from.first_request + page * from.stride;
  asked.message = std::move(message);
  asked.user = from.user;
  asked.patient = from.pseudonym;
  asked.deadline = from.deadline;
  return asked;
}

// The resources that are new are kept; the walk knows what comes next.
std::optional<call_failure> take_page(fhir::search_walk& walk, std::vector<json::value>& into, answer page,
                                      const search& wanted) {
  auto* found = std::get_if<fhir::bundle>(&page.content);
  if (found == nullptr) return protocol_failure("a search brought no Bundle");
  for (auto& resource : found->matches) {
    if (fhir::type_of(resource) != wanted.type) {
      return protocol_failure("a search brought a resource of another type");
    }
    if (!is_about(resource, wanted.patient)) return other_patient(wanted.type);
    if (walk.take(resource)) into.push_back(std::move(resource));
  }
  walk.end_page(*found, page.body_bytes);
  return std::nullopt;
}

fetched whole(const fhir::search_walk& walk, std::vector<json::value> resources, instant at) {
  fetched made;
  made.resources = resource_list(std::move(resources));
  made.missing = walk.missing();
  made.partial = !walk.missing().empty();
  made.bytes = walk.bytes();
  made.at = at;
  return made;
}

}  // namespace

runtime::task<fetch_result> fetch_patient(pipeline& through, fetch_origin from, std::string patient) {
  auto message = through.build().read("Patient", patient);
  if (!message) co_return tl::unexpected(failed(failure_cause::refused, std::move(message.error())));
  call asked = call_of(from, resilience::endpoint_class::read, 0, std::move(*message));
  auto got = co_await through.run(asked);
  if (!got) co_return tl::unexpected(std::move(got.error()));
  auto* read = std::get_if<fhir::resource>(&got->content);
  if (read == nullptr || fhir::type_of(read->content) != "Patient") {
    co_return tl::unexpected(protocol_failure("a read brought something else than a patient"));
  }
  if (!is_about(read->content, patient)) co_return tl::unexpected(other_patient("Patient"));
  fetched made;
  made.single = std::make_shared<const json::value>(std::move(read->content));
  made.bytes = got->body_bytes;
  made.at = got->at;
  co_return made;
}

runtime::task<fetch_result> fetch_all(pipeline& through, fetch_origin from, search wanted) {
  fhir::search_walk walk(through.build(), through.fhir_origin(), wanted.type, wanted.parameters, bounds);
  std::vector<json::value> resources;
  for (std::uint32_t page = 0;; ++page) {
    auto message = walk.next_request();
    if (!message) co_return tl::unexpected(failed(failure_cause::protocol, std::move(message.error())));
    call asked = call_of(from, resilience::endpoint_class::search, page, std::move(*message));
    auto paged = co_await through.run(asked);
    if (!paged) {
      const bool answered = paged.error().status != 0;
      if (answered && walk.begin_again(paged.error().fhir_why)) continue;
      co_return tl::unexpected(std::move(paged.error()));
    }
    const instant at = paged->at;
    auto bad = take_page(walk, resources, std::move(*paged), wanted);
    if (bad) co_return tl::unexpected(std::move(*bad));
    if (walk.done()) co_return whole(walk, std::move(resources), at);
  }
}

resource_list newest_first(const resource_list& observations, const site_zone& zone) {
  struct dated {
    wall_time when;
    const json::value* what;
  };
  std::vector<dated> order;
  order.reserve(observations.size());
  for (const auto& one : observations) order.push_back({time_of(one, zone).value_or(wall_time::min()), &one});
  const auto later = [](const dated& a, const dated& b) { return a.when > b.when; };
  if (std::is_sorted(order.begin(), order.end(), later)) return observations;
  std::stable_sort(order.begin(), order.end(), later);
  std::vector<json::value> sorted;
  sorted.reserve(order.size());
  for (const auto& one : order) sorted.push_back(*one.what);
  return resource_list(std::move(sorted));
}

}  // namespace epicenter::epic
