#include "mock-epic/levers/duplicate_check.hpp"

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

class duplicate_check final : public fhir_lever {
 public:
  duplicate_check(const lever_spec& spec, const lever_parameters&, const lever_world& world)
      : fhir_lever(spec, world) {}

  bool refuses_duplicate(const fhir::call& c, const fhir::resource_ptr& existing) override {
    if (!hits(c.request) || !existing) return false;
    decides();
    ++refused_;
    return true;
  }
  json::object details() const override { return {{"duplicates_refused", refused_}}; }

 private:
  std::uint64_t refused_ = 0;
};

}  // namespace

const lever_type duplicate_check_lever{"duplicate_check",
                                       lever_layer::epic,
                                       lever_kind::lasting,
                                       "Creates are held against what is on file: duplicates get 409, 59141.",
                                       {},
                                       make_lever<duplicate_check>};

}  // namespace epicenter::mock
