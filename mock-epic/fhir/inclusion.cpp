#include "mock-epic/fhir/inclusion.hpp"

#include <algorithm>
#include <set>

namespace epicenter::mock::fhir {
namespace {

class collector {
 public:
  collector(const search_world& world, const std::function<bool(const resource&)>& permitted)
      : world_(world), permitted_(permitted) {}

  void know(const hits& matches) {
    for (const resource_ptr& one : matches) known_.insert(key_of(*one));
  }

  hits follow(const hits& from, const std::vector<inclusion>& forward, const std::vector<inclusion>& backward,
              bool iterated_only) {
    hits found;
    for (const resource_ptr& one : from) {
      for (const inclusion& way : forward)
        if (!iterated_only || way.iterate) follow_forward(*one, way, found);
      for (const inclusion& way : backward)
        if (!iterated_only || way.iterate) follow_backward(*one, way, found);
    }
    return found;
  }

 private:
  using key = std::pair<type_id, std::string>;
  static key key_of(const resource& r) { return {r.type(), r.id()}; }

  void take(const resource_ptr& one, hits& found) {
    if (!one || !one->searchable() || known_.size() > max_included + default_page) return;
    if (known_.contains(key_of(*one)) || !permitted_(*one)) return;
    known_.insert(key_of(*one));
    found.push_back(one);
  }

  template <class Visit>
  static void each_reference(const resource& r, std::string_view named, const Visit& visit) {
    for (const search_param& param : params_of(r.type())) {
      if (param.kind != param_kind::reference || (named != "*" && param.name != named)) continue;
      selection(param.path).any_in(r, [&](const json::value& leaf) {
        visit(leaf);
        return false;
      });
    }
  }

  void follow_forward(const resource& r, const inclusion& way, hits& found) {
    if (way.from && *way.from != r.type()) return;
    each_reference(r, way.param, [&](const json::value& leaf) {
      const auto parts = parts_of_reference(leaf.string_at("reference"), world_.base);
      const auto type = parts && parts->local ? type_named(parts->type) : std::nullopt;
      if (type && (!way.target || *way.target == *type)) take(world_.records.find(*type, parts->id), found);
    });
  }

  void follow_backward(const resource& r, const inclusion& way, hits& found) {
    const std::string_view own = r.type() == type_id::patient ? r.id() : r.patient();
    hits candidates;
    if (!own.empty()) {
      candidates = way.from ? world_.records.of_patient(*way.from, own) : world_.records.chart_of(own);
      // What belongs to nobody may refer to a patient's record all the same.
      add_of_nobody(way, candidates);
    } else if (world_.records.hospital().size() <= world_.small_hospital && way.from) {
      candidates = world_.records.of_type(*way.from);
    }
    const reference_value back{std::string(name_of(r.type())), r.id(), {}};
    for (const resource_ptr& one : candidates) {
      bool refers = false;
      each_reference(*one, way.param,
                     [&](const json::value& leaf) { refers = refers || back.matches(leaf, world_.base); });
      if (refers) take(one, found);
    }
  }

  void add_of_nobody(const inclusion& way, hits& candidates) {
    const hits filed = way.from ? world_.records.of_patient(*way.from, "") : world_.records.chart_of("");
    candidates.insert(candidates.end(), filed.begin(), filed.end());
  }

  const search_world& world_;
  const std::function<bool(const resource&)>& permitted_;
  std::set<key> known_;
};

}  // namespace

hits find_included(const hits& matches, const search_query& query, const search_world& world,
                   const std::function<bool(const resource&)>& permitted) {
  if (query.includes.empty() && query.revincludes.empty()) return {};
  collector collect(world, permitted);
  collect.know(matches);
  hits all = collect.follow(matches, query.includes, query.revincludes, false);
  hits latest = all;
  for (std::size_t round = 1; round < max_iterations && !latest.empty() && all.size() < max_included;
       ++round) {
    latest = collect.follow(latest, query.includes, query.revincludes, true);
    all.insert(all.end(), latest.begin(), latest.end());
  }
  if (all.size() > max_included) all.resize(max_included);
  return all;
}

}  // namespace epicenter::mock::fhir
