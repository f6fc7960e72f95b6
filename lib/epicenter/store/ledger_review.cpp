// What a person sees of a write, and decides about it.
#include <epicenter/store/ledger_table.hpp>

namespace epicenter::store {
namespace {

wall_time from_ns(std::int64_t value) {
  return wall_time(duration(value));
}

template <class T, class Read>
result<> read_all(statement& query, std::vector<T>& into, Read read) {
  for (;;) {
    auto more = query.step();
    if (!more) return fail(std::move(more.error()));
    if (!*more) return {};
    result<T> one = read(query);
    if (!one) {
      query.reset();
      return fail(std::move(one.error()));
    }
    into.push_back(std::move(*one));
  }
}

}  // namespace

result<> ledger_table::note_search(const std::string& operation, const search_made& what) {
  column how{what.how, false};
  if (!is_plain_word(what.how)) how = seal_.seal_text(row_seal::purpose::search, operation, what.how);
  statement& insert = use(ledger_statement::insert_search);
  insert.bind(1, operation).bind(2, std::int64_t{what.at.time_since_epoch().count()});
  insert.bind(3, std::int64_t{what.complete ? 1 : 0}).bind(4, std::int64_t{what.found});
  auto inserted = bind(insert, 5, how).run();
  if (!inserted) return fail(std::move(inserted.error()));
  if (*inserted == 0) return fail(errc::not_found);
  return {};
}

result<write_history> ledger_table::history(const std::string& operation) {
  auto row = find(operation);
  if (!row) return fail(std::move(row.error()));
  write_history all{std::move(*row), {}, {}};
  if (auto done = complete(all); !done) return fail(std::move(done.error()));
  return all;
}

result<std::vector<write_history>> ledger_table::worklist(std::size_t limit) {
  auto rows = list(write_state::needs_review, limit);
  if (!rows) return fail(std::move(rows.error()));
  std::vector<write_history> all;
  for (auto& row : *rows) {
    all.push_back({std::move(row), {}, {}});
    if (auto done = complete(all.back()); !done) return fail(std::move(done.error()));
  }
  return all;
}

// A text that does not open is left empty, and the row says so.
std::string ledger_table::open_text(const statement& from, int at, row_seal::purpose what,
                                    write_history& of) {
  auto opened = seal_.open_text(what, of.row.operation, column_at(from, at));
  of.row.damaged = of.row.damaged || !opened;
  return opened ? std::move(*opened) : std::string();
}

result<transition> ledger_table::transition_of(const statement& from, write_history& of) {
  auto before = parse_write_state(from.text(0));
  auto after = parse_write_state(from.text(1));
  if (!before) return fail(std::move(before.error()));
  if (!after) return fail(std::move(after.error()));
  return transition{*before,
                    *after,
                    from_ns(from.number(2)),
                    from.text(3),
                    open_text(from, 4, row_seal::purpose::reason, of),
                    open_text(from, 5, row_seal::purpose::resource_id, of),
                    static_cast<std::uint32_t>(from.number(6))};
}

result<search_made> ledger_table::search_of(const statement& from, write_history& of) {
  return search_made{from_ns(from.number(0)), from.number(1) != 0, static_cast<std::uint32_t>(from.number(2)),
                     open_text(from, 3, row_seal::purpose::search, of)};
}

result<> ledger_table::complete(write_history& what) {
  statement& changes = use(ledger_statement::transitions).bind(1, what.row.operation);
  auto read =
      read_all(changes, what.transitions, [&](const statement& from) { return transition_of(from, what); });
  if (!read) return read;
  statement& searches = use(ledger_statement::searches).bind(1, what.row.operation);
  return read_all(searches, what.searches, [&](const statement& from) { return search_of(from, what); });
}

result<ledger_row> ledger_table::under_review(const resolution& decided) {
  if (decided.actor.empty()) return fail(errc::not_allowed, "a decision without an actor");
  auto row = find(decided.operation);
  if (!row) return row;
  if (row->state != write_state::needs_review) {
    return fail(errc::stale_state, "is " + std::string(name_of(row->state)) + ", not NEEDS_REVIEW");
  }
  if (decided.version != 0 && decided.version != row->version) {
    return fail(errc::stale_state, "has changed since it was looked at: version " +
                                       std::to_string(decided.version) + " was, it is " +
                                       std::to_string(row->version));
  }
  return row;
}

result<> ledger_table::resolve_written(const resolution& decided, const std::string& resource_id) {
  if (resource_id.empty()) return fail(errc::not_allowed, "a resource without an id");
  auto row = under_review(decided);
  if (!row) return fail(std::move(row.error()));
  const std::string reason = decided.note.empty() ? "found_by_review" : decided.note;
  const ledger::change change{
      decided.operation, write_state::needs_review, write_state::written, resource_id, reason, decided.at,
      decided.actor};
  return change_state(change);
}

result<> ledger_table::release_once(const resolution& decided) {
  auto row = under_review(decided);
  if (!row) return fail(std::move(row.error()));
  if (row->released) return fail(errc::not_allowed, "it was released once before");
  if (row->damaged) return fail(errc::not_allowed, "its content does not open: it could not be sent");
  const std::string reason = decided.note.empty() ? "released_by_review" : decided.note;
  const ledger::change change{
      decided.operation, write_state::needs_review, write_state::planned, {}, reason, decided.at,
      decided.actor};
  if (auto changed = change_state(change); !changed) return changed;
  return use(ledger_statement::release_row).bind(1, decided.operation).run().map([](int) {});
}

result<std::uint64_t> ledger_table::purge(wall_time before) {
  const std::int64_t limit = before.time_since_epoch().count();
  for (const auto which : {ledger_statement::purge_searches, ledger_statement::purge_transitions}) {
    if (auto gone = use(which).bind(1, limit).run(); !gone) return fail(std::move(gone.error()));
  }
  auto rows = use(ledger_statement::purge_rows).bind(1, limit).run();
  if (!rows) return fail(std::move(rows.error()));
  return static_cast<std::uint64_t>(*rows);
}

}  // namespace epicenter::store
