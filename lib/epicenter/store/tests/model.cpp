#include "lib/epicenter/store/tests/model.hpp"

namespace epicenter::store::test {
namespace {

// Rows come to rest, so the walk goes on to new ones.
constexpr std::uint64_t rows_at_a_time = 60;
constexpr std::uint64_t steps_a_row = 40;

std::string word_for(const model::outcome& what) {
  return what ? make_error_code(*what).message() : "success";
}

std::string word_for(const result<>& what) {
  return what ? "success" : what.error().message();
}

bool same(const result<>& got, const model::outcome& wanted) {
  if (!wanted) return got.has_value();
  return !got && got.error() == make_error_code(*wanted);
}

model::row seen_in(const write_history& one) {
  return model::row{one.row.payload_sha256, one.row.state,    one.row.attempts,   one.row.version,
                    one.row.resource_id,    one.row.released, one.searches.size()};
}

/// One step: what is asked of the ledger, and what the model says to it.
struct step {
  std::string text;
  std::function<task<result<>>(ledger&)> ask;
  model::outcome wanted;
};

step random_step(runtime::random_stream& random, model& rules, std::uint64_t number) {
  const std::string operation = std::to_string(number / steps_a_row + random.below(rows_at_a_time));
  const auto kind = random.below(10);
  if (kind < 2) {
    const std::string hash = std::to_string(random.below(2));
    return {"plan " + operation, [=](ledger& to) { return to.plan(row_of(operation, hash)); },
            rules.plan(operation, hash)};
  }
  const std::string id = random.below(3) == 0 ? std::to_string(random.below(9)) : std::string();
  // Half of them know the state: otherwise few rows would come far.
  const auto known = rules.rows.find(operation);
  const bool knows = random.below(2) == 0 && known != rules.rows.end();
  if (kind < 7) {
    const auto from = knows ? known->second.state : static_cast<write_state>(random.below(8));
    const auto to = static_cast<write_state>(random.below(8));
    const auto change = move_of(operation, from, to, id);
    return {"advance " + operation, [=](ledger& at) { return at.advance(change); },
            rules.advance(operation, from, to, id)};
  }
  if (kind == 7) {
    const search_made found{wall_time(5s), true, 0, "identifier"};
    return {"search " + operation, [=](ledger& at) { return at.note_search(operation, found); },
            rules.note_search(operation)};
  }
  const auto version = knows ? known->second.version : static_cast<std::uint32_t>(random.below(6));
  const resolution decided{operation, "nurse", {}, wall_time(6s), version};
  if (kind == 8) {
    return {"resolve " + operation, [=](ledger& at) { return at.resolve_written(decided, id); },
            rules.resolve(operation, version, id)};
  }
  return {"release " + operation, [=](ledger& at) { return at.release_once(decided); },
          rules.release(operation, version)};
}

task<> take_step(ledger& at, step one, std::string& difference) {
  auto asked = one.ask(at);
  const auto got = co_await std::move(asked);
  if (!same(got, one.wanted) && difference.empty()) {
    difference = one.text + ": " + word_for(got) + " instead of " + word_for(one.wanted);
  }
}

std::string compare_rows(virtual_runtime& rt, ledger& at, const model& rules) {
  const auto all = run(rt, at.all());
  if (!all) return "all: " + all.error().message();
  if (all->size() != rules.rows.size()) return "another number of rows";
  for (const auto& row : *all) {
    const auto wanted = rules.rows.find(row.operation);
    const auto got = run(rt, at.history(row.operation));
    if (!got || wanted == rules.rows.end()) return "row " + row.operation + " is not to be had";
    if (seen_in(*got) != wanted->second) return "row " + row.operation + " differs";
    if (got->transitions.size() != wanted->second.version) return "history of " + row.operation + " differs";
    if (got->transitions.back().to != row.state) return "history of " + row.operation + " ends elsewhere";
  }
  return {};
}

}  // namespace

void model::move(row& one, write_state to, const std::string& id) {
  if (one.state == write_state::planned && to == write_state::needs_review) one.released = false;
  one.state = to;
  reached.insert(to);
  ++one.version;
  if (to == write_state::sending) ++one.attempts;
  if (!id.empty()) one.resource_id = id;
}

model::outcome model::plan(const std::string& operation, const std::string& hash) {
  const auto [at, fresh] = rows.try_emplace(operation);
  if (fresh) at->second.hash = hash;
  if (fresh) return {};
  return at->second.hash == hash ? errc::exists : errc::content_differs;
}

model::outcome model::advance(const std::string& operation, write_state from, write_state to,
                              const std::string& id) {
  if (!may_advance(from, to)) return errc::not_allowed;
  const auto at = rows.find(operation);
  if (at == rows.end()) return errc::not_found;
  if (at->second.state != from) return errc::stale_state;
  move(at->second, to, id);
  return {};
}

model::outcome model::note_search(const std::string& operation) {
  const auto at = rows.find(operation);
  if (at == rows.end()) return errc::not_found;
  ++at->second.searches;
  return {};
}

model::outcome model::refusal(const std::string& operation, std::uint32_t version) const {
  const auto at = rows.find(operation);
  if (at == rows.end()) return errc::not_found;
  if (at->second.state != write_state::needs_review) return errc::stale_state;
  if (version != 0 && version != at->second.version) return errc::stale_state;
  return {};
}

model::outcome model::resolve(const std::string& operation, std::uint32_t version, const std::string& id) {
  if (id.empty()) return errc::not_allowed;
  if (const auto no = refusal(operation, version)) return no;
  move(rows.at(operation), write_state::written, id);
  return {};
}

model::outcome model::release(const std::string& operation, std::uint32_t version) {
  if (const auto no = refusal(operation, version)) return no;
  row& one = rows.at(operation);
  if (one.released) return errc::not_allowed;
  move(one, write_state::planned, {});
  one.released = true;
  return {};
}

std::string first_difference(virtual_runtime& rt, ledger& at, model& rules, std::uint64_t seed, int steps) {
  runtime::random_stream random(seed);
  std::string difference;
  constexpr int between_comparisons = 20'000;
  int compared = 0;
  for (int done = 0; done < steps && difference.empty();) {
    // The queue keeps the order in which they were asked.
    const int together = 1 + static_cast<int>(random.below(16));
    for (int i = 0; i < together; ++i, ++done) {
      runtime::spawn(rt, "step",
                     take_step(at, random_step(random, rules, static_cast<std::uint64_t>(done)), difference));
    }
    if (rt.run() != runtime::run_end::finished) return "stuck";
    if (difference.empty() && done - compared >= between_comparisons) {
      difference = compare_rows(rt, at, rules);
      compared = done;
    }
  }
  return difference.empty() ? compare_rows(rt, at, rules) : difference;
}

}  // namespace epicenter::store::test
