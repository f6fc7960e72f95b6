#include "mock-epic/fhir/bundle_runner.hpp"

#include <algorithm>
#include <array>
#include <epicenter/json/write.hpp>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/bundle_entry.hpp"
#include "mock-epic/fhir/intake.hpp"
#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/fhir/references.hpp"
#include "mock-epic/fhir/versioned_answer.hpp"

namespace epicenter::mock::fhir {
namespace {

answer refuse_entry(std::size_t number, std::string_view what) {
  const std::string where = "Bundle.entry[" + std::to_string(number) + "]";
  return refuse(400, "structure", "59105", std::string(what) + ": " + where, where, "bundle_entry");
}

/// The order in which a transaction carries out its entries.
std::size_t rank_of(interaction what) {
  constexpr auto order =
      std::to_array({interaction::erase, interaction::create, interaction::update, interaction::patch});
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), what) - order.begin());
}

}  // namespace

bundle_runner::bundle_runner(store& s, writer& w, finder find, std::string base_path, dispatcher answer_to)
    : store_(s),
      writer_(w),
      find_(std::move(find)),
      base_path_(std::move(base_path)),
      answer_to_(std::move(answer_to)) {}

answer bundle_runner::run(const call& c) {
  auto bundle = read_resource(c.request);
  if (!bundle) return std::move(bundle.error());
  const std::string_view type = bundle->string_at("type");
  if (bundle->string_at("resourceType") != "Bundle" || (type != "batch" && type != "transaction"))
    return refuse(400, "structure", "59105", "A Bundle of type batch or transaction is needed.", "type",
                  "bundle_type");
  entries all;
  if (auto refused = read(c, *bundle, type == "batch", all)) return std::move(*refused);
  return type == "batch" ? run_batch(c, all) : run_transaction(c, all);
}

std::optional<answer> bundle_runner::read(const call& c, const json::value& bundle, bool alone,
                                          entries& all) const {
  const json::value* list = bundle.find("entry");
  if (!list) return std::nullopt;
  const json::array* given = list->if_array();
  if (!given) return refuse(400, "structure", "59105", "Must be an array: entry", "entry", "bundle_entry");
  if (given->size() > max_bundle_entries)
    return refuse(413, "too-costly", "59133", "More than " + std::to_string(max_bundle_entries) + " entries.",
                  "entry", "bundle_size");
  all.reserve(given->size());
  for (std::size_t i = 0; i < given->size(); ++i) {
    auto one = entry::read((*given)[i], base_path_, c);
    if (!one && !alone) return refuse_entry(i, one.error());
    if (one) {
      all.push_back(std::move(*one));
      continue;
    }
    entry& broken = all.emplace_back();
    broken.reply = refuse_entry(i, one.error());
    broken.settled = true;
  }
  return std::nullopt;
}

answer bundle_runner::run_one(const call& outer, entry& e, const std::set<std::string>* coming) {
  const call c{e.request, e.asked, outer.base, outer.at, outer.allowed, outer.meddler};
  if (!c.meddler) return carry_out(c, e, coming);
  auto instead = c.meddler->before(c);
  answer reply = instead ? std::move(*instead) : carry_out(c, e, coming);
  c.meddler->after(c, reply);
  return reply;
}

answer bundle_runner::carry_out(const call& c, entry& e, const std::set<std::string>* coming) {
  const interaction what = e.asked.what;
  if (what == interaction::batch)
    return refuse(400, "not-supported", "59159", "No bundle in a bundle.", "", "bundle_nested");
  const bool writes =
      what == interaction::create || what == interaction::update || what == interaction::patch;
  if (!writes) return answer_to_(c);
  if (!e.body)
    return refuse(400, "required", "59108", "Required element missing: resource", "resource", "bundle_entry");
  if (auto refused = refuse_unpermitted(c, *e.asked.type, what, nullptr)) return std::move(*refused);
  const entry_plan plan{e.id, coming, false};
  if (what == interaction::create) return writer_.create(c, *e.body, plan);
  if (what == interaction::update) return writer_.update(c, *e.body, plan);
  const auto operations = e.patch_operations();
  if (!operations)
    return refuse(400, "structure", "59105", "A Binary with a JSON Patch is needed.", "resource",
                  "patch_malformed");
  return writer_.patch(c, *operations, plan);
}

answer bundle_runner::run_batch(const call& c, entries& all) {
  std::size_t bytes = 0;
  for (entry& e : all) {
    if (!e.settled && bytes > max_response_bytes) {
      e.reply = refuse(413, "too-costly", "59133", "The answers to the entries before it are too large.", "",
                       "batch_size");
    } else if (!e.settled) {
      e.reply = run_one(c, e, nullptr);
      store_.trim();
    }
    bytes += e.reply.response.body.size();
  }
  return answer_all("batch-response", all, wanted_of(c.request) == wanted::representation);
}

answer bundle_runner::run_transaction(const call& c, entries& all) {
  const auto before = store_.mark();
  const auto undo = [&](answer failure) {
    store_.roll_back(before);
    failure.filed.clear();
    return failure;
  };
  std::map<std::string, std::string> names;
  std::set<std::string> coming;
  if (auto refused = assign_ids(c, all, names, coming)) return undo(std::move(*refused));
  for (entry& e : all)
    if (e.body)
      if (auto refused = rewrite(c, *e.body, names)) return undo(std::move(*refused));
  std::vector<entry*> order;
  for (entry& e : all) order.push_back(&e);
  std::stable_sort(order.begin(), order.end(), [](const entry* a, const entry* b) {
    return rank_of(a->asked.what) < rank_of(b->asked.what);
  });
  std::size_t bytes = 0;
  for (entry* e : order) {
    e->reply = run_one(c, *e, &coming);
    if (e->reply.response.status >= 400) return undo(std::move(e->reply));
    bytes += e->reply.response.body.size();
    if (bytes > max_response_bytes)
      return undo(
          refuse(413, "too-costly", "59133", "The answers to the entries are too large.", "", "bundle_size"));
  }
  return answer_all("transaction-response", all, wanted_of(c.request) == wanted::representation);
}

