// The hospital's records: charts written on first touch, and what clients filed.
#pragma once

#include <array>
#include <deque>
#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mock-epic/data/hospital.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

/// One resource as it is served. Never changes once stored.
struct resource {
  type_id type;
  std::string id;
  std::string patient;     ///< FHIR id of its subject; its own of a Patient
  std::string text;        ///< as JSON
  json::value value;       ///< the same, for searches
  bool searchable = true;  ///< false while it waits to be reconciled
};
using hits = std::vector<const resource*>;

class store {
 public:
  explicit store(data::hospital);
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  /// nullptr where there is none of that type and id.
  const resource* find(type_id, std::string_view id);
  bool has_patient(std::string_view id) const { return compartments_.contains(id); }
  /// In the order of filing; empty where there is no such patient.
  const hits& of_patient(type_id, std::string_view patient);
  const hits& all_patients();
  /// Every resource of the type that carries an identifier of that value, in the order of filing.
  hits by_identifier(type_id, std::string_view value);

  /// Takes a resource with its id set.
  const resource& file(type_id, std::string id, std::string patient, json::object content, bool searchable);

  const data::hospital& hospital() const { return hospital_; }

 private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class V>
  using index = std::unordered_map<std::string, V, hash, std::equal_to<>>;
  struct compartment {
    std::array<hits, type_count> resources;
    std::size_t chart = 0;
    bool written = true;  ///< false: the chart is still to be written
  };

  void write_chart(compartment&);
  void write_all();
  const resource& add(resource);

  data::hospital hospital_;
  std::size_t unwritten_ = 0;
  std::deque<resource> resources_;
  std::array<index<const resource*>, type_count> by_id_;
  std::array<index<hits>, type_count> by_identifier_;
  index<compartment> compartments_;
  hits patients_;  ///< generated ones by number (null while unwritten), then filed ones
  hits none_;
};

}  // namespace epicenter::mock::fhir
