// Writes one patient's chart.
#pragma once

#include <epicenter/runtime/random.hpp>

#include "mock-epic/data/codes.hpp"
#include "mock-epic/data/hospital.hpp"

namespace epicenter::mock::data {

class chart_writer {
 public:
  chart_writer(const patient_key&, std::size_t index, wall_time today, runtime::random_stream&);
  std::vector<generated> write();

 private:
  void write_patient();
  void write_encounter();
  void write_allergies();
  void write_allergy(const coded& substance, const coded* reaction);
  void write_problems();
  void write_medications();
  void write_labs();
  void write_lab(const lab_test&, wall_time taken);

  json::value subject() const;
  json::value encounter() const;
  json::object start(fhir::type_id);
  void finish(fhir::type_id, json::object);
  /// The first `count` of `all` positions in a random order.
  std::vector<std::size_t> pick(std::size_t count, std::size_t all);
  wall_time days_ago(std::int64_t least, std::int64_t most);

  const patient_key& key_;
  std::size_t index_;
  wall_time today_;
  runtime::random_stream& random_;
  std::string family_;
  std::string given_;
  std::string display_;
  bool female_ = false;
  std::vector<generated> chart_;
};

}  // namespace epicenter::mock::data
