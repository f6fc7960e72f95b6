// Which key signs: what a rotation must not forget over a restart.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/smart/key.hpp>
#include <memory>
#include <optional>

namespace epicenter::smart {

/// A key by name: never its numbers.
struct key_record {
  std::string kid;
  algorithm signing = algorithm::es384;
  std::string source;  ///< where the caller finds the private key again: a path, as a rule
  wall_time created;   ///< its age counts from here

  friend bool operator==(const key_record&, const key_record&) = default;
};

struct rotation_state {
  std::string configured_kid;  ///< what the configuration named when this was written
  key_record active;
  std::optional<key_record> previous;   ///< signs no longer, still published
  bool previous_is_good = true;         ///< previous: may be gone back to; it was not gone back from
  std::optional<key_record> candidate;  ///< published, on trial: it signs nothing else
  bool client_known = false;            ///< this client had a token: invalid_client is no propagation

  friend bool operator==(const rotation_state&, const rotation_state&) = default;
};

/// JSON of one object. Reading is strict: a state that is half understood could sign with a key that is no
/// longer published. errc::bad_state, naming the member.
std::string write_rotation_state(const rotation_state&);
result<rotation_state> read_rotation_state(std::string_view text);

/// Where the state is kept. Both calls are durable when they complete.
class rotation_store {
 public:
  virtual ~rotation_store() = default;
  /// Nothing where none was saved yet. errc::bad_state, errc::unreadable.
  virtual runtime::task<result<std::optional<rotation_state>>> load() = 0;
  virtual runtime::task<result<>> save(rotation_state) = 0;
};

/// A file of mode 0600, replaced in one step. It is small and written twice a rotation; a caller that has a
/// database may bring a store of its own. Has one writer.
std::unique_ptr<rotation_store> make_file_rotation_store(runtime::runtime&, std::string path);

}  // namespace epicenter::smart
