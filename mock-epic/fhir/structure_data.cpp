#include "mock-epic/fhir/structure_data.hpp"

#include <array>

namespace epicenter::mock::fhir {
namespace {

constexpr auto types = std::to_array<std::string_view>({
#include "mock-epic/fhir/structure_types.inc"
});
constexpr auto codes = std::to_array<std::string_view>({
#include "mock-epic/fhir/structure_codes.inc"
});

}  // namespace

std::span<const std::string_view> structure_types() {
  return types;
}

std::span<const std::string_view> structure_codes() {
  return codes;
}

}  // namespace epicenter::mock::fhir
