// The tables that make up the standard lexicon. A new phrase or code is a line in one of them, and a new
// version (lexicon::version).
#pragma once

#include <epicenter/commands/lexicon.hpp>

namespace epicenter::commands {

std::span<const entry> lab_table();
std::span<const entry> imaging_table();
std::span<const entry> drug_table();
std::span<const entry> substance_table();
std::span<const entry> reaction_table();
std::span<const entry> condition_table();
std::span<const entry> vital_table();
std::span<const entry> note_table();
std::span<const entry> frequency_table();

}  // namespace epicenter::commands