std::optional<answer> bundle_runner::assign_ids(const call& c, entries& all,
                                                std::map<std::string, std::string>& names,
                                                std::set<std::string>& coming) {
  std::set<std::string> touched;
  std::set<std::string> gone;
  for (const entry& e : all)
    if (e.asked.what == interaction::erase && e.asked.type && !e.asked.id.empty())
      gone.insert(std::string(name_of(*e.asked.type)) + "/" + e.asked.id);
  std::map<std::string, std::string> conditions;  // "Type?query" and what it names
  for (std::size_t i = 0; i < all.size(); ++i) {
    entry& e = all[i];
    const interaction what = e.asked.what;
    const bool conditional = e.asked.id.empty();
    std::string name;
    bool writes = rank_of(what) < 4;
    if (what == interaction::create || (what == interaction::update && conditional)) {
      const call inner{e.request, e.asked, c.base, c.at, c.allowed, c.meddler};
      const std::string query = std::string(
          what == interaction::create ? e.request.fields.get("If-None-Exist") : e.request.query());
      const std::string condition = query.empty() ? "" : std::string(name_of(*e.asked.type)) + "?" + query;
      if (const auto same = conditions.find(condition); same != conditions.end()) {
        // The first of them creates it, the others find it.
        if (what == interaction::update) return refuse_entry(i, "Written twice in one transaction");
        if (!e.full_url.empty()) names.insert_or_assign(e.full_url, same->second);
        continue;
      }
      search_result matches;
      if (!query.empty()) matches = find_(inner, *e.asked.type, query);
      if (matches.refused) return std::move(matches.refused);
      const std::string given =
          what == interaction::update && e.body ? std::string(e.body->string_at("id")) : "";
      std::string id = given.empty() ? writer_.draw_id(*e.asked.type) : given;
      // What the transaction itself deletes is gone before anything is created.
      std::erase_if(matches.found,
                    [&](const resource_ptr& one) { return gone.contains(fhir::name_of(*one)); });
      if (matches.found.size() == 1) {
        id = matches.found[0]->id();
        writes = what == interaction::update;  // the create leaves what exists as it is
      }
      name = std::string(name_of(*e.asked.type)) + "/" + id;
      e.id = std::move(id);
      if (!condition.empty()) conditions.emplace(condition, name);
    } else if (e.asked.type && !conditional) {
      name = std::string(name_of(*e.asked.type)) + "/" + e.asked.id;
    }
    if (name.empty()) continue;
    if (writes && !touched.insert(name).second) return refuse_entry(i, "Written twice in one transaction");
    if (what == interaction::create || what == interaction::update) coming.insert(name);
    if (!e.full_url.empty()) names.insert_or_assign(e.full_url, name);
  }
  return std::nullopt;
}

std::optional<answer> bundle_runner::rewrite(const call& c, json::value& v,
                                             std::map<std::string, std::string>& names) {
  if (json::array* list = v.if_array()) {
    for (json::value& one : *list)
      if (auto refused = rewrite(c, one, names)) return refused;
    return std::nullopt;
  }
  json::object* object = v.if_object();
  if (!object) return std::nullopt;
  for (auto& [key, member] : *object) {
    const auto text = member.if_string();
    if (!text) {
      if (auto refused = rewrite(c, member, names)) return refused;
      continue;
    }
    if (key != "reference" && key != "url" && key != "uri" && !key.starts_with("value")) continue;
    if (const auto at = names.find(*text); at != names.end()) {
      member = at->second;
      continue;
    }
    const std::size_t mark = text->find('?');
    const auto type =
        key == "reference" && mark != std::string::npos ? type_named(text->substr(0, mark)) : std::nullopt;
    if (!type) continue;
    const std::string query(text->substr(mark + 1));
    if (names.size() > max_bundle_entries * 2)
      return refuse(413, "too-costly", "59133", "Too many conditional references.", "reference",
                    "bundle_size");
    search_result matches = find_(c, *type, query);
    if (matches.refused) return std::move(matches.refused);
    if (matches.found.size() != 1)
      return refuse(412, matches.found.empty() ? "not-found" : "multiple-matches", "59144",
                    "A conditional reference must match one resource.", "reference", "conditional_reference");
    std::string found = fhir::name_of(*matches.found[0]);
    names.emplace(*text, found);  // the same condition names the same resource all through
    member = std::move(found);
  }
  return std::nullopt;
}

answer bundle_runner::answer_all(std::string_view type, entries& all, bool whole) {
  answer made = answer_fhir(200, "", "");
  std::string out = R"({"resourceType":"Bundle","type":")" + std::string(type) + '"';
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += i == 0 ? R"(,"entry":[)" : ",";
    all[i].write_reply(out, whole);
    for (filed& one : all[i].reply.filed) made.filed.push_back(std::move(one));
  }
  if (!all.empty()) out += ']';
  out += '}';
  made.response.body = std::move(out);
  return made;
}

}  // namespace epicenter::mock::fhir
