#include <algorithm>
#include <charconv>
#include <set>

#include "mock-epic/bulk/snapshot.hpp"
#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/criterion.hpp"
#include "mock-epic/fhir/operations/handlers.hpp"
#include "mock-epic/fhir/operations/searchset.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::size_t default_count = 1'000;

struct wishes {
  std::optional<std::set<type_id>> types;
  std::optional<wall_time> since;
  std::size_t count = default_count;
  std::string after;  ///< "Type/id", the last of the page before
};

answer refuse_value(std::string_view name) {
  return refuse_operation(400, "value", "59100", "Invalid value of parameter: " + std::string(name),
                          "everything_value");
}

or_refusal<wishes> read_wishes(const call& c) {
  const auto input = read_input(c);
  if (!input) return tl::unexpected(input.error());
  if (auto refused = refuse_unknown(c, *input, {"_since", "_type", "_count", "_after"}))
    return tl::unexpected(std::move(*refused));
  wishes made;
  if (const auto types = text_of(*input, "_type")) {
    made.types.emplace();
    for (const std::string_view name : split_list(*types)) {
      const auto type = type_named(name);
      if (!type) return tl::unexpected(refuse_value("_type"));
      made.types->insert(*type);
    }
  }
  if (const auto since = text_of(*input, "_since")) {
    const auto range = data::parse_date(*since);
    if (!range) return tl::unexpected(refuse_value("_since"));
    made.since = wall_time(std::chrono::seconds(range->begin));
  }
  if (const auto count = text_of(*input, "_count")) {
    std::size_t given = 0;
    const auto [end, error] = std::from_chars(count->data(), count->data() + count->size(), given);
    if (error != std::errc{} || end != count->data() + count->size() || given == 0)
      return tl::unexpected(refuse_value("_count"));
    made.count = std::min(given, default_count);
  }
  made.after = text_of(*input, "_after").value_or("");
  return made;
}

void add_references(const json::value& from, std::set<std::string>& to) {
  if (const json::array* list = from.if_array()) {
    for (const json::value& one : *list) add_references(one, to);
  } else if (const json::object* members = from.if_object()) {
    for (const auto& [name, value] : *members) {
      const auto target = value.if_string();
      if (name == "reference" && target) {
        to.insert(*target);
      } else {
        add_references(value, to);
      }
    }
  }
}

std::string key_of(const resource& r) {
  return std::string(name_of(r.type())) + "/" + r.id();
}

/// The Patient, then everything else by type and id: an order that later pages find again, whatever was filed
/// or deleted in between.
std::vector<searchset_entry> find_all(const call& c, store& records, const resource_ptr& patient) {
  std::vector<searchset_entry> all;
  std::set<std::string> references;
  for (const resource_ptr& one : records.chart_of(patient->id())) {
    if (!one->searchable() || one == patient || !may_show(c, *one)) continue;
    add_references(one->value(), references);
    all.push_back({one, "match", {}});
  }
  add_references(patient->value(), references);
  for (const std::string& target : references) {
    const auto type = type_named(std::string_view(target).substr(0, target.find('/')));
    if (!type || !bulk::is_associated(*type)) continue;
    const resource_ptr found = records.find(*type, id_of_reference(target));
    if (found && found->searchable() && found->patient().empty() && may_show(c, *found))
      all.push_back({found, "include", {}});
  }
  std::sort(all.begin(), all.end(), [](const searchset_entry& a, const searchset_entry& b) {
    return key_of(*a.resource) < key_of(*b.resource);
  });
  all.insert(all.begin(), {patient, "match", {}});
  return all;
}

std::string next_url(const call& c, const std::string& after) {
  http::parameters parameters;
  if (auto query = http::decode_form(c.request.query())) parameters = std::move(*query);
  std::erase_if(parameters, [](const auto& one) { return one.first == "_after"; });
  parameters.emplace_back("_after", after);
  const std::string url = url_of(c);
  return url.substr(0, url.find('?')) + "?" + http::encode_form(parameters);
}

}  // namespace

answer run_everything(const call& c, operation_world& world) {
  auto wanted = read_wishes(c);
  if (!wanted) return std::move(wanted.error());
  const auto patient = patient_of(c, world.store, c.asked.id);
  if (!patient) return patient.error();
  std::vector<searchset_entry> all = find_all(c, world.store, *patient);
  std::erase_if(all, [&](const searchset_entry& one) {
    return (wanted->types && !wanted->types->contains(one.resource->type())) ||
           (wanted->since && one.resource->updated() <= *wanted->since);
  });
  searchset made;
  made.total = all.size();
  const bool first_page = wanted->after.empty();
  const std::string self = key_of(**patient);
  for (searchset_entry& one : all) {
    const std::string key = key_of(*one.resource);
    // The patient comes before all others, so after it everything else follows.
    const bool before = !first_page && (key == self || (wanted->after != self && key <= wanted->after));
    if (before) continue;
    if (made.entries.size() == wanted->count) {
      made.next = next_url(c, key_of(*made.entries.back().resource));
      break;
    }
    made.entries.push_back(std::move(one));
  }
  return answer_fhir(200, write_searchset(c, made, world.orders), "");
}

}  // namespace epicenter::mock::fhir
