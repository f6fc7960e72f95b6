#include "mock-epic/levers/token_revoke.hpp"

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

result<std::unique_ptr<active_lever>> make(const lever_spec& spec, const lever_parameters&,
                                           const lever_world& world) {
  return std::make_unique<spent_lever>(world.identity.revoke_tokens(spec.type + "/" + spec.id));
}

}  // namespace

const lever_type token_revoke_lever{"token_revoke",
                                    lever_layer::identity,
                                    lever_kind::instant,
                                    "Every access token issued so far is revoked now; later ones are valid.",
                                    {},
                                    make};

}  // namespace epicenter::mock
