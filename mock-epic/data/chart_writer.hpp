// Writes one patient's chart.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/runtime/random.hpp>
#include <optional>

#include "mock-epic/data/codes.hpp"
#include "mock-epic/data/directory.hpp"
#include "mock-epic/data/generated.hpp"
#include "mock-epic/data/person.hpp"
#include "mock-epic/data/text_writer.hpp"

namespace epicenter::mock::data {

// Numbers of a chart lead back to it: first + index * numbers_a_chart + n. See hospital::holders_of.
inline constexpr std::uint64_t numbers_a_chart = 1'000;
inline constexpr std::uint64_t first_csn = 1'000'000;
inline constexpr std::uint64_t first_order = 2'000'000'000;
inline constexpr std::uint64_t first_note = 3'000'000'000;
inline constexpr std::uint64_t first_dose = 4'000'000'000;
inline constexpr std::uint64_t first_specimen = 5'000'000'000;
inline constexpr std::uint64_t first_policy = 6'000'000'000;
inline constexpr std::uint64_t first_device = 7'000'000'000;
inline constexpr std::uint32_t patient_ordinal = 0;
inline constexpr std::uint32_t encounter_ordinal = 1;

enum class visit_kind : std::uint8_t { office, orders_only, emergency, inpatient };

struct visit {
  visit_kind kind = visit_kind::office;
  std::string id;
  std::string csn;
  std::string reference;  ///< a whole Reference
  wall_time start{};
  wall_time end{};
  bool open = false;
  const entry* doctor = nullptr;
  const entry* place = nullptr;
  const complaint* why = nullptr;  ///< null: a check of the known problems
};

struct chart_source {
  const person_source* people = nullptr;
  const directory* shared = nullptr;
  wall_time today{};
};

/// What is already there of a chart: it is kept as it is, and nothing else of these types is written.
struct captured_chart {
  std::vector<generated> resources;
  std::optional<visit> only_visit;
  bool leaves_out(fhir::type_id) const;
};

class chart_writer {
 public:
  chart_writer(const chart_source&, person, runtime::random_stream);
  /// Newest first within each type.
  std::vector<generated> write();
  /// A chart whose captured part comes first; with `vitals` further vital signs.
  std::vector<generated> write_around(captured_chart, std::size_t vitals);

 private:
  struct known_problem {
    const problem* what;
    std::string id;
    wall_time onset;
  };
  struct given_drug {
    std::string id;
    std::size_t number;  ///< in medications()
    wall_time since;
  };

  // chart_visits.cpp
  void plan_visits();
  visit plan_visit(visit_kind, wall_time start, bool open);
  void write_visits();
  void write_visit(const visit&);
  void write_appointments();
  // chart_person.cpp
  void write_patient();
  void write_related_person();
  void write_coverage();
  // chart_problems.cpp
  void plan_problems();
  void write_problems();
  void write_problem(const known_problem&);
  void write_diagnosis(const visit&);
  void write_allergies();
  void write_allergy(const allergen*, wall_time since);
  void write_family();
  // chart_care.cpp
  void write_care();
  void write_goals();
  void write_flag();
  // chart_medications.cpp
  void write_medications();
  void write_order(std::size_t drug, const visit&);
  void write_dispense(const given_drug&);
  void write_administrations();
  // chart_results.cpp
  void plan_values();
  void write_results();
  void write_panel(panel_id, const visit&, int draws_ago, wall_time taken);
  std::string write_result(const lab_test&, std::int64_t value, const std::string& order,
                           const std::string& specimen, const visit&, wall_time taken);
  // chart_vitals.cpp
  void write_vitals(const visit&, int draws_ago);
  void write_pressure(const visit&, wall_time, std::int64_t systolic, std::int64_t diastolic);
  void write_vital(std::size_t row, const visit&, wall_time, std::int64_t value);
  void write_smoking(const visit&);
  void write_many_vitals(std::size_t count, const visit&);
  // chart_procedures.cpp
  void write_procedures();
  void write_procedure(const operation&, const visit&);
  void write_immunizations();
  void write_device(const coded&);
  // chart_notes.cpp
  void write_notes();
  void write_note(const visit&, std::size_t kind);
  std::string write_binary(std::string_view content_type, std::string_view content);
  std::vector<std::string> note_paragraphs(const visit&, std::size_t kind) const;
  // chart_papers.cpp
  void write_papers();
  void write_questionnaire(const visit&);
  void write_provenance(fhir::type_id, const std::string& target, const visit&, wall_time);

  void rest();

  /// Begins a resource and gives its id.
  std::string start(fhir::type_id);
  std::string start(fhir::type_id, std::string id);
  void finish();
  text_writer& out() { return page_; }
  void add_concept(std::string_view system, std::string_view code, std::string_view display,
                   std::string_view text);
  std::string number(std::uint64_t first);
  /// The first `count` of `all` positions in a random order.
  std::vector<std::size_t> pick(std::size_t count, std::size_t all);
  bool has(effect) const;
  wall_time since_birth(wall_time at) const;  ///< not before the patient was born

  const chart_source& source_;
  const directory& shared_;
  person who_;
  runtime::random_stream random_;
  wall_time today_;
  wall_time born_;
  int age_;
  std::string subject_;        ///< a whole Reference
  std::vector<visit> visits_;  ///< newest first
  std::vector<known_problem> problems_;
  std::vector<given_drug> drugs_;
  std::vector<std::int64_t> values_;  ///< of each analyte, around which it varies
  std::int64_t height_ = 0;           ///< in mm
  std::int64_t weight_ = 0;           ///< in g
  std::int64_t systolic_ = 0;
  std::uint32_t next_ordinal_ = encounter_ordinal + 1;
  std::uint64_t next_number_ = 0;
  text_writer page_{4'096};
  fhir::type_id type_{};
  std::string id_;
  std::string newest_note_;
  std::vector<generated> chart_;
  captured_chart captured_;
};

}  // namespace epicenter::mock::data
