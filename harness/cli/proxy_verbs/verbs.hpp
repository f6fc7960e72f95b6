// Every verb, one file each beside this one.
#pragma once

#include "harness/cli/proxy_verbs/verb.hpp"

namespace epicenter::cli {

extern const verb list_verb;
extern const verb inspect_verb;
extern const verb create_verb;
extern const verb toggle_verb;
extern const verb delete_verb;
extern const verb toxic_add_verb;
extern const verb toxic_update_verb;
extern const verb toxic_remove_verb;
extern const verb reset_verb;
extern const verb populate_verb;
extern const verb status_verb;
extern const verb clear_verb;
extern const verb watch_verb;

}  // namespace epicenter::cli
