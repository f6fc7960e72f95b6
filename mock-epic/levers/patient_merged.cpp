#include "mock-epic/levers/patient_merged.hpp"

#include <algorithm>
#include <array>

#include "mock-epic/levers/concerned_patient.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array known{
    lever_parameter{.name = "patient", .help = "FHIR id of the one that was merged away; needs into"},
    lever_parameter{.name = "into", .help = "FHIR id of the one that survives; needs patient"},
    lever_parameter{.name = "of_patients",
                    .kind = lever_value::share,
                    .help = "share of the patients that were merged, each into another, where none is named",
                    .default_text = "10%",
                    .minimum = 1,
                    .maximum = 900'000},
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

class patient_merged final : public selective_lever {
 public:
  patient_merged(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : selective_lever(spec, world),
        store_(world.store),
        patient_(given.text("patient")),
        into_(given.text("into")),
        share_ppm_(given.number("of_patients")),
        seed_(runtime::derive_seed(world.seed, "mock.merged")) {}

  std::optional<fhir::answer> before(const fhir::call& c) override {
    const std::string about = concerned_patient(c, store_);
    const std::string survivor = about.empty() ? std::string() : survivor_of(about);
    if (survivor.empty() || !hits(c.request)) return std::nullopt;
    const fhir::issue why{"fatal", "processing", "4107", "", ""};
    const bool asks = c.request.method == "GET" || c.request.method == "HEAD";
    fhir::answer made = fhir::answer_outcome(asks ? 301 : 400, why, rule());
    if (asks) {
      const std::size_t base_path = c.base.size() - c.base.find('/', c.base.find("://") + 3);
      made.response.fields.set("Location",
                               c.base + replaced(c.request.target.substr(base_path), about, survivor));
    }
    return made;
  }

 private:
  bool merged(std::string_view id) const { return is_among(id, share_ppm_, seed_); }
  /// Where nobody was named: the next patient of the hospital that was not merged.
  std::string survivor_of(const std::string& id) const {
    if (!patient_.empty()) return id == patient_ ? into_ : std::string();
    if (!merged(id)) return {};
    const data::hospital& all = store_.hospital();
    const auto number = all.patient_index(id);
    if (!number) return {};
    for (std::size_t step = 1; step < all.size(); ++step) {
      std::string next = all.key((*number + step) % all.size()).patient;
      if (!merged(next)) return next;
    }
    return {};
  }

  fhir::store& store_;
  std::string patient_;
  std::string into_;
  std::int64_t share_ppm_;
  std::uint64_t seed_;
};

result<std::unique_ptr<active_lever>> make(const lever_spec& spec, const lever_parameters& given,
                                           const lever_world& world) {
  const std::string patient = given.text("patient");
  const std::string into = given.text("into");
  if (patient.empty() != into.empty() || (!patient.empty() && patient == into))
    return fail(lever_errc::bad_parameter, "patient and into: name two different patients, or neither");
  for (const std::string& id : {patient, into})
    if (!id.empty() && !world.store.has_patient(id))
      return fail(lever_errc::bad_parameter,
                  (id == patient ? "patient" : "into") +
                      std::string(": no patient has this id; see GET /site/patients"));
  return std::make_unique<patient_merged>(spec, given, world);
}

}  // namespace

const lever_type patient_merged_lever{"patient_merged",
                                      lever_layer::epic,
                                      lever_kind::lasting,
                                      "Patients were merged into others (4107, with a redirect).",
                                      known,
                                      make};

}  // namespace epicenter::mock
