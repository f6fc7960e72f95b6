// The key of a ledger's file, and a file that was made before there was one.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/store/sqlite.hpp>

namespace epicenter::store {

/// Sees to it that file and key belong together, and that nothing about patients lies in the file in clear
/// where there is a key: what an earlier version, or a ledger without a key, has left is sealed in one
/// transaction, and then written anew with its log emptied, so that no byte of it is left in either. A crash
/// on the way is made good by the next opening. `made_now`: the file has no rows yet. Blocks, for a large
/// file for long.
///
/// errc::wrong_key where the file was sealed under another key, or is sealed and no key is given;
/// errc::unavailable, also where there is no room for a second copy or another program reads the file.
result<> match_key(database&, const secret& key, bool made_now);

}  // namespace epicenter::store
