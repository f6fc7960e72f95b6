// The hospital's records: charts written on demand, and what clients filed and changed.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <string_view>
#include <unordered_map>

#include "mock-epic/data/hospital.hpp"
#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::fhir {

struct store_options {
  std::size_t chart_bytes = std::size_t{256} << 20;  ///< texts of generated charts kept at hand
  std::size_t parsed_bytes = std::size_t{64} << 20;  ///< their trees
};

/// Made by the hospital and still of the same patient: found where it was generated.
bool is_in_its_chart(const hits& versions);

/// Generated charts are never kept for good: the seed brings each back, with what clients changed laid over
/// it. So a hospital of any size fits into the bounds; only what clients wrote grows.
class store {
 public:
  explicit store(data::hospital, store_options = {});
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  /// Forgets parsed trees beyond the budget. Between requests only.
  void trim() { budget_.trim(); }

  /// The current version, also one that is deleted or not searchable; null where there never was one.
  resource_ptr find(type_id, std::string_view id);
  bool has_patient(std::string_view id);
  /// All below are in the order of filing, and without deleted ones. Those that wait to be reconciled are in.
  hits of_patient(type_id, std::string_view patient);
  hits of_type(type_id);
  /// Every resource of the type that carries an identifier of that value.
  hits by_identifier(type_id, std::string_view value);
  /// The patient's whole compartment, every type.
  hits chart_of(std::string_view patient);
  /// Calls visit for each resource that exists until it returns false, chart by chart.
  void visit(const std::function<bool(const resource_ptr&)>&);
  /// The same in parts, to go on from: 0 what belongs to no patient, then a chart each, last what clients
  /// filed.
  std::size_t parts() const { return hospital_.size() + 2; }
  hits part(std::size_t number);

  /// What a walk that rests between requests needs: what was made, which never changes, and what clients
  /// wrote.
  const hits& made_chart(std::size_t number) { return generated(number); }
  const hits& made_shared() const { return shared_; }
  /// Every version, from the first, of each resource that clients filed or changed; by type and id.
  void visit_written(const std::function<void(const hits& versions)>&) const;

  /// Every version from the first, deletions included; empty where there never was one.
  hits history(type_id, std::string_view id);
  /// Versions that clients made, oldest first. What was generated is not among them.
  const hits& changes() const { return changes_; }

  /// Takes a resource with its id set in the content.
  resource_ptr file(type_id, std::string id, std::string patient, json::object content, bool searchable,
                    wall_time now);
  /// Stores another version of one that exists or was deleted. The subject may have changed.
  resource_ptr replace(const resource& current, std::string patient, json::object content, wall_time now);
  resource_ptr erase(const resource& current, wall_time now);
  /// The same version becomes searchable: a clinician has reconciled it.
  resource_ptr reconcile(const resource& held);

  /// How far the changes have come.
  std::size_t mark() const { return changes_.size(); }
  /// As if the changes since had never been: versions, indexes and journal of changes.
  void roll_back(std::size_t mark);
  /// changes(), each as it is now: what has been reconciled since is searchable.
  hits changes_as_they_stand() const;
  /// As generated, whatever clients changed; null where it was not.
  resource_ptr generated_resource(type_id, std::string_view id);
  struct change {
    resource::identity who;
    json::object content;  ///< empty where deleted
  };
  /// Puts these in place of what clients changed, in their order. Versions of each resource follow each
  /// other; those of a generated one begin with 2, and generated_resource() knows it.
  void restore(std::vector<change>);

  const data::hospital& hospital() const { return hospital_; }

 private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class V>
  using index = std::unordered_map<std::string, V, hash, std::equal_to<>>;
  struct chart {
    hits resources;  ///< as generated, whatever clients changed meanwhile
    std::size_t bytes = 0;
    std::list<std::size_t>::iterator used;
  };
  struct key {
    type_id type;
    std::string id;
    auto operator<=>(const key&) const = default;
  };

  const hits& generated(std::size_t number);
  hits make(std::vector<data::generated>, std::size_t& bytes);
  /// Takes an entry of versions_ out of the indexes.
  void forget(const key&, const hits& versions);
  resource_ptr keep(resource::identity, json::object content);
  /// What the resource is now: itself, or the version that clients made of it.
  resource_ptr current(const resource_ptr&) const;
  void collect(const hits& from, std::optional<type_id>, hits& into) const;
  void collect_filed(std::string_view patient, std::optional<type_id>, hits& into) const;

  data::hospital hospital_;
  store_options options_;
  parsed_budget budget_;
  hits shared_;
  std::unordered_map<std::size_t, chart> charts_;
  std::list<std::size_t> used_;  ///< numbers of charts, the latest first
  std::size_t chart_bytes_ = 0;
  std::map<key, hits> versions_;      ///< of everything filed or changed
  index<std::vector<key>> filed_of_;  ///< what clients filed, by patient ("": of none)
  std::map<std::string, std::vector<key>, std::less<>> identified_;  ///< what clients wrote, by identifier
  hits changes_;
};

}  // namespace epicenter::mock::fhir
