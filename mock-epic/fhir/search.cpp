#include "mock-epic/fhir/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/interference.hpp"

namespace epicenter::mock::fhir {
namespace {

std::string upper(std::string_view text) {
  std::string made(text);
  for (char& c : made)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return made;
}

/// Epic's self link repeats the parameters by name, those of the framework last.
std::string write_self(std::string_view base, std::string_view type, http::parameters parameters) {
  std::stable_sort(parameters.begin(), parameters.end(), [](const auto& a, const auto& b) {
    const auto key = [](const std::string& name) {
      return std::pair<bool, const std::string&>(name.starts_with('_'), name);
    };
    return key(a.first) < key(b.first);
  });
  std::string url = fmt::format("{}/{}", base, type);
  if (!parameters.empty()) url += "?" + http::encode_form(parameters);
  return url;
}

const search_param* find_param(const type_rules& rules, std::string_view name) {
  const auto at = std::find_if(rules.params.begin(), rules.params.end(),
                               [&](const search_param& param) { return param.name == name; });
  return at == rules.params.end() ? nullptr : &*at;
}

}  // namespace

answer answer_session_expired() {
  const issue expired{"fatal", "processing", "4113", "", ""};
  return answer_outcome(400, expired, "session_expired");
}

/// What a request asks for.
struct searcher::plan {
  std::vector<criterion> criteria;
  std::vector<std::string> names;  ///< of the criteria given
  std::optional<std::string> id, patient, identifier;
  std::size_t page_size = default_page;
  bool count_only = false;
  std::vector<issue> notes;  ///< informational issues

