#include "mock-epic/levers/reordered_results.hpp"

#include <algorithm>

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

class reordered_results final : public fhir_lever {
 public:
  reordered_results(const lever_spec& spec, const lever_parameters&, const lever_world& world)
      : fhir_lever(spec, world) {}

  void found(const fhir::call& c, fhir::hits& results, std::vector<fhir::issue>&) override {
    // One result has no order.
    if (results.size() < 2 || !hits(c.request)) return;
    decides();
    const fhir::hits before = results;
    for (std::size_t i = results.size() - 1; i > 0; --i)
      std::swap(results[i], results[static_cast<std::size_t>(random().below(i + 1))]);
    if (results == before) std::rotate(results.begin(), results.begin() + 1, results.end());
  }
};

}  // namespace

const lever_type reordered_results_lever{"reordered_results",
                                         lever_layer::epic,
                                         lever_kind::lasting,
                                         "Results come in another order.",
                                         {},
                                         make_lever<reordered_results>};

}  // namespace epicenter::mock
