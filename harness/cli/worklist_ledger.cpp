#include "harness/cli/worklist_ledger.hpp"

#include <epicenter/runtime/task.hpp>

namespace epicenter::cli {
namespace {

constexpr std::size_t most_listed = 100'000;

}  // namespace

runtime::task<result<std::vector<store::ledger_row>>> writes_under_review(store::ledger& in) {
  return in.list(store::write_state::needs_review, most_listed);
}

runtime::task<result<store::ledger_row>> one_write(store::ledger& in, std::string operation) {
  return in.find(std::move(operation));
}

runtime::task<result<>> decide(store::ledger& in, review_decision what) {
  const bool there = !what.resource_id.empty();
  store::ledger::change change;
  change.operation = std::move(what.operation);
  change.from = store::write_state::needs_review;
  change.to = there ? store::write_state::written : store::write_state::planned;
  change.resource_id = std::move(what.resource_id);
  change.reason = (there ? "found by " : "released once by ") + what.actor;
  change.at = what.at;
  return in.advance(std::move(change));
}

}  // namespace epicenter::cli
