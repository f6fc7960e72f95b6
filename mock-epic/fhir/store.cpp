#include "mock-epic/fhir/store.hpp"

#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

bool carries(const resource& r, std::string_view identifier) {
  return walk(r.value(), "identifier.value", [&](const json::value& leaf) {
    const auto value = leaf.if_string();
    return value && *value == identifier;
  });
}

}  // namespace

bool is_in_its_chart(const hits& versions) {
  return versions.front()->who().generated && versions.front()->patient() == versions.back()->patient();
}

store::store(data::hospital hospital, store_options options)
    : hospital_(std::move(hospital)), options_(options), budget_(options.parsed_bytes) {
  std::size_t bytes = 0;
  shared_ = make(hospital_.shared(), bytes);
}

hits store::make(std::vector<data::generated> pages, std::size_t& bytes) {
  hits made;
  made.reserve(pages.size());
  for (data::generated& page : pages) {
    bytes += page.text.size() + sizeof(resource);
    resource::identity who;
    who.type = page.type;
    who.id = std::move(page.id);
    who.patient = std::move(page.patient);
    who.updated = hospital_.today();
    who.generated = true;
    made.push_back(std::make_shared<const resource>(std::move(who), std::move(page.text), &budget_));
  }
  return made;
}

const hits& store::generated(std::size_t number) {
  if (const auto at = charts_.find(number); at != charts_.end()) {
    used_.splice(used_.begin(), used_, at->second.used);
    return at->second.resources;
  }
  chart made;
  made.resources = make(hospital_.chart(number), made.bytes);
  chart_bytes_ += made.bytes;
  used_.push_front(number);
  made.used = used_.begin();
  const hits& kept = charts_.emplace(number, std::move(made)).first->second.resources;
  while (chart_bytes_ > options_.chart_bytes && used_.size() > 1) {
    const auto oldest = charts_.find(used_.back());
    chart_bytes_ -= oldest->second.bytes;
    charts_.erase(oldest);
    used_.pop_back();
  }
  return kept;
}

resource_ptr store::current(const resource_ptr& made) const {
  if (versions_.empty()) return made;
  const auto at = versions_.find(key{made->type(), made->id()});
  return at == versions_.end() ? made : at->second.back();
}

void store::collect(const hits& from, std::optional<type_id> type, hits& into) const {
  for (const resource_ptr& one : from) {
    if (type && one->type() != *type) continue;
    resource_ptr now = current(one);
    const bool moved = now->patient() != one->patient();  // listed under its new patient
    if (!now->deleted() && !moved) into.push_back(std::move(now));
  }
}

void store::collect_filed(std::string_view patient, std::optional<type_id> type, hits& into) const {
  const auto filed = filed_of_.find(patient);
  if (filed == filed_of_.end()) return;
  for (const key& one : filed->second) {
    if (type && one.type != *type) continue;
    const hits& versions = versions_.find(one)->second;
    const resource_ptr& now = versions.back();
    if (!now->deleted() && now->patient() == patient && !is_in_its_chart(versions)) into.push_back(now);
  }
}

resource_ptr store::find(type_id type, std::string_view id) {
  if (!versions_.empty())
    if (const auto at = versions_.find(key{type, std::string(id)}); at != versions_.end())
      return at->second.back();
  return generated_resource(type, id);
}

resource_ptr store::generated_resource(type_id type, std::string_view id) {
  const auto is_it = [&](const resource_ptr& one) { return one->type() == type && one->id() == id; };
  if (const auto owner = hospital_.owner_of(type, id)) {
    const hits& its_chart = generated(*owner);
    const auto at = std::find_if(its_chart.begin(), its_chart.end(), is_it);
    return at == its_chart.end() ? nullptr : *at;
  }
  const auto at = std::find_if(shared_.begin(), shared_.end(), is_it);
  return at == shared_.end() ? nullptr : *at;
}

