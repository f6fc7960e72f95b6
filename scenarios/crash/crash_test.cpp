// The process is killed at random points while it writes, and started again: in the end every write is done
// once, rejected, or on the worklist, and nothing that was acknowledged is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <epicenter/audit/chained_log.hpp>
#include <epicenter/base/ids.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/smart/key.hpp>
#include <epicenter/store/ledger.hpp>
#include <map>
#include <sstream>

#include "lib/epicenter/base/tests/child_process.hpp"
#include "scenarios/crash/served_mock.hpp"

namespace epicenter::crash {
namespace {

constexpr std::uint64_t writes = 1000;

std::uint64_t chosen(const char* variable, std::uint64_t otherwise) {
  const char* given = std::getenv(variable);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

struct told_line {
  std::string operation, state, resource;
};

/// What the process was told of its writes in all its lives.
std::vector<told_line> acknowledged(const std::vector<std::string>& outputs) {
  std::vector<told_line> all;
  for (const auto& output : outputs) {
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
      told_line one;
      std::istringstream words(line);
      words >> one.operation >> one.state >> one.resource;
      if (one.operation.size() == 36) all.push_back(std::move(one));
    }
  }
  return all;
}

using ledger_rows = std::map<std::string, store::ledger_row>;
using filings = std::map<std::string, std::size_t>;

std::string operation_id(std::uint64_t number) {
  return make_uuid(0, number + 1);
}

/// What is wrong in the end, a line each.
std::vector<std::string> violations(const ledger_rows& rows, const filings& filed,
                                    const std::vector<told_line>& told, std::uint64_t wanted) {
  std::vector<std::string> wrong;
  for (std::uint64_t i = 0; i != wanted; ++i) {
    const std::string operation = operation_id(i);
    const auto row = rows.find(operation);
    const auto found = filed.find(operation);
    const std::size_t in_epic = found == filed.end() ? 0 : found->second;
    if (row == rows.end()) {
      wrong.push_back(operation + " is in no ledger");
      continue;
    }
    const auto state = row->second.state;
    const std::string is = operation + " is " + std::string(name_of(state));
    const bool none = state == store::write_state::rejected || state == store::write_state::not_sent;
    if (!store::is_final(state)) wrong.push_back(is + ", which is no end");
    if (in_epic > 1) wrong.push_back(is + ", and filed " + std::to_string(in_epic) + " times");
    if (state == store::write_state::written && in_epic == 0) wrong.push_back(is + ", and not filed");
    if (none && in_epic != 0) wrong.push_back(is + ", and filed");
  }
  for (const auto& one : told) {
    const auto row = rows.find(one.operation);
    if (row == rows.end())
      wrong.push_back(one.operation + " was acknowledged, and is gone");
    else if (one.state == "written" &&
             (row->second.state != store::write_state::written || row->second.resource_id != one.resource))
      wrong.push_back(one.operation + " was told to be written, and the ledger says otherwise");
  }
  return wrong;
}

runtime::task<> read_rows(store::ledger& ledger, std::vector<store::ledger_row>& into) {
  auto rows = co_await ledger.all();
  if (rows) into = std::move(*rows);
}

ledger_rows rows_of(const std::string& path) {
  runtime::real_runtime rt;
  auto ledger = store::open_ledger(rt, path, {secret("0123456789abcdef0123456789abcdef")});
  EXPECT_TRUE(ledger);
  std::vector<store::ledger_row> rows;
  if (ledger) runtime::spawn(rt, "reader", read_rows(**ledger, rows));
  rt.run();
  ledger_rows by_operation;
  for (auto& row : rows) by_operation.emplace(row.operation, std::move(row));
  return by_operation;
}

runtime::task<> verify(audit::chained_log& log, std::vector<audit::signed_head> kept,
                       audit::verification& into) {
  auto verified = co_await log.verify(std::move(kept), {});
  if (verified) into = std::move(*verified);
}

/// By the heads that were copied out while the process lived.
audit::verification verified_log(const testkit::scratch_folder& folder) {
  runtime::real_runtime rt;
  audit::chained_log_options trusted;
  trusted.signer = audit::head_key::from_seed(secret("0123456789abcdef0123456789abcdef")).value();
  auto log = audit::open_chained_log(rt, folder.file("audit.db"), std::move(trusted));
  auto kept = audit::read_heads(folder.file("heads"));
  audit::verification found;
  EXPECT_TRUE(log && kept);
  if (log && kept) runtime::spawn(rt, "verify", verify(**log, std::move(kept->heads), found));
  rt.run();
  return found;
}

TEST(crash, every_write_is_done_once_rejected_or_on_the_worklist) {
  const std::uint64_t seed = chosen("EPICENTER_SEED", 1);
  const std::uint64_t kills = chosen("EPICENTER_KILLS", 50);
  runtime::random_stream random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));

