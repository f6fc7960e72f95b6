// The copies of a store in a folder: their names, and which of them go.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/operations/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::operations {

/// "ledger-20260105T020312Z.db": UTC, whole seconds.
std::string name_of_copy(std::string_view store, wall_time made);
/// When the copy of that name was made; nothing for any other file of the folder.
std::optional<wall_time> date_of_copy(std::string_view store, std::string_view name);

struct kept_copy {
  std::string name;
  wall_time made{};
};

/// The copies of one store in one folder, which is this process's own. All of it blocks.
/// errc::copies_unavailable.
class kept_copies {
 public:
  kept_copies(std::string folder, std::string store) : folder_(std::move(folder)), store_(std::move(store)) {}

  std::string path_of(const std::string& name) const { return folder_ + '/' + name; }
  const std::string& store() const { return store_; }

  /// By date, oldest first. Only regular files.
  result<std::vector<kept_copy>> list() const;
  /// Removes all but `keep` copies, at least 1, and returns how many there are then. `newest` stays: it is
  /// the one that was just made, whatever the dates of the others say. Those dated after it were made while
  /// the clock was wrong: they go first.
  result<std::size_t> remove_oldest(std::size_t keep, const std::string& newest) const;
  /// Removes what an interrupted back-up left behind. No back-up may be under way.
  result<> remove_unfinished() const;

 private:
  std::string folder_;
  std::string store_;
};

}  // namespace epicenter::operations
