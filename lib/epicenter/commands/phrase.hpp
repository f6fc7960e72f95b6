// What was read, in words. What is partial is called partial, and nothing found is never called none.
#pragma once

#include <epicenter/commands/command.hpp>
#include <epicenter/epic/adapter.hpp>

namespace epicenter::commands {

struct read_answer {
  epic::resource_list resources;
  bool partial = false;
  epic::provenance from;
  std::string merged_into = {};  ///< patient that the chart was merged into; empty where it was not
};

/// The resources that the intent asks for, newest first: of its test, not older than asked, no more than
/// asked, without what was entered in error. Those without a date that a span of time would need are left out
/// and make the answer partial.
struct selection {
  std::vector<const json::value*> resources;  ///< of the answer
  bool partial = false;
};
selection select(const read_intent&, const read_answer&, wall_time now);

/// "Allergies, partial: more may be on the chart. 2 entries: Penicillin; Latex." At most 20 entries are said.
std::string phrase(const read_intent&, const read_answer&, wall_time now);
/// "EHR temporarily unavailable" where it is; else that it could not be read. Never an absence of data.
std::string phrase_failure(const read_intent&, const error&);

}  // namespace epicenter::commands