bool store::has_patient(std::string_view id) {
  if (versions_.empty() && hospital_.patient_index(id)) return true;
  const resource_ptr found = find(type_id::patient, id);
  return found && !found->deleted();
}

hits store::of_patient(type_id type, std::string_view patient) {
  hits found;
  if (const auto number = hospital_.patient_index(patient)) collect(generated(*number), type, found);
  collect_filed(patient, type, found);
  return found;
}

hits store::chart_of(std::string_view patient) {
  hits found;
  if (const auto number = hospital_.patient_index(patient)) collect(generated(*number), std::nullopt, found);
  collect_filed(patient, std::nullopt, found);
  return found;
}

void store::visit(const std::function<bool(const resource_ptr&)>& take) {
  const auto take_all = [&](const hits& all) { return std::all_of(all.begin(), all.end(), take); };
  hits found;
  collect(shared_, std::nullopt, found);
  if (!take_all(found)) return;
  for (std::size_t i = 0; i < hospital_.size(); ++i) {
    found.clear();
    collect(generated(i), std::nullopt, found);
    if (!take_all(found)) return;
  }
  for (const auto& [one, versions] : versions_) {
    const resource_ptr& now = versions.back();
    if (!is_in_its_chart(versions) && !now->deleted() && !take(now)) return;
  }
}

void store::visit_written(const std::function<void(const hits&)>& take) const {
  for (const auto& [one, versions] : versions_) take(versions);
}

hits store::part(std::size_t number) {
  hits found;
  if (number == 0) {
    collect(shared_, std::nullopt, found);
  } else if (number <= hospital_.size()) {
    collect(generated(number - 1), std::nullopt, found);
  } else {
    for (const auto& [one, versions] : versions_)
      if (!is_in_its_chart(versions) && !versions.back()->deleted()) found.push_back(versions.back());
  }
  return found;
}

hits store::of_type(type_id type) {
  hits found;
  visit([&](const resource_ptr& one) {
    if (one->type() == type) found.push_back(one);
    return true;
  });
  return found;
}

hits store::by_identifier(type_id type, std::string_view value) {
  hits found;
  const auto add = [&](const resource_ptr& now) {
    if (now->type() == type && !now->deleted() && carries(*now, value) &&
        std::find(found.begin(), found.end(), now) == found.end())
      found.push_back(now);
  };
  for (const resource_ptr& one : shared_) add(current(one));
  for (const std::size_t number : hospital_.holders_of(value))
    for (const resource_ptr& one : generated(number)) add(current(one));
  if (const auto written = identified_.find(value); written != identified_.end())
    for (const key& one : written->second) add(versions_.find(one)->second.back());
  return found;
}

hits store::history(type_id type, std::string_view id) {
  if (const auto at = versions_.find(key{type, std::string(id)}); at != versions_.end()) return at->second;
  if (resource_ptr only = find(type, id)) return {std::move(only)};
  return {};
}

resource_ptr store::keep(resource::identity who, json::object content) {
  std::string text = who.deleted ? std::string() : json::write(json::value(std::move(content)));
  const key named{who.type, who.id};
  auto made = std::make_shared<const resource>(std::move(who), std::move(text), &budget_);
  versions_[named].push_back(made);
  changes_.push_back(made);
  walk(made->value(), "identifier.value", [&](const json::value& leaf) {
    const auto value = leaf.if_string();
    if (!value) return false;
    std::vector<key>& holders = identified_[*value];
    if (std::find(holders.begin(), holders.end(), named) == holders.end()) holders.push_back(named);
    return false;
  });
  return made;
}

resource_ptr store::file(type_id type, std::string id, std::string patient, json::object content,
                         bool searchable, wall_time now) {
  resource::identity who;
  who.type = type;
  who.id = std::move(id);
  who.patient = std::move(patient);
  who.updated = now;
  who.searchable = searchable;
  EPICENTER_CHECK(!versions_.contains(key{who.type, who.id}), "what is filed has an id of its own");
  filed_of_[who.patient].push_back(key{who.type, who.id});
  return keep(std::move(who), std::move(content));
}

