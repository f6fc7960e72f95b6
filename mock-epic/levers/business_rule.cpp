#include "mock-epic/levers/business_rule.hpp"

#include <algorithm>
#include <array>

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 3> kinds{"writes", "reads", "all"};
constexpr std::array known{
    lever_parameter{.name = "of",
                    .kind = lever_value::choice,
                    .help = "which requests the rule is about",
                    .default_text = "writes",
                    .choices = kinds},
    lever_parameter{.name = "code", .help = "Epic's code, digits", .default_text = "59159"},
    lever_parameter{.name = "text",
                    .help =
                        "what the rule tells: the diagnostics, and the display of a code that Epic's table "
                        "lacks",
                    .default_text = "A rule of this site does not allow it."},
    lever_parameter{.name = "status",
                    .kind = lever_value::integer,
                    .help = "of the answer",
                    .default_text = "400",
                    .minimum = 400,
                    .maximum = 499},
};

class business_rule final : public selective_lever {
 public:
  business_rule(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : selective_lever(spec, world),
        of_(given.text("of")),
        code_(given.text("code")),
        text_(given.text("text")),
        status_(static_cast<unsigned>(given.number("status"))) {}

  std::optional<fhir::answer> before(const fhir::call& c) override {
    if (!is_meant(c.asked.what) || !hits(c.request)) return std::nullopt;
    fhir::issue why{"fatal", "business-rule", code_, text_, ""};
    if (!fhir::is_known_code(code_)) why.display = text_;
    return fhir::answer_outcome(status_, why, rule());
  }

 private:
  bool is_meant(fhir::interaction what) const {
    switch (what) {
      case fhir::interaction::create:
      case fhir::interaction::update:
      case fhir::interaction::patch:
      case fhir::interaction::erase:
      case fhir::interaction::batch:
        return of_ != "reads";
      case fhir::interaction::read:
      case fhir::interaction::vread:
      case fhir::interaction::search:
      case fhir::interaction::history:
        return of_ != "writes";
      default:
        return false;
    }
  }

  std::string of_;
  std::string code_;
  std::string text_;
  unsigned status_;
};

result<std::unique_ptr<active_lever>> make(const lever_spec& spec, const lever_parameters& given,
                                           const lever_world& world) {
  const std::string code = given.text("code");
  if (code.size() > 9 || !std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return fail(lever_errc::bad_parameter, "code: write 1 to 9 digits, such as \"59159\"");
  return std::make_unique<business_rule>(spec, given, world);
}

}  // namespace

const lever_type business_rule_lever{
    "business_rule", lever_layer::epic, lever_kind::lasting, "A business rule refuses (59159).", known, make};

}  // namespace epicenter::mock
