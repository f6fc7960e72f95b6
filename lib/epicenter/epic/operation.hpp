// Everything the adapter does for applications, by name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace epicenter::epic {

enum class operation_kind : std::uint8_t {
  patient_context,
  latest_labs,
  allergies,
  problems,
  medications,
  immunizations,
  encounters,
  notes,
  order_lab,
  order_medication,
  order_imaging,
  add_allergy,
  add_problem,
  record_vitals,
  file_note,
};
inline constexpr std::size_t operation_count = 15;

/// "order_lab": stable, in ledger, events and configuration.
std::string_view name_of(operation_kind);
std::optional<operation_kind> operation_named(std::string_view);
/// What a write creates, or what a read is mainly about: "ServiceRequest".
std::string_view resource_type_of(operation_kind);
constexpr bool is_write(operation_kind which) {
  return which >= operation_kind::order_lab;
}
constexpr operation_kind operation_at(std::size_t index) {
  return static_cast<operation_kind>(index);
}

}  // namespace epicenter::epic
