// What lets a client in at a site: its signing key and how that is replaced, and how things stand.
#pragma once

#include <epicenter/smart/diagnosis.hpp>
#include <epicenter/smart/rotation.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace epicenter::epic {

/// What the adapter needs to replace its signing key while it runs; see smart::rotation. It brings fetch and
/// verify_read itself where `parts` has none.
struct key_keeping {
  /// Remembers over a restart which key signs. Must be given; called once, by start().
  std::function<std::unique_ptr<smart::rotation_store>(runtime::runtime&)> open_store;
  /// `publish` and `load_key` must be given.
  smart::rotation_parts parts;
  smart::rotation_options timing = {};
  std::string source = {};  ///< where adapter_options::key was read from, for load_key
  wall_time created{};      ///< of that key: its age counts from here; zero: from the first start()
  /// FHIR id of a patient made for tests, whom a new key must be able to read. Empty: a search that finds
  /// nobody shows that Epic takes the token.
  std::string test_patient = {};
};

struct access_status {
  std::optional<http::url> token_url;  ///< in use; nothing: not yet discovered
  smart::token_status token;
  std::optional<smart::rotation_status> key;  ///< nothing without key_keeping, or before start()
  /// What the adapter's operations need and the last token does not allow, a sentence each; empty where the
  /// site does not say what it granted.
  std::vector<std::string> not_granted;
  smart::diagnosis refusal;  ///< of the last refusal; cause `none` once there is a token
};

}  // namespace epicenter::epic
