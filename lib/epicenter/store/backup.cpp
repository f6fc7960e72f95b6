#include <sqlite3.h>
#include <unistd.h>

#include <epicenter/store/backup.hpp>
#include <epicenter/store/private_file.hpp>
#include <epicenter/store/sqlite.hpp>

namespace epicenter::store {
namespace {

result<> copy_all(database& from, database& to) {
  sqlite3_backup* copying = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (copying == nullptr) return sqlite_failed(sqlite3_extended_errcode(to.handle()));
  const int stepped = sqlite3_backup_step(copying, -1);
  const int finished = sqlite3_backup_finish(copying);
  if (stepped != SQLITE_DONE) return sqlite_failed(stepped);
  if (finished != SQLITE_OK) return sqlite_failed(finished);
  return {};
}

result<> make_copy(const std::string& from, const std::string& part) {
  auto source = database::open_to_read(from);
  if (!source) return fail(std::move(source.error()));
  if (auto made = make_private(part); !made) return made;
  auto copy = database::open(part);
  if (!copy) return fail(std::move(copy.error()));
  if (auto copied = copy_all(*source, *copy); !copied) return copied;
  // One file is all there is to keep.
  return copy->execute("PRAGMA journal_mode = DELETE");
}

}  // namespace

result<> back_up_database(const std::string& from, const std::string& to) {
  const std::string part = to + ".part";
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((part + suffix).c_str());
  auto made = make_copy(from, part);
  if (made) made = replace_file(part, to);
  if (!made) ::unlink(part.c_str());
  return made;
}

}  // namespace epicenter::store