resource_ptr store::replace(const resource& old, std::string patient, json::object content, wall_time now) {
  const resource_ptr before = old.shared_from_this();
  resource::identity who = old.who();
  hits& versions = versions_[key{who.type, who.id}];
  if (versions.empty()) versions.push_back(before);  // what was generated is the first version
  std::vector<key>& filed = filed_of_[patient];
  const key named{who.type, who.id};
  if (who.patient != patient && std::find(filed.begin(), filed.end(), named) == filed.end())
    filed.push_back(named);
  who.patient = std::move(patient);
  who.version = versions.back()->version() + 1;
  who.updated = now;
  who.deleted = false;
  return keep(std::move(who), std::move(content));
}

resource_ptr store::erase(const resource& old, wall_time now) {
  const resource_ptr before = old.shared_from_this();
  resource::identity who = old.who();
  hits& versions = versions_[key{who.type, who.id}];
  if (versions.empty()) versions.push_back(before);
  who.version = versions.back()->version() + 1;
  who.updated = now;
  who.deleted = true;
  return keep(std::move(who), {});
}

hits store::changes_as_they_stand() const {
  hits all;
  for (const resource_ptr& made : changes_) {
    const hits& versions = versions_.find(key{made->type(), made->id()})->second;
    const auto now = std::find_if(versions.begin(), versions.end(),
                                  [&](const resource_ptr& one) { return one->version() == made->version(); });
    all.push_back(*now);
  }
  return all;
}

void store::restore(std::vector<change> changes) {
  versions_.clear();
  filed_of_.clear();
  identified_.clear();
  changes_.clear();
  for (change& one : changes) {
    const key named{one.who.type, one.who.id};
    hits& versions = versions_[named];
    if (versions.empty() && one.who.generated)
      versions.push_back(generated_resource(one.who.type, one.who.id));
    if (versions.empty() || versions.back()->patient() != one.who.patient) {
      std::vector<key>& filed = filed_of_[one.who.patient];
      if (std::find(filed.begin(), filed.end(), named) == filed.end()) filed.push_back(named);
    }
    keep(std::move(one.who), std::move(one.content));
  }
}

resource_ptr store::reconcile(const resource& held) {
  hits& versions = versions_[key{held.type(), held.id()}];
  if (versions.empty()) versions.push_back(held.shared_from_this());
  resource::identity who = versions.back()->who();
  who.searchable = true;
  auto made = std::make_shared<const resource>(std::move(who), versions.back()->text(), &budget_);
  versions.back() = made;
  return made;
}

void store::forget(const key& named, const hits& versions) {
  const auto drop = [&](auto& from, const auto& where) {
    const auto at = from.find(where);
    if (at == from.end()) return;
    std::erase(at->second, named);
    if (at->second.empty()) from.erase(at);
  };
  for (const resource_ptr& one : versions) {
    drop(filed_of_, one->patient());
    if (one->deleted()) continue;
    walk(one->value(), "identifier.value", [&](const json::value& leaf) {
      if (const auto value = leaf.if_string()) drop(identified_, *value);
      return false;
    });
  }
}

void store::roll_back(std::size_t mark) {
  std::map<key, hits> undone;
  while (changes_.size() > mark) {
    const resource_ptr last = changes_.back();
    changes_.pop_back();
    const key named{last->type(), last->id()};
    versions_[named].pop_back();
    undone[named].push_back(last);
  }
  for (const auto& [named, gone] : undone) {
    const auto at = versions_.find(named);
    const hits& left = at->second;
    const bool untouched = left.empty() || (left.size() == 1 && left[0]->who().generated);
    if (!untouched) continue;
    forget(named, gone);
    versions_.erase(at);
  }
}

}  // namespace epicenter::mock::fhir
