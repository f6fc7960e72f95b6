// The public patients of Epic's sandbox: the first of every hospital that is not tiny.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/generated.hpp"
#include "mock-epic/data/person.hpp"
#include "mock-epic/data/systems.hpp"

namespace epicenter::mock::data {

inline constexpr std::uint32_t derrick = 1;  ///< his number

/// How many of them a hospital of that size begins with: none below seven, then seven, then also the two
/// Argonauts.
std::uint32_t sandbox_patients(std::uint32_t hospital_size);

/// The number must be below sandbox_patients().
person sandbox_person(const person_source&, std::uint32_t index);
std::string_view sandbox_patient_id(std::uint32_t index);
std::optional<std::uint32_t> sandbox_index(std::string_view patient_id);
/// The patients that carry an identifier of that value, captured or published.
std::vector<std::uint32_t> sandbox_holders(std::string_view identifier);

/// What was captured of a patient, with what captured resources point to made around it.
captured_chart captured_of(std::uint32_t index, const directory&);
/// Derrick's appointments: his notes point to them, yet a search of his encounters does not list them. They
/// are read by id only, so they count as shared.
std::vector<generated> captured_elsewhere();
/// The ids of all resources of captured_of().
std::vector<std::string_view> captured_ids(std::uint32_t index);

/// The open encounter, where it was captured; else empty.
std::string_view sandbox_encounter_id(std::uint32_t index);

// The files of data/sandbox: resources, one a line.
std::string_view derrick_lines();
std::string_view patient_lines();
std::string_view appointment_lines();

}  // namespace epicenter::mock::data
