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

const std::string& key_of(const ledger_row& row) {
  return row.order_key.empty() ? row.operation : row.order_key;
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
  const std::string sealed = options_.key.empty() || row.payload.empty()
                                 ? std::string()
                                 : seal(options_.key, row.operation, row.payload);
  statement& insert = use(ledger_statement::insert_row);
  insert.bind(1, row.operation).bind(2, row.kind).bind(3, row.resource_type).bind(4, row.patient);
  insert.bind(5, row.payload_sha256).bind(6, row.resource_id).bind(7, row.reason).bind(8, ns(row.planned_at));
  insert.bind(9, row.tenant).bind(10, key_of(row)).bind(11, row.encounter).bind(12, row.user);
  insert.bind(13, row.code).bind_bytes(14, sealed).bind(15, std::int64_t{row.queued ? 1 : 0});
  insert.bind(16, ns(row.send_by));
  auto inserted = insert.step();
  if (!inserted) return fail(std::move(inserted.error()));
  if (!*inserted) return refuse_known(row);
  const std::int64_t seq = insert.number(0);
  insert.reset();
  const ledger::change first{row.operation,   write_state::planned, write_state::planned,
                             row.resource_id, row.reason,           row.planned_at,
                             row.user};
  return note_transition(seq, 1, first);
}

// Without room a new row is refused, one that is known gets the usual answer.
result<> ledger_table::refuse_known(const ledger_row& row) {
  auto there = find(row.operation);
  if (!there && there.error() == make_error_code(errc::not_found)) {
    there = find_order(row.tenant, row.resource_type, key_of(row));
  }
  if (!there && there.error() == make_error_code(errc::not_found)) {
    return fail(errc::no_room, "what is left is kept for the writes that are open");
  }
  if (!there) return fail(std::move(there.error()));
  const bool same = there->kind == row.kind && there->resource_type == row.resource_type &&
                    there->patient == row.patient && there->payload_sha256 == row.payload_sha256;
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
  statement& update = use(ledger_statement::change_row);
  update.bind(1, change.operation).bind(2, name_of(change.from)).bind(3, name_of(change.to));
  update.bind(4, change.reason).bind(5, ns(change.at));
  update.bind(6, std::int64_t{change.to == write_state::sending ? 1 : 0}).bind(7, change.resource_id);
  auto changed = update.step();
  if (!changed) return fail(std::move(changed.error()));
  if (*changed) {
    const std::int64_t seq = update.number(0);
    const std::int64_t version = update.number(1);
    update.reset();
    return note_transition(seq, version, change);
  }
  auto there = find(change.operation);
  if (!there) return fail(std::move(there.error()));
  return fail(errc::stale_state,
              "is " + std::string(name_of(there->state)) + ", not " + std::string(name_of(change.from)));
}

result<> ledger_table::note_transition(std::int64_t row, std::int64_t version, const ledger::change& change) {
  statement& insert = use(ledger_statement::insert_transition);
  const std::string_view by = change.by.empty() ? std::string_view("adapter") : change.by;
  insert.bind(1, row).bind(2, version).bind(3, name_of(change.from)).bind(4, name_of(change.to));
  insert.bind(5, ns(change.at)).bind(6, by).bind(7, change.reason).bind(8, change.resource_id);
  return insert.run().map([](int) {});
}

result<ledger_row> ledger_table::find(const std::string& operation) {
  return one_row(use(ledger_statement::find_row).bind(1, operation));
}

result<ledger_row> ledger_table::find_order(const std::string& tenant, const std::string& type,
                                            const std::string& key) {
  return one_row(use(ledger_statement::find_order).bind(1, tenant).bind(2, type).bind(3, key));
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

result<ledger_row> ledger_table::row_of(const statement& from) const {
  auto state = parse_write_state(from.text(5));
  if (!state) return fail(std::move(state.error()));
  ledger_row row;
  row.operation = from.text(0);
  row.kind = from.text(1);
  row.resource_type = from.text(2);
  row.patient = from.text(3);
  row.payload_sha256 = from.text(4);
  row.state = *state;
  row.attempts = static_cast<std::uint32_t>(from.number(6));
  row.resource_id = from.text(7);
  row.reason = from.text(8);
  row.planned_at = from_ns(from.number(9));
  row.updated_at = from_ns(from.number(10));
  row.tenant = from.text(11);
  row.order_key = from.text(12);
  row.encounter = from.text(13);
  row.user = from.text(14);
  row.code = from.text(15);
  row.queued = from.number(17) != 0;
  row.send_by = from_ns(from.number(18));
  row.version = static_cast<std::uint32_t>(from.number(19));
  row.released = from.number(20) != 0;
  const std::string sealed = from.bytes(16);
  if (!sealed.empty() && !options_.key.empty()) {
    auto opened = unseal(options_.key, row.operation, sealed);
    row.damaged = !opened;
    if (opened) row.payload = opened->reveal();
  }
  return row;
}

}  // namespace epicenter::store
