#include "mock-epic/levers/maintenance.hpp"

#include <array>

#include "mock-epic/levers/http_sys.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array known{
    lever_parameter{.name = "retry_after",
                    .kind = lever_value::duration,
                    .help = "Retry-After in whole seconds; absent: none, as http.sys answers",
                    .minimum = duration(1s).count(),
                    .maximum = duration(24h).count()},
};

class maintenance final : public selective_lever {
 public:
  maintenance(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : selective_lever(spec, world), retry_after_(given.time("retry_after")) {}

  std::optional<fhir::answer> at_the_door(const http::request& r) override {
    if (!hits(r)) return std::nullopt;
    fhir::answer made = answer_unavailable(rule());
    if (retry_after_) {
      // A part of a second rounds up: the client is not to come back too early.
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(*retry_after_).count();
      made.response.fields.set("Retry-After", std::to_string(seconds));
    }
    return made;
  }

 private:
  std::optional<duration> retry_after_;
};

}  // namespace

const lever_type maintenance_lever{"maintenance",
                                   lever_layer::epic,
                                   lever_kind::lasting,
                                   "Epic is down for maintenance: an HTML page with status 503.",
                                   known,
                                   make_lever<maintenance>};

}  // namespace epicenter::mock
