#include <fmt/core.h>
#include <epicenter/json/write.hpp>

#include "harness/cli/command.hpp"
#include "harness/scenario/schema.hpp"

namespace epicenter::cli {
namespace {

int run_schema(const arguments&) {
  fmt::print("{}", json::write_pretty(scenario::json_schema()));
  return 0;
}

}  // namespace

constinit const command schema_command{
    .name = "schema",
    .summary = "Prints the JSON Schema of the scenario format, for editors",
    .positional = {},
    .positional_required = false,
    .options = {},
    .examples = "  epicenter schema > scenarios/schema/scenario.v1.json\n",
    .epilogue =
        "A scenario whose first line is\n"
        "  # yaml-language-server: $schema=schema/scenario.v1.json\n"
        "is completed and checked by editors that speak the YAML language server's protocol.",
    .run = run_schema,
};

}  // namespace epicenter::cli
