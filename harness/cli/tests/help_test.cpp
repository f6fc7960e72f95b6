#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/command.hpp"
#include "harness/cli/tests/program.hpp"

namespace epicenter::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Help : ::testing::Test {
  scratch where;
};

TEST_F(Help, OfTheProgramNamesEveryCommandAndExitCode) {
  const auto help = run_to_end(where, {"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const auto* c : all_commands()) {
    EXPECT_THAT(help.out, HasSubstr("  " + std::string(c->name) + " ")) << c->name;
    EXPECT_THAT(help.out, HasSubstr(std::string(c->summary)));
  }
  for (const auto* code :
       {"0 passed", "1 failed", "2 wrong command line", "3 invalid", "4 inconclusive", "5 stopped",
        "6 refused", "7 rollback", "8 environment", "70 internal", "130/143"}) {
    EXPECT_THAT(help.out, HasSubstr(code));
  }
}

TEST_F(Help, OfEachCommandListsEveryOptionAndShowsAnExample) {
  for (const auto* c : all_commands()) {
    SCOPED_TRACE(c->name);
    const auto help = run_to_end(where, {std::string(c->name), "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr(std::string(c->summary)));
    EXPECT_THAT(help.out, HasSubstr("Examples:\n  epicenter " + std::string(c->name)));
    for (const auto& o : c->options) {
      EXPECT_THAT(help.out, HasSubstr("  " + std::string(o.name) + (o.value_name.empty() ? "" : " ")))
          << o.name;
      EXPECT_THAT(help.out, HasSubstr(std::string(o.help))) << o.name;
      for (const auto choice : o.choices) EXPECT_THAT(help.out, HasSubstr(std::string(choice)));
    }
    EXPECT_EQ(help.err, "");
  }
}

TEST_F(Help, VersionIsTheProjects) {
  const auto version = run_to_end(where, {"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.out, "epicenter " EPICENTER_VERSION "\n");
}

struct wrong_line {
  std::vector<std::string> args;
  std::string said;
};

TEST_F(Help, AWrongCommandLineIsTwoAndSaysWhatIsWrong) {
  const auto sound = std::string(EPICENTER_SOURCE_DIR) + "/scenarios/runbook/01-epic-outage.yaml";
  const std::vector<wrong_line> lines{
      {{}, "a command is needed"},
      {{"rum"}, "did you mean 'run'?"},
      {{"--bogus"}, "--bogus"},
      {{"run"}, "PATH"},
      {{"run", sound, "--bogus"}, "--bogus"},
      {{"run", sound, "--clokc", "real"}, "did you mean '--clock'?"},
      {{"run", sound, "--clock", "wall"}, "--clock"},
      {{"run", sound, "--clock"}, "--clock"},
      {{"run", sound, "--seed", "x"}, "--seed takes a whole number, not 'x'"},
      {{"run", sound, "--seed", "-1"}, "--seed"},
      {{"run", sound, "--seed", "1", "--seed", "2"}, "--seed"},
      {{"run", sound, "--only", "epic-outtage"}, "did you mean 'epic-outage'?"},
      {{"run", sound, "--proxy-api", "http://127.0.0.1:1"}, "--mock-admin"},
      {{"run", sound, "--mock-admin", "http://127.0.0.1:1"}, "--proxy-api"},
      {{"run", sound, "--proxy-api", "http://127.0.0.1:1", "--mock-admin", "http://127.0.0.1:2"},
       "--clock real"},
      {{"run", sound, "--clock", "real", "--proxy-api", "nonsense", "--mock-admin", "http://127.0.0.1:2"},
       "--proxy-api"},
      {{"check"}, "PATH"},
      {{"schema", "surplus"}, "surplus"},
      {{"proxy", "--listen", "127.0.0.1:0"}, "--upstream"},
      {{"proxy", "--upstream", "8.8.8.8:443"}, "--allow-host"},
      {{"proxy", "--api", "0.0.0.0:0"}, "--token-file"},
      {{"proxy", "-host", "0.0.0.0"}, "--token-file"},
      {{"proxy", "--tls-ca-out", "x", "--upstream", "127.0.0.1:1"}, "--tls"},
      {{"proxy", "--upstream", "nonsense"}, "--upstream"},
      {{"mock", "--listen", "0.0.0.0:0"}, "loopback"},
      {{"mock", "--patients", "0"}, "--patients"},
      {{"mock", "--patients", "1000001"}, "--patients"},
      {{"mock", "--token-lifetime", "30"}, "--token-lifetime"},
      {{"mock", "--token-lifetime", "500ms"}, "--token-lifetime"},
      {{"mock", "--token-lifetime", "2562047h"}, "--token-lifetime"},
      {{"mock", "--client", "me"}, "--jwks"},
      {{"mock", "--client", "me", "--jwks", "no-such-file"}, "no-such-file"},
  };
  for (const auto& line : lines) {
    std::string words;
    for (const auto& a : line.args) words += a + " ";
    SCOPED_TRACE(words);
    const auto run = run_to_end(where, line.args);
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr(line.said));
    EXPECT_THAT(run.err, StartsWith("epicenter: "));
    EXPECT_EQ(run.out, "");
  }
}

}  // namespace
}  // namespace epicenter::cli
