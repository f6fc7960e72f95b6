#include "mock-epic/levers/etag_conflict.hpp"

#include <array>

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 2> kinds{"updates", "writes"};
constexpr std::array known{
    lever_parameter{.name = "of",
                    .kind = lever_value::choice,
                    .help =
                        "updates: what names a version is refused with 412; writes: creates too, with 409, "
                        "because the chart they go to is locked",
                    .default_text = "updates",
                    .choices = kinds},
};

class etag_conflict final : public fhir_lever {
 public:
  etag_conflict(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : fhir_lever(spec, world), creates_(given.text("of") == "writes") {}

  std::optional<fhir::answer> before(const fhir::call& c) override {
    if (!creates_ || c.asked.what != fhir::interaction::create || !hits(c.request)) return std::nullopt;
    const fhir::issue why{"fatal", "conflict", "59159", "The record is being changed by somebody else.", ""};
    return fhir::answer_outcome(409, why, rule());
  }
  bool changed_meanwhile(const fhir::call& c, const fhir::resource&) override {
    if (!hits(c.request)) return false;
    decides();
    return true;
  }

 private:
  bool creates_;
};

}  // namespace

const lever_type etag_conflict_lever{"etag_conflict",
                                     lever_layer::epic,
                                     lever_kind::lasting,
                                     "The version has changed meanwhile (412).",
                                     known,
                                     make_lever<etag_conflict>};

}  // namespace epicenter::mock
