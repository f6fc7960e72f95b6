// Writes one patient's chart.
#pragma once

#include <epicenter/runtime/random.hpp>

#include "mock-epic/data/codes.hpp"
#include "mock-epic/data/hospital.hpp"

namespace epicenter::mock::data {

// Identifiers are numbers that lead back to the chart: see hospital::holders_of.
inline constexpr std::uint64_t first_mrn = 4'001;
inline constexpr std::uint64_t first_csn = 27'001;
inline constexpr std::uint64_t first_order = 1'000'000'000;
inline constexpr std::uint64_t orders_a_chart = 1'000;
inline constexpr std::uint32_t patient_ordinal = 0;
inline constexpr std::uint32_t encounter_ordinal = 1;

class chart_writer {
 public:
  chart_writer(patient_key, const id_codec&, std::size_t index, wall_time today, runtime::random_stream&);
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

  patient_key key_;
  const id_codec& ids_;
  std::uint32_t next_ordinal_ = encounter_ordinal + 1;
  std::uint64_t next_order_ = 0;
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
