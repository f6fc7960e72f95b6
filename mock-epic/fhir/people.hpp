// Patients by their demographics, without writing a chart for each.
#pragma once

#include "mock-epic/fhir/search_task.hpp"

namespace epicenter::mock::fhir {

/// Patients who can match, in the order of filing; nothing where the criteria do not tell people apart, or
/// where so many charts would have to be written that they are better looked through page by page.
std::optional<hits> people_for(const search_task&, const search_target&);

}  // namespace epicenter::mock::fhir
