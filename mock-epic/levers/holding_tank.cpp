#include "mock-epic/levers/holding_tank.hpp"

#include <deque>

#include "mock-epic/fhir/types.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

class holding_tank final : public fhir_lever {
 public:
  holding_tank(const lever_spec& spec, const lever_parameters&, const lever_world& world)
      : fhir_lever(spec, world), store_(world.store) {}
  ~holding_tank() override {
    for (const waiting& one : held_) {
      const fhir::resource_ptr now = store_.find(one.type, one.id);
      if (now && !now->deleted() && !now->searchable()) store_.reconcile(*now);
    }
  }
  holding_tank(const holding_tank&) = delete;
  holding_tank& operator=(const holding_tank&) = delete;

  bool holds(const fhir::call& c, fhir::type_id) override {
    if (!hits(c.request)) return false;
    decides();
    return true;
  }
  void held(const fhir::resource& filed) override {
    // What Epic itself holds back stays held when the lever is gone.
    if (!fhir::rules_of(filed.type()).held) held_.push_back({filed.type(), filed.id()});
  }
  json::object details() const override {
    std::uint64_t waiting_now = 0;
    for (const waiting& one : held_) {
      const fhir::resource_ptr now = store_.find(one.type, one.id);  // a transaction may have been undone
      if (now && !now->deleted() && !now->searchable()) ++waiting_now;
    }
    return {{"waiting", waiting_now}};
  }

 private:
  struct waiting {
    fhir::type_id type;
    std::string id;
  };
  fhir::store& store_;
  std::deque<waiting> held_;
};

}  // namespace

const lever_type holding_tank_lever{"holding_tank",
                                    lever_layer::epic,
                                    lever_kind::lasting,
                                    "Creates wait for a person: readable by id, found by no search.",
                                    {},
                                    make_lever<holding_tank>};

}  // namespace epicenter::mock
