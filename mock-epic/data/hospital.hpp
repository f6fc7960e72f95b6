// A synthetic hospital from a seed: the same seed and day give the same patients, to the character.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/data/directory.hpp"
#include "mock-epic/data/generated.hpp"
#include "mock-epic/data/id_codec.hpp"
#include "mock-epic/data/person.hpp"
#include "mock-epic/data/systems.hpp"
#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::data {

struct hospital_options {
  std::uint64_t seed = 1;
  std::uint32_t patients = 200;
  wall_time today{};  ///< results and encounters are dated back from here
};

struct patient_key {
  std::string patient;    ///< FHIR id
  std::string encounter;  ///< FHIR id of the open encounter
};

/// Each patient has a random stream of its own, so that charts may be written in any order, again, or never;
/// nothing is kept of a patient, so that any number fits into memory.
class hospital {
 public:
  explicit hospital(hospital_options);

  std::size_t size() const { return options_.patients; }
  wall_time today() const { return options_.today; }
  const hospital_options& options() const { return options_; }
  patient_key key(std::size_t number) const;
  /// The whole chart, newest first within each type.
  std::vector<generated> chart(std::size_t number) const;
  /// What belongs to no patient: organizations, locations, people, drugs, groups.
  std::vector<generated> shared() const;

  /// The number of the patient of that id.
  std::optional<std::size_t> patient_index(std::string_view id) const;
  /// The number of the chart that would hold a resource of that type and id, whether or not it does.
  std::optional<std::size_t> owner_of(fhir::type_id, std::string_view id) const;
  /// Numbers of the charts that may hold an identifier of that value: few, and all that do.
  std::vector<std::size_t> holders_of(std::string_view identifier) const;

  /// What the patient is searched by, without writing the chart.
  demographics who(std::size_t number) const;
  /// Numbers of the patients that the predicate takes, ascending. Walks everybody, writes no chart: a
  /// hundred thousand take some tens of milliseconds.
  std::vector<std::size_t> find_people(const std::function<bool(const demographics&)>&) const;
  /// Numbers of the patients in a Group of shared(); nothing where no group has that id.
  std::optional<std::vector<std::size_t>> members_of(std::string_view group) const;

 private:
  struct parts;
  hospital_options options_;
  std::shared_ptr<const parts> parts_;  ///< never changes; copies of a hospital share it
};

}  // namespace epicenter::mock::data
