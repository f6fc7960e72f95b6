// Code and identifier systems of Epic's sandbox (1.2.840.114350.1.13.0.1.7 is its number), as captured.
#pragma once

#include <string_view>

namespace epicenter::mock::data {

/// Epic's identifier systems (its sandbox's numbers).
inline constexpr std::string_view mrn_system = "urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.0";
inline constexpr std::string_view csn_system = "urn:oid:1.2.840.114350.1.13.0.1.7.3.698084.8";
inline constexpr std::string_view order_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.798268";
inline constexpr std::string_view ceid_system = "urn:oid:1.2.840.114350.1.13.0.1.7.3.688884.100";
inline constexpr std::string_view epi_system = "urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.14";
inline constexpr std::string_view epic_patient_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.698084";
inline constexpr std::string_view login_system = "urn:oid:1.2.840.114350.1.13.0.1.7.3.878082.110";
inline constexpr std::string_view wpr_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.878082";
inline constexpr std::string_view note_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.727879";
inline constexpr std::string_view immunization_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.768076";
inline constexpr std::string_view component_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.768282";
inline constexpr std::string_view flowsheet_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.707679";
inline constexpr std::string_view procedure_system = "urn:oid:1.2.840.114350.1.13.0.1.7.2.696580";
inline constexpr std::string_view specimen_system = "urn:oid:1.2.840.114350.1.13.0.1.7.3.798268.800";
inline constexpr std::string_view visit_type_system = "urn:oid:1.2.840.114350.1.13.0.1.7.10.698084.30";
inline constexpr std::string_view patient_class_system = "urn:oid:1.2.840.114350.1.13.0.1.7.10.698084.10110";
inline constexpr std::string_view encounter_class_system =
    "urn:oid:1.2.840.114350.1.72.1.7.7.10.696784.13260";
inline constexpr std::string_view npi_system = "http://hl7.org/fhir/sid/us-npi";

}  // namespace epicenter::mock::data
