// Drafts as the adapter's requests.
#pragma once

#include <epicenter/commands/draft.hpp>
#include <epicenter/epic/adapter.hpp>

namespace epicenter::commands {

using epic_request = std::variant<epic::lab_order, epic::imaging_order, epic::medication_order, epic::allergy,
                                  epic::problem, epic::vital_sign, epic::note>;

/// What is filed of the draft, under its operation. The draft's resource is not looked at: see
/// planned_resource.
epic_request request_of(const draft&);

}  // namespace epicenter::commands
