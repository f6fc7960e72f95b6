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
  if (what.resource_id.empty()) return in.release_once(std::move(what.found));
  return in.resolve_written(std::move(what.found), std::move(what.resource_id));
}

}  // namespace epicenter::cli
