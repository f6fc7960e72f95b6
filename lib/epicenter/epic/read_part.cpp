#include <array>
#include <epicenter/epic/read_part.hpp>

namespace epicenter::epic {
namespace {

using resilience::endpoint_class;

// In the order of the enumeration.
constexpr std::array<part_traits, read_part_count> all{{
    {"Patient", endpoint_class::read},
    {"AllergyIntolerance", endpoint_class::search},
    {"Condition", endpoint_class::search},
    {"MedicationRequest", endpoint_class::search},
    {"Immunization", endpoint_class::search},
    {"Encounter", endpoint_class::search},
    {"DocumentReference", endpoint_class::search},
    {"Observation", endpoint_class::search},
}};

}  // namespace

const part_traits& traits_of(read_part part) {
  return all.at(number_of(part));
}

read_part part_of(operation_kind which) {
  switch (which) {
    case operation_kind::allergies:
      return read_part::allergies;
    case operation_kind::problems:
      return read_part::problems;
    case operation_kind::medications:
      return read_part::medications;
    case operation_kind::immunizations:
      return read_part::immunizations;
    case operation_kind::encounters:
      return read_part::encounters;
    case operation_kind::notes:
      return read_part::notes;
    case operation_kind::latest_labs:
      return read_part::labs;
    default:
      return read_part::demographics;
  }
}

std::optional<read_part> part_with(std::string_view type) {
  for (std::size_t i = 0; i < read_part_count; ++i) {
    if (all.at(i).type == type) return static_cast<read_part>(i);
  }
  return std::nullopt;
}

}  // namespace epicenter::epic
