// One stub: which requests it is for, and what it answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/stubs/request_pattern.hpp"
#include "mock-epic/stubs/response_definition.hpp"

namespace epicenter::mock::stubs {

struct stub_mapping {
  json::object stored;  ///< what clients are shown: as sent, with id, uuid and defaults
  std::string id;       ///< UUID, in lower case
  std::string name;
  std::int64_t priority = 5;  ///< lower wins
  bool persistent = false;
  std::string isolation;  ///< key of the test it belongs to; empty: all
  std::optional<std::string> scenario;
  std::optional<std::string> required_state;
  std::optional<std::string> new_state;
  double probability = 1;              ///< of answering where all else matches
  std::optional<std::uint64_t> times;  ///< answers left; none: no limit
  request_pattern request;
  response_definition response;
  std::vector<webhook_definition> webhooks;

  std::uint64_t added = 0;  ///< rises with each stub; the newest wins among equal priorities
  std::uint64_t hits = 0;   ///< since the journal was reset

  /// Reads a stub. The id is empty where none is given. Beyond WireMock's members: isolation, probability
  /// (0 to 1), times (0, used up, to 10^9).
  static tl::expected<stub_mapping, stub_error> read(const json::value&);
  /// Sets id and uuid, in front of all.
  void set_id(std::string);
  /// As clients are shown it now, with what is left of `times`.
  json::value shown() const;
};

/// xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx, hexadecimal.
bool is_uuid(std::string_view);

}  // namespace epicenter::mock::stubs
