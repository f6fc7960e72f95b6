#include "lib/epicenter/store/tests/watched_vfs.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <new>

namespace epicenter::store::test {

struct watched_vfs::file {
  sqlite3_file base;
  watched_vfs* owner;
  std::string path;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

struct watched_vfs::methods {
  static file& of(sqlite3_file* f) { return *reinterpret_cast<file*>(f); }
  static sqlite3_file* real(sqlite3_file* f) { return of(f).real(); }
  static watched_vfs& of(sqlite3_vfs* v) { return *static_cast<watched_vfs*>(v->pAppData); }

  static int close(sqlite3_file* f) {
    file& mine = of(f);
    const int code = mine.real()->pMethods->xClose(mine.real());
    {
      const std::lock_guard held(mine.owner->mutex_);
      mine.owner->open_.erase(mine.path);
    }
    mine.~file();
    return code;
  }
  static int read(sqlite3_file* f, void* into, int size, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), into, size, at);
  }
  static int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
    if (of(f).owner->fails()) return at % 2 == 0 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    return real(f)->pMethods->xWrite(real(f), from, size, at);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    if (of(f).owner->fails()) return SQLITE_IOERR_TRUNCATE;
    return real(f)->pMethods->xTruncate(real(f), size);
  }
  static int sync(sqlite3_file* f, int) {
    if (of(f).owner->fails()) return SQLITE_IOERR_FSYNC;
    of(f).owner->note_sync(of(f));
    return SQLITE_OK;
  }
  static int size(sqlite3_file* f, sqlite3_int64* into) {
    return real(f)->pMethods->xFileSize(real(f), into);
  }
  static int lock(sqlite3_file* f, int how) { return real(f)->pMethods->xLock(real(f), how); }
  static int unlock(sqlite3_file* f, int how) { return real(f)->pMethods->xUnlock(real(f), how); }
  static int reserved(sqlite3_file* f, int* into) {
    return real(f)->pMethods->xCheckReservedLock(real(f), into);
  }
  static int control(sqlite3_file* f, int what, void* with) {
    return real(f)->pMethods->xFileControl(real(f), what, with);
  }
  static int sector(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
  static int traits(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
  static int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** into) {
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, into);
  }
  static int shm_lock(sqlite3_file* f, int at, int count, int flags) {
    return real(f)->pMethods->xShmLock(real(f), at, count, flags);
  }
  static void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
  static int shm_unmap(sqlite3_file* f, int erase) { return real(f)->pMethods->xShmUnmap(real(f), erase); }

  static constexpr sqlite3_io_methods table{
      2,       close,  read,   write,   truncate, sync,        size,      lock,    unlock, reserved,
      control, sector, traits, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

  static int open(sqlite3_vfs* v, const char* name, sqlite3_file* f, int flags, int* out) {
    watched_vfs& owner = of(v);
    file* made = ::new (static_cast<void*>(f)) file{{nullptr}, &owner, name == nullptr ? "" : name};
    const int code = owner.real_->xOpen(owner.real_, name, made->real(), flags, out);
    if (code != SQLITE_OK) {
      made->~file();
      f->pMethods = nullptr;
      return code;
    }
    made->base.pMethods = &table;
    const std::lock_guard held(owner.mutex_);
    owner.open_[made->path] = made;
    return code;
  }
  static int erase(sqlite3_vfs* v, const char* name, int sync_folder) {
    watched_vfs& owner = of(v);
    {
      const std::lock_guard held(owner.mutex_);
      if (!owner.dark_) owner.durable_.erase(name);
    }
    return owner.real_->xDelete(owner.real_, name, sync_folder);
  }
};

watched_vfs::watched_vfs(std::uint64_t seed) : real_(sqlite3_vfs_find(nullptr)), random_(seed) {
  vfs_ = *real_;
  vfs_.pNext = nullptr;
  vfs_.zName = "watched";
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(file)) + real_->szOsFile;
  vfs_.xOpen = methods::open;
  vfs_.xDelete = methods::erase;
  sqlite3_vfs_register(&vfs_, 1);
}

watched_vfs::~watched_vfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

bool watched_vfs::fails() {
  const std::lock_guard held(mutex_);
  if (fail_ppm_ == 0 || !random_.chance_ppm(fail_ppm_)) return false;
  ++failures_;
  return true;
}

void watched_vfs::note_sync(file& synced) {
  const std::lock_guard held(mutex_);
  ++syncs_;
  if (!remembers_ && !skips_) synced.real()->pMethods->xSync(synced.real(), SQLITE_SYNC_FULL);
  if (remembers_ && !dark_ && !lies_) durable_[synced.path] = content(synced);
}

std::string watched_vfs::content(file& of) const {
  sqlite3_int64 size = 0;
  if (of.real()->pMethods->xFileSize(of.real(), &size) != SQLITE_OK || size == 0) return {};
  std::string bytes(static_cast<std::size_t>(size), '\0');
  of.real()->pMethods->xRead(of.real(), bytes.data(), static_cast<int>(size), 0);
  return bytes;
}

void watched_vfs::lose_power() {
  const std::lock_guard held(mutex_);
  dark_ = true;
  at_the_end_.clear();
  for (const auto& [path, open] : open_) at_the_end_[path] = content(*open);
}

void watched_vfs::restore_power() {
  constexpr std::size_t sector = 512;
  for (const auto& [path, last] : at_the_end_) {
    if (path.empty()) continue;
    std::string bytes = durable_[path];
    const bool whole = random_.chance_ppm(300'000);
    for (std::size_t at = 0; at < last.size() && !whole; at += sector) {
      if (random_.chance_ppm(500'000)) continue;
      const std::size_t size = std::min(sector, last.size() - at);
      if (bytes.size() < at + size) bytes.resize(at + size);
      bytes.replace(at, size, last, at, size);
    }
    std::filesystem::remove(path + "-shm");
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  for (const auto& [path, last] : at_the_end_) {
    // The write-ahead log was not there any more, or not yet.
    if (!at_the_end_.contains(path + "-wal")) std::filesystem::remove(path + "-wal");
  }
  dark_ = false;
}

}  // namespace epicenter::store::test
