#include <array>

#include "mock-epic/levers/lever_type.hpp"
#include "mock-epic/levers/token_expiry.hpp"

namespace epicenter::mock {

std::span<const lever_type> lever_catalog() {
  static constexpr auto catalog = std::to_array<lever_type>({
      {"token_expiry", "Every access token issued so far expires now; later ones are valid.",
       make_token_expiry},
  });
  return catalog;
}

}  // namespace epicenter::mock
