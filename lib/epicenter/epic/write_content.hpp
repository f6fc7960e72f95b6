// The resources that the adapter files, built from what the application asked for, in the form in which Epic
// takes them (reference: epic, sections 2.6 and 6).
#pragma once

#include <epicenter/epic/operation.hpp>
#include <epicenter/epic/site_zone.hpp>
#include <epicenter/epic/write_parts.hpp>

namespace epicenter::epic {

struct write_content {
  operation_kind kind = operation_kind::order_lab;
  json::value resource;
  std::string sha256;  ///< of what was asked for, without times: the same request again has the same
};

/// What is the same for all writes of a site at a moment.
struct content_rules {
  const std::string& identifier_system;
  const site_zone& zone;
  wall_time now;
};

inline constexpr operation_kind kind_of(const lab_order&) {
  return operation_kind::order_lab;
}
inline constexpr operation_kind kind_of(const imaging_order&) {
  return operation_kind::order_imaging;
}
inline constexpr operation_kind kind_of(const medication_order&) {
  return operation_kind::order_medication;
}
inline constexpr operation_kind kind_of(const allergy&) {
  return operation_kind::add_allergy;
}
inline constexpr operation_kind kind_of(const problem&) {
  return operation_kind::add_problem;
}
inline constexpr operation_kind kind_of(const vital_sign&) {
  return operation_kind::record_vitals;
}
inline constexpr operation_kind kind_of(const note&) {
  return operation_kind::file_note;
}

/// All check their input: errc::invalid_argument, without a word of it. The operation must be given.
result<write_content> content_of(const lab_order&, const content_rules&);
result<write_content> content_of(const imaging_order&, const content_rules&);
result<write_content> content_of(const medication_order&, const content_rules&);
result<write_content> content_of(const allergy&, const content_rules&);
result<write_content> content_of(const problem&, const content_rules&);
result<write_content> content_of(const vital_sign&, const content_rules&);
result<write_content> content_of(const note&, const content_rules&);

}  // namespace epicenter::epic
