#include "mock-epic/levers/jwks_stale.hpp"

#include <array>

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

class older_keys final : public selective_lever {
 public:
  using selective_lever::selective_lever;
  void before_token(const http::request& r, token_conditions& conditions) override {
    if (hits(r)) conditions.knows_no_key = true;
  }
};

class frozen_keys final : public selective_lever {
 public:
  frozen_keys(const lever_spec& spec, const lever_world& world)
      : selective_lever(spec, world), identity_(world.identity) {
    identity_.freeze_keys();
  }
  ~frozen_keys() override { identity_.thaw_keys(); }
  frozen_keys(const frozen_keys&) = delete;
  frozen_keys& operator=(const frozen_keys&) = delete;
  void before_token(const http::request& r, token_conditions&) override { hits(r); }

 private:
  identity_controls& identity_;
};

result<std::unique_ptr<active_lever>> make(const lever_spec& spec, const lever_parameters& given,
                                           const lever_world& world) {
  if (given.text("age") == "older") return std::make_unique<older_keys>(spec, world);
  if (spec.match != lever_match{})
    return fail(lever_errc::bad_parameter,
                "age: frozen keys are frozen for every request; leave match and rate out");
  return std::make_unique<frozen_keys>(spec, world);
}

}  // namespace

const lever_type jwks_stale_lever{"jwks_stale",
                                  lever_layer::identity,
                                  lever_kind::lasting,
                                  "Epic goes by an older key set of the clients.",
                                  known,
                                  make};

}  // namespace epicenter::mock
