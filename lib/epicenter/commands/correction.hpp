// How what was filed is said, and how it is corrected.
#pragma once

#include <epicenter/commands/session.hpp>

namespace epicenter::commands {

/// How the write ended, in one sentence or two.
std::string outcome_of(const draft&, const write_report&);
/// The steps in the EHR that correct it. Nothing that was filed is ever deleted from here: others may have
/// acted on it.
std::string correction_of(const draft&, const write_report&);

}  // namespace epicenter::commands
