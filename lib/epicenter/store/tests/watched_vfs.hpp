// The file system as SQLite sees it, with what a real one does on a bad day.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <epicenter/runtime/random.hpp>
#include <map>
#include <mutex>
#include <string>

namespace epicenter::store::test {

/// While it lives every database of the process is opened through it. It counts what reaches the disk, makes
/// writes and syncs fail at random, and knows what a loss of power would leave: what was synced, and of the
/// rest any part.
class watched_vfs {
 public:
  explicit watched_vfs(std::uint64_t seed = 1);
  ~watched_vfs();
  watched_vfs(const watched_vfs&) = delete;
  watched_vfs& operator=(const watched_vfs&) = delete;

  std::uint64_t syncs() const { return syncs_; }
  std::uint64_t failures() const { return failures_; }
  /// In ppm of writes, syncs and truncations.
  void fail_at_random(std::int64_t ppm) { fail_ppm_ = ppm; }
  /// A disk whose syncs say that they have worked.
  void lie_about_syncs() { lies_ = true; }
  /// Syncs only look like it: for tests of something else, which need not wait for a disk.
  void skip_syncs() { skips_ = true; }
  /// Begins to remember what is synced: a copy of the file each time, and no real sync.
  void remember_syncs() { remembers_ = true; }

  /// From now on nothing reaches the disk, though it looks so: call before the database is closed.
  void lose_power();
  /// Then, with the database closed: the disk as the loss of power left it.
  void restore_power();

 private:
  struct file;
  struct methods;
  friend struct methods;
  bool fails();
  void note_sync(file&);
  std::string content(file&) const;

  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_;
  std::mutex mutex_;  // databases may be used on several threads
  runtime::random_stream random_;
  std::int64_t fail_ppm_ = 0;
  bool lies_ = false;
  bool skips_ = false;
  bool remembers_ = false;
  bool dark_ = false;
  std::uint64_t syncs_ = 0;
  std::uint64_t failures_ = 0;
  std::map<std::string, file*> open_;
  std::map<std::string, std::string> durable_;
  std::map<std::string, std::string> at_the_end_;
};

}  // namespace epicenter::store::test
