// Drafts as the adapter's requests.
#pragma once

#include <epicenter/commands/draft.hpp>
#include <epicenter/epic/adapter.hpp>

namespace epicenter::commands {

using epic_request = std::variant<epic::lab_order, epic::imaging_order, epic::medication_order, epic::allergy,
                                  epic::problem, epic::vital_sign, epic::note>;

/// The same codes, values, patient and encounter as in the draft, under its operation.
epic_request request_of(const draft&);

}  // namespace epicenter::commands
