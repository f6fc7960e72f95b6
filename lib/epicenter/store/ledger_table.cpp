// Rows: planned once, moved by compare-and-swap.
#include <sys/statvfs.h>

#include <epicenter/store/ledger_table.hpp>
#include <epicenter/store/seal.hpp>
#include <filesystem>
#include <limits>

namespace epicenter::store {
namespace {

constexpr std::string_view memory_path = ":memory:";

std::int64_t ns(wall_time at) {
  return at.time_since_epoch().count();
}
wall_time from_ns(std::int64_t value) {
  return wall_time(duration(value));
}

// What stands in clear beside `sealed`: everything in a ledger without a key, nothing in one with.
std::string_view unless(bool sealed, const std::string& text) {
  return sealed ? std::string_view() : std::string_view(text);
}

}  // namespace

bool ledger_table::in_memory() const {
  return path_ == memory_path;
}

result<ledger_table> ledger_table::open(const std::string& path, ledger_options options) {
  if (path.empty()) return fail(errc::unavailable, "no file named");
  const bool in_memory = path == memory_path;
  std::optional<owner_lock> lock;
  if (!in_memory) {
    auto taken = owner_lock::take(path);
    if (!taken) return fail(std::move(taken.error()));
    lock.emplace(std::move(*taken));
    if (auto made = make_private(path); !made) return fail(std::move(made.error()));
  }
  auto db = database::open(path);
  if (!db) return fail(std::move(db.error()));
  if (auto ready = configure_ledger(*db, options, in_memory); !ready) return fail(std::move(ready.error()));
  auto statements = prepare_ledger(*db);
  if (!statements) return fail(std::move(statements.error()));
  return ledger_table(path, std::move(options), std::move(lock), std::move(*db), std::move(*statements));
}

result<> ledger_table::begin() {
  room_.reset();
  return use(ledger_statement::begin).run().map([](int) {});
}
result<> ledger_table::commit() {
  return use(ledger_statement::commit).run().map([](int) {});
}
void ledger_table::rollback() {
  // Fails where SQLite has rolled back by itself (disk full); either way nothing of the transaction is left.
  (void)use(ledger_statement::rollback).run();
}

result<std::int64_t> ledger_table::number_of(ledger_statement which) {
  statement& query = use(which);
  auto more = query.step();
  if (!more) return fail(std::move(more.error()));
  const std::int64_t value = *more ? query.number(0) : 0;
  query.reset();
  return value;
}

// The smaller of what the bound on the file and what the disk leaves.
result<std::uint64_t> ledger_table::room_left() {
  if (room_) return *room_;
  std::uint64_t room = std::numeric_limits<std::uint64_t>::max();
  if (options_.max_bytes != 0) {
    auto pages = number_of(ledger_statement::pages);
    if (!pages) return fail(std::move(pages.error()));
    auto unused = number_of(ledger_statement::free_pages);
    if (!unused) return fail(std::move(unused.error()));
    constexpr std::uint64_t page_bytes = 4096;
    const auto used = static_cast<std::uint64_t>(*pages - *unused) * page_bytes;
    room = options_.max_bytes - std::min(used, options_.max_bytes);
  }
  struct statvfs disk {};
  const auto folder = std::filesystem::path(path_).parent_path();
  if (!in_memory() && ::statvfs(folder.empty() ? "." : folder.c_str(), &disk) == 0) {
    room = std::min<std::uint64_t>(room, std::uint64_t{disk.f_bavail} * disk.f_frsize);
  }
  room_ = room;
  return room;
}

result<> ledger_table::plan(const ledger_row& row) {
  if (row.operation.empty()) return fail(errc::not_allowed, "a write without an operation");
  auto room = room_left();
  if (!room) return fail(std::move(room.error()));
  const bool tight = *room < options_.reserve_bytes && (options_.max_bytes != 0 || !in_memory());
  if (tight) return refuse_known(row);
  const bool hidden = seal_.active();
  const std::string sealed = seal_.seal_row(row);
  const column order = seal_.order_column(row);
  const column id = seal_.seal_text(row_seal::purpose::resource_id, row.operation, row.resource_id);
  const column reason = seal_.seal_text(row_seal::purpose::reason, row.operation, row.reason);
  statement& insert = use(ledger_statement::insert_row);
  insert.bind(1, row.operation).bind(2, row.kind).bind(3, row.resource_type);
  insert.bind(4, unless(hidden, row.patient)).bind(5, unless(hidden, row.payload_sha256));
  bind(bind(insert, 6, id), 7, reason).bind(8, ns(row.planned_at)).bind(9, row.tenant);
  bind(insert, 10, order).bind(11, unless(hidden, row.encounter)).bind(12, row.user);
  insert.bind(13, unless(hidden, row.code)).bind_bytes(14, sealed);
  insert.bind(15, std::int64_t{row.queued ? 1 : 0}).bind(16, ns(row.send_by));
  auto inserted = insert.step();
  if (!inserted) return fail(std::move(inserted.error()));
  if (!*inserted) return refuse_known(row);
  const std::int64_t seq = insert.number(0);
  insert.reset();
  const change_made first{write_state::planned, write_state::planned, row.planned_at, row.user, reason, id};
  return note_transition(seq, 1, first);
}

// Without room a new row is refused, one that is known gets the usual answer.
result<> ledger_table::refuse_known(const ledger_row& row) {
  auto there = find(row.operation);
  if (!there && there.error() == make_error_code(errc::not_found)) {
    const column order = seal_.order_column(row);
    there = one_row(
        bind(use(ledger_statement::find_order).bind(1, row.tenant).bind(2, row.resource_type), 3, order));
  }
  if (!there && there.error() == make_error_code(errc::not_found)) {
    return fail(errc::no_room, "what is left is kept for the writes that are open");
  }
  if (!there) return fail(std::move(there.error()));
  const bool same = there->kind == row.kind && there->resource_type == row.resource_type &&
                    there->patient == row.patient && there->payload_sha256 == row.payload_sha256;
  if (there->damaged) return fail(errc::content_differs, "what is there does not open");
  if (!same) return fail(errc::content_differs);
  return fail(errc::exists, there->operation == row.operation ? std::string() : "as " + there->operation);
}

result<> ledger_table::advance(const ledger::change& change) {
  if (!may_advance(change.from, change.to)) {
    return fail(errc::not_allowed,
                std::string(name_of(change.from)) + " to " + std::string(name_of(change.to)));
  }
  return change_state(change);
}

result<> ledger_table::change_state(const ledger::change& change) {
  const bool by_a_person = !change.by.empty();
  const bool in_clear = !by_a_person && is_plain_word(change.reason);
  change_made made{change.from, change.to, change.at, "adapter", {change.reason, false}, {}};
  if (by_a_person) made.by = change.by;
  if (!in_clear) made.reason = seal_.seal_text(row_seal::purpose::reason, change.operation, change.reason);
  made.resource_id = seal_.seal_text(row_seal::purpose::resource_id, change.operation, change.resource_id);
  statement& update = use(ledger_statement::change_row);
  update.bind(1, change.operation).bind(2, name_of(change.from)).bind(3, name_of(change.to));
  bind(update, 4, made.reason).bind(5, ns(change.at));
  update.bind(6, std::int64_t{change.to == write_state::sending ? 1 : 0});
  auto changed = bind(update, 7, made.resource_id).step();
  if (!changed) return fail(std::move(changed.error()));
  if (*changed) {
    const std::int64_t seq = update.number(0);
    const std::int64_t version = update.number(1);
    update.reset();
    return note_transition(seq, version, made);
  }
  auto there = find(change.operation);
  if (!there) return fail(std::move(there.error()));
  return fail(errc::stale_state,
              "is " + std::string(name_of(there->state)) + ", not " + std::string(name_of(change.from)));
}

result<> ledger_table::note_transition(std::int64_t row, std::int64_t version, const change_made& change) {
  statement& insert = use(ledger_statement::insert_transition);
  insert.bind(1, row).bind(2, version).bind(3, name_of(change.from)).bind(4, name_of(change.to));
  insert.bind(5, ns(change.at)).bind(6, change.by);
  return bind(bind(insert, 7, change.reason), 8, change.resource_id).run().map([](int) {});
}

result<ledger_row> ledger_table::find(const std::string& operation) {
  return one_row(use(ledger_statement::find_row).bind(1, operation));
}

result<ledger_row> ledger_table::find_order(const std::string& tenant, const std::string& type,
                                            const std::string& key) {
  const column order = seal_.order_column(tenant, type, key);
  return one_row(bind(use(ledger_statement::find_order).bind(1, tenant).bind(2, type), 3, order));
}

result<std::vector<ledger_row>> ledger_table::list(write_state state, std::size_t limit) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  statement& query = use(ledger_statement::list_rows);
  return rows_of(query.bind(1, name_of(state)).bind(2, static_cast<std::int64_t>(std::min(limit, most))));
}

