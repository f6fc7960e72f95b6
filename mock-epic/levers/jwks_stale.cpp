#include "mock-epic/levers/jwks_stale.hpp"

#include <array>

#include "mock-epic/levers/key_sets.hpp"
#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array<std::string_view, 2> ages{"older", "frozen"};
constexpr std::array known{
    lever_parameter{.name = "age",
                    .kind = lever_value::choice,
                    .help =
                        "older: from before the present keys, none of which verifies; frozen: as it is now, "
                        "what is registered later is not seen",
                    .default_text = "older",
                    .choices = ages},
};

class jwks_stale final : public selective_lever {
 public:
  jwks_stale(const lever_spec& spec, const lever_parameters& given, const lever_world& world)
      : selective_lever(spec, world) {
    const oauth::client_keys& now = world.identity.keys();
    const bool older = given.text("age") == "older";
    keys_ = std::make_shared<const oauth::client_keys>(older ? without(now, materials_of(now, "")) : now);
  }

  void before_token(const http::request& r, token_conditions& conditions) override {
    if (hits(r)) conditions.keys = keys_;
  }

 private:
  std::shared_ptr<const oauth::client_keys> keys_;
};

}  // namespace

const lever_type jwks_stale_lever{
    "jwks_stale", lever_layer::identity, lever_kind::lasting, "Epic goes by an older key set of the clients.",
    known,        make_lever<jwks_stale>};

}  // namespace epicenter::mock
