#include <array>

#include "harness/cli/proxy_verbs/verbs.hpp"

namespace epicenter::cli {
namespace {

constexpr std::array catalog{
    &list_verb,      &inspect_verb,      &create_verb,       &toggle_verb, &delete_verb,
    &toxic_add_verb, &toxic_update_verb, &toxic_remove_verb, &reset_verb,  &populate_verb,
    &status_verb,    &clear_verb,        &watch_verb,
};

}  // namespace

std::span<const verb* const> proxy_verbs() {
  return catalog;
}

}  // namespace epicenter::cli
