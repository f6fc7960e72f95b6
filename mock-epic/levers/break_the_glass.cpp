#include "mock-epic/levers/break_the_glass.hpp"

#include <array>

#include "mock-epic/levers/concerned_patient.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array known{
    lever_parameter{.name = "patient", .help = "FHIR id of the one whose chart is restricted"},
    lever_parameter{.name = "of_patients",
                    .kind = lever_value::share,
                    .help = "share of the patients whose charts are restricted, where none is named",
                    .default_text = "100%",
                    .minimum = 1},
};

class break_the_glass final : public selective_lever {
 public:
  break_the_glass(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : selective_lever(spec, world),
        store_(world.store),
        patient_(given.text("patient")),
        share_ppm_(given.number("of_patients")),
        seed_(runtime::derive_seed(world.seed, "mock.restricted")) {}

  std::optional<fhir::answer> before(const fhir::call& c) override {
    const std::string about = concerned_patient(c, store_);
    const bool restricted = patient_.empty() ? is_among(about, share_ppm_, seed_) : about == patient_;
    if (about.empty() || !restricted || !hits(c.request)) return std::nullopt;
    const bool reads_patient =
        c.asked.type == fhir::type_id::patient && c.asked.what == fhir::interaction::read;
    const fhir::issue why{"fatal", "forbidden", reads_patient ? "4131" : "4130", "", ""};
    return fhir::answer_outcome(403, why, rule());
  }

 private:
  fhir::store& store_;
  std::string patient_;
  std::int64_t share_ppm_;
  std::uint64_t seed_;
};

}  // namespace

const lever_type break_the_glass_lever{"break_the_glass",
                                       lever_layer::epic,
                                       lever_kind::lasting,
                                       "Charts are restricted (4130, 4131).",
                                       known,
                                       make_lever<break_the_glass>};

}  // namespace epicenter::mock