result<std::vector<ledger_row>> ledger_table::all() {
  return rows_of(use(ledger_statement::all_rows));
}

result<ledger_row> ledger_table::one_row(statement& query) {
  auto more = query.step();
  if (!more) return fail(std::move(more.error()));
  if (!*more) return fail(errc::not_found);
  auto row = row_of(query);
  query.reset();
  return row;
}

result<std::vector<ledger_row>> ledger_table::rows_of(statement& query) {
  std::vector<ledger_row> rows;
  for (;;) {
    auto more = query.step();
    if (!more) return fail(std::move(more.error()));
    if (!*more) return rows;
    auto row = row_of(query);
    if (!row) {
      query.reset();
      return fail(std::move(row.error()));
    }
    rows.push_back(std::move(*row));
  }
}

result<ledger_row> ledger_table::row_of(const statement& from) {
  auto state = parse_write_state(from.text(5));
  if (!state) return fail(std::move(state.error()));
  ledger_row row;
  row.operation = from.text(0);
  row.kind = from.text(1);
  row.resource_type = from.text(2);
  row.state = *state;
  row.attempts = static_cast<std::uint32_t>(from.number(6));
  row.planned_at = from_ns(from.number(9));
  row.updated_at = from_ns(from.number(10));
  row.tenant = from.text(11);
  row.user = from.text(14);
  row.queued = from.number(17) != 0;
  row.send_by = from_ns(from.number(18));
  row.version = static_cast<std::uint32_t>(from.number(19));
  row.released = from.number(20) != 0;
  const auto id = seal_.open_text(row_seal::purpose::resource_id, row.operation, column_at(from, 7));
  const auto reason = seal_.open_text(row_seal::purpose::reason, row.operation, column_at(from, 8));
  row.resource_id = id.value_or(std::string());
  row.reason = reason.value_or(std::string());
  row.damaged = !id || !reason;
  if (seal_.active()) {
    if (!seal_.open_row(from.bytes(16), row)) row.damaged = true;
    return row;
  }
  row.patient = from.text(3);
  row.payload_sha256 = from.text(4);
  row.order_key = from.text(12);
  row.encounter = from.text(13);
  row.code = from.text(15);
  return row;
}

}  // namespace epicenter::store
