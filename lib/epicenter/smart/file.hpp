// The small files of this module: keys, the published key set, the state of a rotation. These calls block.
#pragma once

#include <epicenter/base/secret.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/smart/error.hpp>

namespace epicenter::smart {

struct small_file {
  secret bytes;
  unsigned mode = 0;       ///< permission bits
  bool owned_here = true;  ///< by this process's user or root
  wall_time modified;
};

/// The whole of a regular file of 1 to max_bytes bytes; links are followed, as secret mounts need.
/// errc::no_file where there is none, errc::unreadable. Errors name the path, never the content.
result<small_file> read_small_file(const std::string& path, std::size_t max_bytes);

/// Puts a file with these permission bits in the place of the old one: a reader sees the one or the other,
/// never a part, also after a crash. errc::unwritable.
result<> replace_file(const std::string& path, std::string_view bytes, unsigned mode);

}  // namespace epicenter::smart
