#include "mock-epic/bulk/exporter.hpp"
#include "mock-epic/fhir/http_date.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mock-epic/bulk/group.hpp"
#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/negotiation.hpp"

namespace epicenter::mock::bulk {
namespace {

using fhir::answer;
using fhir::interaction;
using fhir::refuse_operation;

constexpr std::string_view r4 = "/R4";
constexpr std::string_view jobs_path = "/BulkRequest";

std::string client_of(const fhir::access* allowed) {
  return allowed ? std::string(allowed->client()) : std::string();
}

answer not_found(std::string rule) {
  return refuse_operation(404, "not-found", "59008", "No such bulk request, or it was deleted.",
                          std::move(rule));
}

answer too_many(std::string diagnostics, std::int64_t seconds) {
  answer made = refuse_operation(429, "throttled", "4135", std::move(diagnostics), "export_throttled");
  made.response.fields.set("Retry-After", fmt::format("{}", seconds));
  return made;
}

/// Outcomes of a kick-off are JSON: a client that takes only something else is told so.
bool takes_json(std::string_view accept) {
  if (accept.empty()) return true;
  for (const std::string_view one : fhir::split_list(accept)) {
    const std::string_view type = one.substr(0, one.find_first_of("; "));
    for (const std::string_view good :
         {"application/fhir+json", "application/json", "application/*", "*/*", "application/fhir+ndjson"})
      if (http::equal_ignoring_case(type, good)) return true;
  }
  return false;
}

}  // namespace

exporter::exporter(fhir::store& store, exporter_world world, export_options options)
    : store_(store),
      world_(std::move(world)),
      options_(options),
      ids_(runtime::derive_seed(world_.seed, "mock.exports")) {}

std::optional<answer> exporter::refuse_headers(const fhir::call& c) const {
  if (!fhir::prefers(c.request, "respond-async"))
    return refuse_operation(400, "invalid", "59109", "$export needs the header Prefer: respond-async.",
                            "export_prefer");
  if (!takes_json(c.request.fields.get("Accept")))
    return refuse_operation(400, "invalid", "59109",
                            "$export needs the header Accept: application/fhir+json.", "export_accept");
  if (c.allowed && (!c.allowed->is_backend() || !c.allowed->kept()))
    return refuse_operation(403, "forbidden", "59130", "$export needs a token of a backend client.",
                            "export_not_backend");
  return std::nullopt;
}

answer exporter::kick_off(const fhir::call& c, export_level level) {
  forget(c.at.now);
  if (auto refused = refuse_headers(c)) return std::move(*refused);
  auto wanted = read_export_request(c, store_, world_.orders, level != export_level::system);
  if (!wanted) return std::move(wanted.error());
  auto patients = patients_of(c, *wanted, level);
  if (!patients) return std::move(patients.error());
  const auto types = types_of(c, *wanted, level);
  if (!types) return types.error();
  const std::string client = client_of(c.allowed);
  const std::string group = client + "/" + c.asked.id;
  if (level == export_level::group)
    if (auto refused = refuse_repeat(group, c.at.now)) return std::move(*refused);
  if (auto refused = refuse_load(client, c.at)) return std::move(*refused);
  return start(c, std::move(*wanted), *types, snapshot(store_, level, *patients),
               level == export_level::group ? group : std::string());
}

fhir::or_refusal<std::optional<std::vector<std::string>>> exporter::patients_of(const fhir::call& c,
                                                                                export_request& wanted,
                                                                                export_level level) {
  std::vector<std::string> named = std::exchange(wanted.patients, {});
  std::optional<std::vector<std::string>> found;
  if (level == export_level::group) {
    const fhir::resource_ptr group = store_.find(fhir::type_id::group, c.asked.id);
    if (!group || group->deleted()) {
      const fhir::issue unknown{"fatal", "not-found", "59008", "Invalid FHIR ID provided", "id"};
      return tl::unexpected(fhir::answer_outcome(404, unknown, "unknown_id"));
    }
    found = members_of(*group, store_.hospital());
  }
  if (named.empty()) return found;
  const bool lenient = fhir::prefers(c.request, "handling=lenient");
  std::vector<std::string> members = found ? std::move(*found) : std::vector<std::string>();
  std::sort(members.begin(), members.end());
  const auto is_known = [&](const std::string& id) {
    if (level == export_level::group) return std::binary_search(members.begin(), members.end(), id);
    return store_.has_patient(id);
  };
  std::vector<std::string> kept;
  for (std::string& one : named) {
    if (is_known(one)) {
      kept.push_back(std::move(one));
    } else if (!lenient) {
      return tl::unexpected(refuse_operation(400, "not-found", "59008",
                                             level == export_level::group
                                                 ? "patient names one who is not in the group."
                                                 : "patient names one whom this server does not know.",
                                             "export_patient"));
    } else if (wanted.ignored.size() < 100) {
      const fhir::issue told{"warning", "not-found", "59008", "A patient was not found and has been ignored.",
                             "patient"};
      wanted.ignored.push_back(fhir::write_outcome(told));
    }
  }
  return kept;
}

fhir::or_refusal<type_set> exporter::types_of(const fhir::call& c, export_request& wanted,
                                              export_level level) const {
  const bool lenient = fhir::prefers(c.request, "handling=lenient");
  type_set made;
  for (const fhir::type_rules& rules : fhir::all_types()) {
    const auto bit = static_cast<std::size_t>(rules.id);
    if (!world_.orders && !rules.epic.any()) continue;
    if (wanted.types && !wanted.types->test(bit)) continue;
    // Epic writes Binary only where it was asked for.
    if (!wanted.types && rules.id == fhir::type_id::binary && level == export_level::group && !world_.orders)
      continue;
    const bool granted = !c.allowed || (c.allowed->permits(rules.id, interaction::read, nullptr) &&
                                        c.allowed->permits(rules.id, interaction::search, nullptr));
    if (granted) {
      made.set(bit);
    } else if (wanted.types) {
      const std::string told = fmt::format("The client is not authorized for {}.", rules.name());
      if (!lenient)
        return tl::unexpected(refuse_operation(403, "forbidden", "59130", told, "export_type_forbidden"));
      wanted.ignored.push_back(fhir::write_outcome(fhir::issue{"warning", "forbidden", "59130", told, ""}));
    }
  }
  return made;
}

std::optional<answer> exporter::refuse_repeat(const std::string& group, instant now) {
  if (!options_.once_a_day) return std::nullopt;
  const auto at = last_of_group_.find(group);
  if (at == last_of_group_.end()) return std::nullopt;
  const auto left = std::chrono::ceil<std::chrono::seconds>(at->second.last + 24h - now).count();
  return too_many("One bulk request a group in 24 hours.", left);
}

std::optional<answer> exporter::refuse_load(std::string_view client, fhir::moment at) {
  const auto is_running = [&](const auto& one) {
    return !one.second.done() && one.second.client() == client;
  };
  const auto running = [&] {
    return static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), is_running));
  };
  if (running() >= options_.max_running) {
    // Jobs that nobody asked about may be done for all that time has passed.
    for (auto& [id, job] : jobs_)
      if (job.client() == client) job.advance(store_, at, options_.charts_a_poll / options_.max_running);
    if (running() >= options_.max_running)
      return too_many("The client has too many bulk requests running.", 60);
  }
  if (jobs_.size() < options_.max_jobs) return std::nullopt;
  const auto oldest = std::find_if(by_age_.begin(), by_age_.end(),
                                   [&](const std::string& id) { return jobs_.find(id)->second.done(); });
  if (oldest == by_age_.end()) return too_many("Too many bulk requests are running.", 60);
  end(jobs_.find(*oldest));
  return std::nullopt;
}

