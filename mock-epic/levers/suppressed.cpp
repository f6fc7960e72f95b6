#include "mock-epic/levers/suppressed.hpp"

#include <algorithm>
#include <array>

#include "mock-epic/fhir/walk.hpp"
#include "mock-epic/levers/concerned_patient.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 2> parties{"client", "user"};
constexpr std::array known{
    lever_parameter{.name = "who",
                    .kind = lever_value::choice,
                    .help = "who is not authorized: client is 59204, user 59205",
                    .default_text = "client",
                    .choices = parties},
    lever_parameter{.name = "sub_type",
                    .help = "what the results left out are called",
                    .default_text = "Outside Record Results"},
    lever_parameter{.name = "category",
                    .help = "left out is what has this category code; absent: a share of the results"},
    lever_parameter{.name = "of_results",
                    .kind = lever_value::share,
                    .help = "share of the results that are of the sub-type, where no category is given",
                    .default_text = "30%",
                    .minimum = 1},
};

class suppressed final : public fhir_lever {
 public:
  suppressed(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : fhir_lever(spec, world),
        user_(given.text("who") == "user"),
        sub_type_(given.text("sub_type")),
        category_(given.text("category")),
        share_ppm_(given.number("of_results")),
        seed_(runtime::derive_seed(world.seed, "mock.suppressed")) {}

  void found(const fhir::call& c, fhir::hits& results, std::vector<fhir::issue>& issues) override {
    if (!c.asked.type || !hits(c.request)) return;
    decides();
    left_out_ += static_cast<std::uint64_t>(
        std::erase_if(results, [&](const fhir::resource_ptr& one) { return is_of_sub_type(*one); }));
    issues.push_back({"warning", "suppressed", user_ ? "59205" : "59204",
                      std::string(user_ ? "User" : "Client") + " not authorized for " +
                          std::string(fhir::name_of(*c.asked.type)) + " - " + sub_type_ +
                          ". Search results of this type have not been included.",
                      ""});
  }
  json::object details() const override { return {{"results_left_out", left_out_}}; }

 private:
  bool is_of_sub_type(const fhir::resource& one) const {
    if (category_.empty()) return is_among(one.id(), share_ppm_, seed_);
    return fhir::walk(one.value(), "category.coding.code", [&](const json::value& code) {
      return code.if_string() && *code.if_string() == category_;
    });
  }

  bool user_;
  std::string sub_type_;
  std::string category_;
  std::int64_t share_ppm_;
  std::uint64_t seed_;
  std::uint64_t left_out_ = 0;
};

}  // namespace

const lever_type suppressed_lever{"suppressed",
                                  lever_layer::epic,
                                  lever_kind::lasting,
                                  "Results of a sub-type are left out of searches (59204).",
                                  known,
                                  make_lever<suppressed>};

}  // namespace epicenter::mock
