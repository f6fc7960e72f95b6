#include "mock-epic/levers/token_outage.hpp"

#include <array>

#include "mock-epic/levers/http_sys.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 2> modes{"unavailable", "timeout"};
constexpr std::array known{
    lever_parameter{.name = "mode",
                    .kind = lever_value::choice,
                    .help = "unavailable: 503 of http.sys; timeout: 408 of a proxy before it",
                    .default_text = "unavailable",
                    .choices = modes},
};

class token_outage final : public selective_lever {
 public:
  token_outage(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : selective_lever(spec, world), times_out_(given.text("mode") == "timeout") {}

  std::optional<fhir::answer> at_the_door(const http::request& r) override {
    if (!r.path().ends_with("/oauth2/token") || !hits(r)) return std::nullopt;
    return times_out_ ? answer_request_timeout(rule()) : answer_unavailable(rule());
  }

 private:
  bool times_out_;
};

}  // namespace

const lever_type token_outage_lever{"token_outage",
                                    lever_layer::identity,
                                    lever_kind::lasting,
                                    "The token endpoint fails; tokens issued before stay valid.",
                                    known,
                                    make_lever<token_outage>};

}  // namespace epicenter::mock