answer exporter::start(const fhir::call& c, export_request wanted, const type_set& types, snapshot charts,
                       const std::string& daily_key) {
  const std::string origin = c.base.substr(0, c.base.size() - world_.base_path.size());
  // Epic's ids of requests: 32 digits, the first ten of them zeros.
  const std::string id = "0000000000" + data::make_text(ids_, "0123456789ABCDEF", 22);
  const std::string url = origin + jobs_base() + "/" + id;
  job_start made{url,
                 origin + c.request.target,
                 client_of(c.allowed),
                 c.at,
                 std::move(wanted),
                 std::move(charts),
                 world_.orders,
                 types,
                 c.allowed ? c.allowed->kept() : nullptr};
  jobs_.emplace(id, export_job(std::move(made), options_, runtime::random_stream(ids_.next())));
  by_age_.push_back(id);
  if (options_.once_a_day && !daily_key.empty())
    last_of_group_.insert_or_assign(daily_key, daily{c.at.now, id});
  answer accepted = fhir::answer_empty(202, "export_accepted");
  accepted.response.fields.set("Content-Location", url);
  return accepted;
}

std::string exporter::jobs_base() const {
  return world_.base_path.substr(0, world_.base_path.size() - r4.size()) + std::string(jobs_path);
}

bool exporter::owns(std::string_view path) const {
  const std::string base = jobs_base();
  return path.starts_with(base) && path.size() > base.size() && path[base.size()] == '/';
}

