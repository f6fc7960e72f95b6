#include <algorithm>
#include <epicenter/epic/fetch.hpp>
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/epic/patient_guard.hpp>
#include <set>

namespace epicenter::epic {
namespace {

// A page has up to 1000 resources; nobody reads more than this of one patient at a time.
constexpr std::uint32_t max_pages = 50;
constexpr std::size_t max_resources = 20'000;
constexpr std::uint32_t max_restarts = 1;

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

/// What a search has brought so far.
struct harvest {
  std::vector<json::value> resources;
  std::set<std::string, std::less<>> followed;  // next links: a server that turns in circles is left
  bool partial = false;
  std::size_t bytes = 0;
};

// The next page's link; empty at the end.
tl::expected<std::string, call_failure> take_page(harvest& into, answer page, const search& wanted) {
  auto* found = std::get_if<fhir::bundle>(&page.content);
  if (found == nullptr) return tl::unexpected(protocol_failure("a search brought no Bundle"));
  into.bytes += page.body_bytes;
  into.partial = into.partial || found->complete == fhir::completeness::partial;
  for (auto& resource : found->matches) {
    if (fhir::type_of(resource) != wanted.type) {
      return tl::unexpected(protocol_failure("a search brought a resource of another type"));
    }
    if (!is_about(resource, wanted.patient)) return tl::unexpected(other_patient(wanted.type));
    into.resources.push_back(std::move(resource));
  }
  if (found->next.empty()) return std::string();
  const bool again = !into.followed.insert(found->next).second;
  if (again || into.followed.size() >= max_pages || into.resources.size() >= max_resources) {
    into.partial = true;
    return std::string();
  }
  return std::move(found->next);
}

result<http::request> request_of(const pipeline& through, const search& wanted, const std::string& next) {
  if (next.empty()) return through.build().search(wanted.type, wanted.parameters);
  return through.build().next_page(next, through.fhir_origin());
}

fetched whole(harvest got, instant at) {
  fetched made;
  made.resources = resource_list(std::move(got.resources));
  made.partial = got.partial;
  made.bytes = got.bytes;
  made.at = at;
  return made;
}

}  // namespace

runtime::task<fetch_result> fetch_patient(pipeline& through, fetch_origin from, std::string patient) {
  auto message = through.build().read("Patient", patient);
  if (!message) co_return tl::unexpected(failed(failure_cause::refused, std::move(message.error())));
  call asked = call_of(from, resilience::endpoint_class::read, 0, std::move(*message));
  auto got = co_await through.run(std::move(asked));
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
  harvest got;
  std::string next;
  std::uint32_t restarts = 0;
  for (std::uint32_t page = 0;; ++page) {
    auto message = request_of(through, wanted, next);
    if (!message) co_return tl::unexpected(failed(failure_cause::protocol, std::move(message.error())));
    call asked = call_of(from, resilience::endpoint_class::search, page, std::move(*message));
    auto paged = co_await through.run(std::move(asked));
    if (!paged) {
      const bool expired = paged.error().fhir_why == fhir::errc::session_expired && paged.error().status != 0;
      if (!expired || next.empty() || ++restarts > max_restarts) {
        co_return tl::unexpected(std::move(paged.error()));
      }
      got = harvest{};
      next.clear();
      continue;
    }
    const instant at = paged->at;
    auto following = take_page(got, std::move(*paged), wanted);
    if (!following) co_return tl::unexpected(std::move(following.error()));
    if (following->empty()) co_return whole(std::move(got), at);
    next = std::move(*following);
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
