// The parts of a chart that are fetched and kept one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <epicenter/epic/operation.hpp>
#include <epicenter/resilience/endpoint_class.hpp>
#include <optional>
#include <string_view>

namespace epicenter::epic {

enum class read_part : std::uint8_t {
  demographics,
  allergies,
  problems,
  medications,
  immunizations,
  encounters,
  notes,
  labs,
};
inline constexpr std::size_t read_part_count = 8;

struct part_traits {
  std::string_view type;  ///< "AllergyIntolerance"
  resilience::endpoint_class endpoint;
};
const part_traits& traits_of(read_part);
constexpr std::size_t number_of(read_part part) {
  return static_cast<std::size_t>(part);
}
/// What the read of one list is made of; demographics for patient_context.
read_part part_of(operation_kind);
/// The part that resources of that type belong to; nothing where no read brings them.
std::optional<read_part> part_with(std::string_view type);

}  // namespace epicenter::epic
