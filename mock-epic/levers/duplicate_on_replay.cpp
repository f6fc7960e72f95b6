#include "mock-epic/levers/duplicate_on_replay.hpp"

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

class duplicate_on_replay final : public fhir_lever {
 public:
  duplicate_on_replay(const lever_spec& spec, const lever_parameters&, const lever_world& world)
      : fhir_lever(spec, world) {}

  bool files_again(const fhir::call& c, const fhir::resource_ptr& existing) override {
    if (!hits(c.request) || !existing) return false;
    decides();
    ++filed_again_;
    return true;
  }
  json::object details() const override { return {{"replays_filed", filed_again_}}; }

 private:
  std::uint64_t filed_again_ = 0;
};

}  // namespace

const lever_type duplicate_on_replay_lever{"duplicate_on_replay",
                                           lever_layer::epic,
                                           lever_kind::lasting,
                                           "A replayed create is filed a second time, whatever it is.",
                                           {},
                                           make_lever<duplicate_on_replay>};

}  // namespace epicenter::mock
