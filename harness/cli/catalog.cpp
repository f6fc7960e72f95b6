#include <array>

#include "harness/cli/command.hpp"

namespace epicenter::cli {
namespace {

constexpr std::array catalog{
    &run_command,  &check_command, &plan_command,     &schema_command,
    &mock_command, &proxy_command, &worklist_command,
};

}  // namespace

std::span<const command* const> all_commands() {
  return catalog;
}

}  // namespace epicenter::cli
