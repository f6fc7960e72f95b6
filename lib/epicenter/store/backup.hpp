// A consistent copy of a database that goes on being written.
#pragma once

#include <epicenter/store/error.hpp>
#include <string>

namespace epicenter::store {

/// Copies what is committed at this moment (SQLite's backup interface, a connection of its own: writers do
/// not wait) to "<to>.part", mode 0600, puts it on disk and names it `to`: `to` is the old copy or the new
/// one, never half of one. Blocks. To restore: stop the owner, put the copy in the place of the database,
/// remove the files "-wal" and "-shm" beside it, start. errc::unavailable.
result<> back_up_database(const std::string& from, const std::string& to);

}  // namespace epicenter::store
