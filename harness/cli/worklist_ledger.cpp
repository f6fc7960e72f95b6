#include "harness/cli/worklist_ledger.hpp"

#include <epicenter/runtime/task.hpp>

namespace epicenter::cli {
namespace {

constexpr std::size_t most_listed = 100'000;

}  // namespace

runtime::task<result<std::vector<store::ledger_row>>> writes_under_review(store::ledger& in) {
  return in.list(store::write_state::needs_review, most_listed);
}

runtime::task<result<store::write_history>> one_write(store::ledger& in, std::string operation) {
  return in.history(std::move(operation));
}

runtime::task<result<>> decide(store::ledger& in, review_decision what) {
  if (!what.resource_id.empty())
    co_return co_await in.resolve_written(std::move(what.found), std::move(what.resource_id));
  auto row = co_await in.find(what.found.operation);
  if (!row) co_return fail(std::move(row.error()));
  const bool as_seen = row->state == store::write_state::needs_review && row->version == what.found.version;
  const auto why = why_not_released(*row);
  if (as_seen && !why.empty()) co_return fail(store::errc::not_allowed, std::string(why));
  co_return co_await in.release_once(std::move(what.found));
}

std::string_view why_not_released(const store::ledger_row& row) {
  if (row.released) return "it was released once before";
  if (row.damaged) return "its content does not open: the row was changed on the disk";
  if (row.payload.empty()) return "this ledger keeps no content that could be sent: it has no key";
  return {};
}

}  // namespace epicenter::cli
