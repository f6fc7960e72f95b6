#include "mock-epic/data/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/data/codes.hpp"
#include "mock-epic/data/names.hpp"

namespace epicenter::mock::data {
namespace {

constexpr std::uint32_t shared_chart = 0xffff'ffff;  // no patient has that number
constexpr std::size_t drawn_doctors = 16;
constexpr std::size_t cohort_most = 200;  // members that a Group resource lists

}  // namespace

entry directory::make(std::string_view type, std::string_view display, std::string_view id) {
  entry made;
  // Counted also where the id is a public one, so that a new public id shifts no other.
  const std::string own = source_.ids->encode({shared_chart, next_++});
  made.id = id.empty() ? own : std::string(id);
  made.display = display;
  made.reference =
      fmt::format(R"("reference":"{}/{}","type":"{}","display":"{}")", type, made.id, type, display);
  return made;
}

directory::directory(const person_source& source, std::size_t patients)
    : source_(source), patients_(patients) {
  runtime::random_stream random(runtime::derive_seed(source.seed, "hospital.directory"));
  // The public ids of Epic's sandbox, by their display names as captured.
  organizations_.push_back(make("Organization", "Epic Hospital System", "enRyWnSP963FYDpoks4NHOA3"));
  for (const std::string_view name : {"EMC Central Laboratory", "EMC Outpatient Pharmacy", "Blue Lake Health",
                                      "Badger State Insurance", "Medicare", "Medicaid"})
    organizations_.push_back(make("Organization", name));

  doctors_.push_back(make("Practitioner", "Physician Family Medicine, MD", "eM5CWtq15N0WJeuCet5bJlQ3"));
  doctors_.push_back(make("Practitioner", "Physician One Cardiology, MD", "ef9TegF2nfECi-0Skirbvpg3"));
  doctors_.push_back(make("Practitioner", "Attending Physician Inpatient, MD", "e9s-IdXQOUVywHOVoisd6xQ3"));
  doctors_.push_back(make("Practitioner", "Physician Surgery, MD", "eOyFJ.PiGBcbhr3T1oyJZ1A3"));
  for (std::size_t i = 0; i < drawn_doctors; ++i) {
    const std::span<const std::string_view> given = given_names(i % 2 == 0);
    doctors_.push_back(
        make("Practitioner", fmt::format("{} {}, MD", given[random.below(given.size())],
                                         family_names()[random.below(family_names().size())])));
  }
  staff_.push_back(make("Practitioner", "Nurse Family Medicine, RN"));
  staff_.push_back(make("Practitioner", "Pharmacist Outpatient, PharmD"));
  users_.push_back(make("Practitioner", "User Epic", "exfo6E4EXjWsnhA1OGVElgw3"));
  interconnect_ = make("Practitioner", "User Interconnect", "evNp-KhYwOOqAZn1pZ2enuA3");

  clinics_.push_back(
      make("Location", "EMC Family Medicine", "e4W4rmGe9QzuGm2Dy4NBqVc0KDe6yGld6HW95UuN-Qd03"));
  for (const std::string_view name :
       {"EMC Cardiology", "EMC Internal Medicine", "EMC Pediatrics", "EMC Surgery Clinic"})
    clinics_.push_back(make("Location", name));
  for (const std::string_view name :
       {"EMH 4 North", "EMH Emergency Department", "EMH Operating Room", "EMC Laboratory", "EMC Radiology"})
    places_.push_back(make("Location", name));

  for (const medication& one : medications()) drugs_.push_back(make("Medication", one.text));
  questionnaire_ = make("Questionnaire", "PHQ-2");
  endpoint_ = make("Endpoint", "FHIR R4 interface");
  for (const entry& clinic : clinics_) services_.push_back(make("HealthcareService", clinic.display));
  for (const entry& doctor : doctors_) roles_.push_back(make("PractitionerRole", doctor.display));

  cohorts_.push_back({make("Group", "All patients"), 0, 1});
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string name = fmt::format("Care management cohort {}", static_cast<char>('A' + i));
    // At most so many that a Group resource can list them all, whatever the hospital's size.
    const std::size_t step = std::max<std::size_t>(4, (patients + cohort_most - 1) / cohort_most);
    cohorts_.push_back({make("Group", name), i, step});
  }
}

std::size_t directory::size_of(const cohort& one) const {
  return one.first >= patients_ ? 0 : (patients_ - one.first + one.step - 1) / one.step;
}

bool directory::is_group(std::string_view id) const {
  return std::any_of(cohorts_.begin(), cohorts_.end(), [&](const cohort& one) { return one.who.id == id; });
}

std::vector<std::size_t> directory::members(std::string_view group) const {
  std::vector<std::size_t> found;
  for (const cohort& one : cohorts_)
    if (one.who.id == group)
      for (std::size_t i = one.first; i < patients_; i += one.step) found.push_back(i);
  return found;
}

}  // namespace epicenter::mock::data
