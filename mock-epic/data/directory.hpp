// What belongs to no patient: organizations, places, people, drugs, groups.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/data/generated.hpp"
#include "mock-epic/data/person.hpp"

namespace epicenter::mock::data {

/// Charts point to entries here by `reference`, which is the inside of a Reference as Epic writes it.
struct entry {
  std::string id;
  std::string display;
  std::string reference;  ///< "reference":"Practitioner/…","type":"Practitioner","display":"…"
};

/// Made once for a hospital: some hundred ids. The same seed gives the same ids.
class directory {
 public:
  directory(const person_source&, std::size_t patients);

  const entry& hospital() const { return organizations_.front(); }
  const entry& laboratory() const { return organizations_[1]; }
  const entry& pharmacy() const { return organizations_[2]; }
  std::size_t payers() const { return organizations_.size() - 3; }
  const entry& payer(std::size_t n) const { return organizations_[3 + n]; }
  const std::vector<entry>& doctors() const { return doctors_; }  ///< any may see a patient
  const entry& nurse() const { return staff_.front(); }
  const entry& pharmacist() const { return staff_[1]; }
  const entry& interconnect() const { return interconnect_; }
  const std::vector<entry>& clinics() const { return clinics_; }
  const entry& ward() const { return places_.front(); }
  const entry& emergency() const { return places_[1]; }
  const entry& operating_room() const { return places_[2]; }
  const entry& drug(std::size_t medication) const { return drugs_[medication]; }
  const entry& questionnaire() const { return questionnaire_; }

  std::vector<generated> write() const;
  /// Positions of the patients in the group of that id; nothing where it is no group of this hospital.
  bool is_group(std::string_view id) const;
  std::vector<std::size_t> members(std::string_view group) const;

 private:
  struct cohort {
    entry who;
    std::size_t first, step;  ///< patients first, first + step, …
  };
  entry make(std::string_view type, std::string_view display, std::string_view id = {});
  std::size_t size_of(const cohort&) const;
  void write_organizations(std::vector<generated>&) const;
  void write_places(std::vector<generated>&) const;
  void write_people(std::vector<generated>&) const;
  void write_drugs(std::vector<generated>&) const;
  void write_groups(std::vector<generated>&) const;
  void write_services(std::vector<generated>&) const;

  person_source source_;
  std::size_t patients_;
  std::uint32_t next_ = 0;
  std::vector<entry> organizations_;
  std::vector<entry> doctors_;
  std::vector<entry> staff_;
  std::vector<entry> users_;
  std::vector<entry> clinics_;
  std::vector<entry> places_;
  std::vector<entry> drugs_;
  std::vector<cohort> cohorts_;
  entry interconnect_;
  entry questionnaire_;
  entry endpoint_;
  std::vector<entry> services_;
  std::vector<entry> roles_;
};

}  // namespace epicenter::mock::data
