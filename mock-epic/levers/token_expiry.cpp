#include "mock-epic/levers/token_expiry.hpp"

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

result<std::unique_ptr<active_lever>> make(const lever_spec& spec, const lever_parameters&,
                                           const lever_world& world) {
  return std::make_unique<spent_lever>(world.identity.expire_tokens(spec.type + "/" + spec.id));
}

}  // namespace

const lever_type token_expiry_lever{"token_expiry",
                                    lever_layer::identity,
                                    lever_kind::instant,
                                    "Every access token issued so far expires now; later ones are valid.",
                                    {},
                                    make};

}  // namespace epicenter::mock