  const testkit::scratch_folder folder;
  const auto key = smart::generate_test_key(smart::algorithm::es384).value();
  folder.write("key.pem", std::string(key.to_pem().value().reveal()));
  served_mock epic("crash-test", key);
  const auto who = epic.patient();
  const std::vector<std::string> args{epic.url(), folder.path(), who.patient, who.encounter,
                                      std::to_string(writes)};

  std::vector<std::string> outputs;
  for (std::uint64_t life = 0; life != kills; ++life) {
    testkit::child_process process(folder, EPICENTER_CRASH_WRITER, args);
    process.die_after(duration(random.between(5'000'000, 150'000'000)));
    outputs.push_back(process.out());
  }
  testkit::child_process last(folder, EPICENTER_CRASH_WRITER, args);
  EXPECT_EQ(last.wait(), 0) << last.out() << last.err();
  outputs.push_back(last.out());

  const auto rows = rows_of(folder.file("ledger.db"));
  const auto told = acknowledged(outputs);
  EXPECT_THAT(violations(rows, epic.filed(), told, writes), testing::IsEmpty());
  const auto verified = verified_log(folder);
  EXPECT_TRUE(verified.intact());
  EXPECT_GE(verified.entries, 2 * told.size());
  EXPECT_GT(verified.signed_up_to, 0U);

  std::map<std::string_view, int> ends;
  for (const auto& [operation, row] : rows) ++ends[name_of(row.state)];
  std::string summary;
  for (const auto& [state, count] : ends) summary += " " + std::string(state) + " " + std::to_string(count);
  std::printf("%llu kills, seed %llu:%s; %zu acknowledged\n", static_cast<unsigned long long>(kills),
              static_cast<unsigned long long>(seed), summary.c_str(), told.size());
  EXPECT_GT(ends["WRITTEN"], 0);
}

store::ledger_row row_in(store::write_state state, std::string resource = {}) {
  store::ledger_row row;
  row.state = state;
  row.resource_id = std::move(resource);
  return row;
}

TEST(crash_judge, finds_what_is_planted) {
  using store::write_state;
  const std::string one = operation_id(0);
  const told_line told{one, "written", "ServiceRequest/1"};
  const ledger_rows good{{one, row_in(write_state::written, "ServiceRequest/1")}};
  EXPECT_THAT(violations(good, {{one, 1}}, {told}, 1), testing::IsEmpty());
  EXPECT_EQ(violations({}, {{one, 1}}, {}, 1).size(), 1U) << "a row that is lost";
  EXPECT_EQ(violations({}, {}, {told}, 0).size(), 1U) << "an acknowledged row that is lost";
  EXPECT_EQ(violations(good, {{one, 2}}, {told}, 1).size(), 1U) << "filed twice";
  EXPECT_EQ(violations(good, {}, {told}, 1).size(), 1U) << "told to be written, and not filed";
  const ledger_rows open{{one, row_in(write_state::sending)}};
  EXPECT_EQ(violations(open, {}, {}, 1).size(), 1U) << "never ended";
  const ledger_rows closed{{one, row_in(write_state::not_sent)}};
  EXPECT_EQ(violations(closed, {{one, 1}}, {}, 1).size(), 1U) << "closed as never sent, and filed";
  const ledger_rows other{{one, row_in(write_state::written, "ServiceRequest/2")}};
  EXPECT_EQ(violations(other, {{one, 1}}, {told}, 1).size(), 1U) << "acknowledged under another id";
}

}  // namespace
}  // namespace epicenter::crash