  bool has(std::string_view name) const { return std::find(names.begin(), names.end(), name) != names.end(); }
};

searcher::searcher(store& s, runtime::random_stream sessions, runtime::random_stream uuids)
    : store_(s), pager_(sessions), uuids_(uuids) {}

answer searcher::search(const type_rules& rules, const http::parameters& parameters, std::string_view base,
                        instant now, const call* asked) {
  interference* const meddler = asked ? asked->meddler : nullptr;
  for (const auto& [name, value] : parameters) {
    if (name != "sessionID") continue;
    if (meddler && meddler->page_expired(*asked)) return answer_session_expired();
    return next_page(rules, value, base, now);
  }
  plan wanted;
  for (const auto& [name, value] : parameters)
    if (auto refused = read_parameter(rules, name, value, wanted)) return std::move(*refused);
  if (auto refused = refuse_unscoped(rules, wanted)) return std::move(*refused);
  hits results = find(rules, wanted);
  std::vector<issue> told;
  if (meddler) {
    wanted.page_size = meddler->page_size(*asked, wanted.page_size);
    meddler->found(*asked, results, told);
  }
  return write(rules, wanted, std::move(results), write_self(base, rules.name(), parameters), base, now,
               std::move(told));
}

answer searcher::next_page(const type_rules& rules, std::string_view session, std::string_view base,
                           instant now) {
  const auto page = pager_.fetch(session, now);
  if (!page || page->type != rules.id) {
    return answer_session_expired();
  }
  bundle_parts parts;
  parts.base = base;
  parts.self = fmt::format("{}/{}?sessionID={}", base, rules.name(), session);
  if (!page->next.empty()) parts.next = fmt::format("{}/{}?sessionID={}", base, rules.name(), page->next);
  parts.page = page->resources;
  parts.total = page->resources.size();
  return answer_fhir(200, write_bundle(parts), "");
}

std::optional<answer> searcher::read_parameter(const type_rules& rules, const std::string& name,
                                               const std::string& value, plan& wanted) {
  if (name == "_count" || name == "_summary" || name == "_id") return read_control(name, value, wanted);
  const std::size_t colon = name.find(':');
  const search_param* param = find_param(rules, std::string_view(name).substr(0, colon));
  if (param && colon != std::string::npos) {
    const issue modifier{"fatal", "not-supported", "59012", "Modifier is not supported: " + name, name};
    return answer_outcome(422, modifier, "search_modifier");
  }
  if (!param) {
    const std::string told = "Unknown parameter: " + upper(name) + ". Parameter has been ignored.";
    wanted.notes.push_back({"information", "invalid", "59100", told, ""});
    return std::nullopt;
  }
  auto read = criterion::read(*param, value);
  if (!read) {
    const issue bad{"fatal", "value", "4115", "Invalid value of parameter: " + name, name};
    return answer_outcome(400, bad, "search_value");
  }
  if (name == "patient" || name == "subject") {
    std::string patient(id_of_reference(value));
    if (wanted.patient && *wanted.patient != patient) {
      const issue both{"fatal", "business-rule", "4112", "patient and subject name different patients.",
                       "patient"};
      return answer_outcome(400, both, "search_combination");
    }
    wanted.patient = std::move(patient);
  }
  if (name == "identifier") wanted.identifier = value;
  wanted.names.push_back(name);
  wanted.criteria.push_back(std::move(*read));
  return std::nullopt;
}

std::optional<answer> searcher::read_control(const std::string& name, const std::string& value,
                                             plan& wanted) {
  if (name == "_id") {
    wanted.id = value;
  } else if (name == "_summary" && value == "count") {
    wanted.count_only = true;
  } else {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    const bool good =
        name == "_count" && error == std::errc{} && end == value.data() + value.size() && count > 0;
    if (good) {
      wanted.page_size = std::min(count, default_page);
    } else {
      wanted.notes.push_back({"information", "invalid", "59109", "Invalid value ignored: " + name, name});
    }
  }
  return std::nullopt;
}

std::optional<answer> searcher::refuse_unscoped(const type_rules& rules, const plan& wanted) {
  if (wanted.id) {
    if (store_.find(rules.id, *wanted.id)) return std::nullopt;
    std::vector<issue> issues = wanted.notes;
    issues.push_back({"information", "invalid", "59109", "", "_id"});
    issues.push_back({"fatal", "not-found", "59008", "Invalid FHIR ID provided", "id"});
    return answer_fhir(400, write_outcome(issues), "search_unknown_id");
  }
  const bool by_identifier = wanted.identifier && rules.identifier_suffices;
  bool enough = by_identifier;
  if (rules.needs == search_needs::demographics) {
    enough = enough || !wanted.names.empty();
  } else {
    const bool kind = rules.needs == search_needs::patient || wanted.has("code") || wanted.has("category");
    enough = enough || (wanted.patient && kind);
  }
  if (!enough) {
    const search_refusal& refusal = rules.refusal;
    std::vector<issue> issues = wanted.notes;
    issues.push_back({"fatal", refusal.issue, refusal.epic_code, std::string(refusal.diagnostics),
                      std::string(refusal.expression)});
    return answer_fhir(refusal.status, write_outcome(issues), "search_needs");
  }
  if (wanted.patient && !store_.has_patient(*wanted.patient)) {
    const issue unknown{"fatal", "not-found", "4100", "Invalid patient FHIR ID provided", "patient"};
    return answer_outcome(400, unknown, "search_unknown_patient");
  }
  return std::nullopt;
}

hits searcher::find_identified(const type_rules& rules, std::string_view alternatives) {
  hits found;
  while (!alternatives.empty()) {
    const std::size_t comma = alternatives.find(',');
    const std::string_view token = alternatives.substr(0, comma);
    alternatives.remove_prefix(comma == std::string_view::npos ? alternatives.size() : comma + 1);
    const std::size_t bar = token.find('|');
    const std::string_view value = bar == std::string_view::npos ? token : token.substr(bar + 1);
    for (const resource_ptr& one : store_.by_identifier(rules.id, value))
      if (std::find(found.begin(), found.end(), one) == found.end()) found.push_back(one);
  }
  return found;
}

hits searcher::find(const type_rules& rules, const plan& wanted) {
  hits candidates;
  if (wanted.id) {
    candidates.push_back(store_.find(rules.id, *wanted.id));
  } else if (wanted.patient) {
    candidates = store_.of_patient(rules.id, *wanted.patient);
  } else if (wanted.identifier) {
    candidates = find_identified(rules, *wanted.identifier);
  } else if (wanted.has("birthdate") && (wanted.has("family") || wanted.has("name"))) {
    // A name or a birth date alone finds nobody: no enumeration.
    candidates = store_.of_type(type_id::patient);
  }
  hits found;
  for (const resource_ptr& one : candidates) {
    if (!one->searchable()) continue;
    const bool all = std::all_of(wanted.criteria.begin(), wanted.criteria.end(),
                                 [&](const criterion& c) { return c.matches(one->value()); });
    if (all) found.push_back(one);
  }
  return found;
}

answer searcher::write(const type_rules& rules, const plan& wanted, hits found, std::string self,
                       std::string_view base, instant now, std::vector<issue> told) {
  std::vector<issue> issues;
  if (rules.reports_unknown) issues = wanted.notes;
  std::move(told.begin(), told.end(), std::back_inserter(issues));
  if (found.empty()) issues.push_back({"warning", "processing", "4101", "", ""});
  bundle_parts parts;
  parts.base = base;
  parts.self = std::move(self);
  parts.total = found.size();
  if (!wanted.count_only) {
    parts.total = std::min(found.size(), wanted.page_size);
    parts.page = std::span<const resource_ptr>(found).first(parts.total);
    if (!issues.empty()) {
      parts.outcome = write_outcome(issues);
      parts.outcome_uuid = data::make_uuid(uuids_);
    }
    if (parts.total < found.size()) {
      const std::string session = pager_.keep(rules.id, found, wanted.page_size, now);
      parts.next = fmt::format("{}/{}?sessionID={}", base, rules.name(), session);
    }
  }
  return answer_fhir(200, write_bundle(parts), found.empty() ? "no_results" : "");
}

}  // namespace epicenter::mock::fhir
