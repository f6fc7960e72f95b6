// Appending: numbered, sealed, chained.
#include <epicenter/audit/log_table.hpp>
#include <epicenter/store/seal.hpp>

namespace epicenter::audit {
namespace {

constexpr std::string_view memory_path = ":memory:";

std::int64_t ns(wall_time at) {
  return at.time_since_epoch().count();
}

void clean_all(entry& what) {
  for (std::string* text :
       {&what.type, &what.subject, &what.user, &what.patient, &what.result, &what.details}) {
    *text = clean(*text);
  }
  if (!what.disclosed) return;
  disclosure& out = *what.disclosed;
  for (std::string* text : {&out.recipient, &out.address, &out.description, &out.purpose, &out.exception}) {
    *text = clean(*text);
  }
}

}  // namespace

bool log_table::in_memory() const {
  return path_ == memory_path;
}

result<log_table> log_table::open(const std::string& path, chained_log_options options) {
  if (path.empty()) return fail(store::errc::unavailable, "no file named");
  const bool in_memory = path == memory_path;
  std::optional<store::owner_lock> lock;
  if (!in_memory) {
    auto taken = store::owner_lock::take(path);
    if (!taken) return fail(std::move(taken.error()));
    lock.emplace(std::move(*taken));
    if (auto made = store::make_private(path); !made) return fail(std::move(made.error()));
  }
  auto db = store::database::open(path);
  if (!db) return fail(std::move(db.error()));
  if (auto ready = configure_log(*db, options, in_memory); !ready) return fail(std::move(ready.error()));
  auto id = id_of_log(*db);
  if (!id) return fail(std::move(id.error()));
  auto statements = prepare_log(*db);
  if (!statements) return fail(std::move(statements.error()));
  log_table made(path, std::move(options), std::move(lock), std::move(*db), std::move(*statements),
                 std::move(*id));
  if (auto read = made.read_tip(); !read) return fail(std::move(read.error()));
  return made;
}

result<> log_table::read_tip() {
  now_.hash = first_hash(id_);
  auto head = head_in(use(log_statement::last_head));
  if (!head) return fail(std::move(head.error()));
  if (*head) {
    now_.seq = now_.signed_seq = (*head)->seq;
    now_.hash = (*head)->hash;
    now_.signed_at = (*head)->at;
    to_export_.push_back(**head);  // the process may have ended before it was
  }
  auto last = db_.prepare("SELECT seq, at, hash FROM entries ORDER BY seq DESC LIMIT 1");
  if (!last) return fail(std::move(last.error()));
  auto there = last->step();
  if (!there) return fail(std::move(there.error()));
  if (!*there) return {};
  now_.seq = static_cast<std::uint64_t>(last->number(0));
  now_.at = wall_time(duration(last->number(1)));
  now_.hash = last->bytes(2);
  if (now_.signed_seq == 0) now_.signed_at = now_.at;
  return {};
}

result<> log_table::begin() {
  before_ = now_;
  return use(log_statement::begin).run().map([](int) {});
}

result<> log_table::commit() {
  const bool many = now_.seq - now_.signed_seq >= options_.entries_a_head;
  const bool late = now_.seq > now_.signed_seq && now_.at - now_.signed_at >= options_.time_a_head;
  if (options_.signer && (many || late)) {
    if (auto signed_now = sign(); !signed_now) return fail(std::move(signed_now.error()));
  }
  return use(log_statement::commit).run().map([](int) {});
}

void log_table::rollback() {
  now_ = before_;
  // Fails where SQLite has rolled back by itself (disk full); either way nothing of the transaction is left.
  (void)use(log_statement::rollback).run();
}

void log_table::committed() {
  if (now_.new_head) to_export_.push_back(std::move(*now_.new_head));
  now_.new_head.reset();
  std::size_t done = 0;
  while (options_.on_head && done < to_export_.size() && options_.on_head(to_export_[done])) ++done;
  if (!options_.on_head) done = to_export_.size();
  to_export_.erase(to_export_.begin(), to_export_.begin() + static_cast<std::ptrdiff_t>(done));
  if (now_.key_destroyed) {
    // The answer begins with 1 where a reader held the file up: the next commit tries again.
    const auto held_up = db_.query_text("PRAGMA wal_checkpoint(TRUNCATE)");
    now_.key_destroyed = !held_up || *held_up != "0";
  }
}

result<std::uint64_t> log_table::append(entry what) {
  clean_all(what);
  what.seq = now_.seq + 1;
  auto sealed = seal_phi(what);
  if (!sealed) return fail(std::move(sealed.error()));
  what.phi.clear();
  std::string hash = next_hash(now_.hash, canonical(what, *sealed));
  const disclosure out = what.disclosed.value_or(disclosure{});
  store::statement& insert = use(log_statement::insert_entry);
  insert.bind(1, static_cast<std::int64_t>(what.seq)).bind(2, ns(what.at));
  insert.bind(3, std::int64_t{what.stage == stage::intent ? 0 : 1}).bind(4, what.type).bind(5, what.subject);
  insert.bind(6, what.user).bind(7, what.patient).bind(8, what.result).bind(9, what.details);
  insert.bind(10, std::int64_t{what.disclosed ? 1 : 0}).bind(11, out.recipient).bind(12, out.address);
  insert.bind(13, out.description).bind(14, out.purpose).bind(15, out.exception);
  insert.bind_bytes(16, *sealed).bind_bytes(17, now_.hash).bind_bytes(18, hash);
  auto inserted = insert.run();
  if (!inserted) return fail(std::move(inserted.error()));
  if (now_.signed_seq == 0 && now_.seq == 0) now_.signed_at = what.at;
  now_.seq = what.seq;
  now_.at = what.at;
  now_.hash = std::move(hash);
  return what.seq;
}

result<std::vector<chained_entry>> log_table::entries_after(std::uint64_t seq, std::size_t limit) {
  store::statement& entries = use(log_statement::entries_after);
  entries.bind(1, static_cast<std::int64_t>(seq)).bind(2, static_cast<std::int64_t>(limit));
  std::vector<chained_entry> found;
  for (;;) {
    auto more = entries.step();
    if (!more) return fail(std::move(more.error()));
    if (!*more) return found;
    found.push_back(chained_entry_of(entries));
  }
}

result<std::uint64_t> log_table::count() {
  store::statement& query = use(log_statement::count);
  auto more = query.step();
  if (!more) return fail(std::move(more.error()));
  const auto number = static_cast<std::uint64_t>(query.number(0));
  query.reset();
  return number;
}

}  // namespace epicenter::audit
