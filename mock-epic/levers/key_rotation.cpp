#include "mock-epic/levers/key_rotation.hpp"

#include <array>

#include "mock-epic/levers/selective_lever.hpp"

namespace epicenter::mock {
namespace {

constexpr std::array known{
    lever_parameter{.name = "of", .help = "the client whose keys are replaced; absent: of every client"},
};

class key_rotation final : public selective_lever {
 public:
  key_rotation(const lever_spec& spec, const lever_world& world, std::set<std::string> retired)
      : selective_lever(spec, world), retired_(std::move(retired)) {}

  void before_token(const http::request& r, token_conditions& conditions) override {
    if (hits(r)) conditions.retired_keys.insert(retired_.begin(), retired_.end());
  }

 private:
  std::set<std::string> retired_;
};

result<std::unique_ptr<active_lever>> make(const lever_spec& spec, const lever_parameters& given,
                                           const lever_world& world) {
  const std::string of = given.text("of");
  if (!of.empty() && !world.identity.knows_client(of))
    return fail(lever_errc::bad_parameter, "of: no client is registered as " + of);
  return std::make_unique<key_rotation>(spec, world, world.identity.keys_of(of));
}

}  // namespace

const lever_type key_rotation_lever{"key_rotation",
                                    lever_layer::identity,
                                    lever_kind::lasting,
                                    "The keys of clients are replaced: those of now no longer verify.",
                                    known,
                                    make};

}  // namespace epicenter::mock
