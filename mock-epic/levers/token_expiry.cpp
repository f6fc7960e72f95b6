#include "mock-epic/levers/token_expiry.hpp"

namespace epicenter::mock {
namespace {

class token_expiry final : public active_lever {
 public:
  explicit token_expiry(std::uint64_t expired) : expired_(expired) {}
  std::uint64_t touched() const override { return expired_; }
  std::uint64_t injected() const override { return expired_; }

 private:
  std::uint64_t expired_;
};

}  // namespace

result<std::unique_ptr<active_lever>> make_token_expiry(const lever_spec& spec, const lever_world& world) {
  if (!spec.parameters.empty())
    return fail(lever_errc::bad_parameter, "token_expiry takes none, got " + spec.parameters.begin()->first);
  return std::make_unique<token_expiry>(world.tokens.expire_all(world.now, spec.type + "/" + spec.id));
}

}  // namespace epicenter::mock