answer exporter::handle(const http::request& request, fhir::moment at, const fhir::access* allowed) {
  forget(at.now);
  answer made = find_and_answer(request, at, allowed);
  fhir::negotiate(request, made.response, world_.orders);
  return made;
}

answer exporter::find_and_answer(const http::request& request, fhir::moment at, const fhir::access* allowed) {
  std::string_view path = request.path();
  path.remove_prefix(jobs_base().size() + 1);
  const std::size_t slash = path.find('/');
  const auto job = jobs_.find(path.substr(0, slash));
  if (job == jobs_.end()) return not_found("export_unknown_job");
  // Whose token it is not learns nothing beyond that.
  if (job->second.client() != client_of(allowed) || (allowed && !allowed->is_backend()))
    return refuse_operation(403, "forbidden", "59007", "The bulk request is another client's.",
                            "export_other_client");
  if (slash == std::string_view::npos) return answer_job(job, request, at);
  if (request.method != "GET" && request.method != "HEAD") {
    answer made = fhir::answer_empty(405, "method");
    made.response.fields.set("Allow", "GET");
    return made;
  }
  return answer_file(job->second, path.substr(slash + 1));
}

answer exporter::answer_job(by_id::iterator job, const http::request& request, fhir::moment at) {
  if (request.method == "DELETE") {
    end(job);
    return fhir::answer_empty(202, "export_deleted");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    answer made = fhir::answer_empty(405, "method");
    made.response.fields.set("Allow", "GET, DELETE");
    return made;
  }
  job->second.advance(store_, at, options_.charts_a_poll);
  if (!job->second.done()) {
    answer made = fhir::answer_empty(202, "export_running");
    made.response.fields.set("X-Progress", job->second.progress());
    made.response.fields.set("Retry-After", fmt::format("{}", job->second.seconds_left()));
    return made;
  }
  // Epic's manifests carry the boolean as text (seen in manifests of its sandbox).
  const bool needed = world_.requires_token;
  const json::value told = world_.orders ? json::value(needed) : json::value(needed ? "true" : "false");
  answer made = fhir::answer_fhir(200, job->second.manifest(told), "export_done");
  made.response.fields.set("Content-Type", "application/json");
  made.response.fields.set("Expires", fhir::format_http_date(job->second.expires_wall()));
  return made;
}

answer exporter::answer_file(const export_job& job, std::string_view id) {
  const export_job::file* file = job.find(id);
  if (!file) return not_found("export_unknown_file");
  answer made = fhir::answer_fhir(200, job.write(store_, *file), "export_file");
  made.response.fields.set("Content-Type", "application/fhir+ndjson");
  made.response.fields.set("Expires", fhir::format_http_date(job.expires_wall()));
  return made;
}

void exporter::end(by_id::iterator job) {
  // A request that was deleted before its end does not count against the day's one.
  if (!job->second.done())
    std::erase_if(last_of_group_, [&](const auto& one) { return one.second.job == job->first; });
  std::erase(by_age_, job->first);
  jobs_.erase(job);
}

void exporter::forget(instant now) {
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const auto here = job++;
    if (here->second.expires() <= now) end(here);
  }
  std::erase_if(last_of_group_, [&](const auto& one) { return one.second.last + 24h <= now; });
}

std::size_t exporter::held() const {
  std::size_t sum = 0;
  for (const auto& [id, job] : jobs_) sum += job.held();
  return sum;
}

}  // namespace epicenter::mock::bulk
