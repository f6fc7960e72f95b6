// Who the client is and where Epic is: from the configuration, or from the environment.
#pragma once

#include <epicenter/base/environment.hpp>
#include <epicenter/base/time.hpp>
#include <epicenter/smart/key.hpp>
#include <epicenter/smart/trusted_url.hpp>
#include <optional>

namespace epicenter::smart {

/// As written in a configuration. What is empty is looked up in the environment.
struct given_settings {
  std::string client_id = {};         ///< EPIC_CLIENT_ID
  std::string private_key_path = {};  ///< EPIC_PRIVATE_KEY_PATH
  std::string token_url = {};         ///< EPIC_TOKEN_URL; may stay empty: discovery finds it
  std::string base_url = {};          ///< EPIC_BASE_URL
  std::string algorithm = {};  ///< EPIC_KEY_ALGORITHM: "ES384", …; may stay empty: after the kind of the key
  std::string kid = {};        ///< EPIC_KEY_ID; may stay empty: the key's thumbprint
  std::string jwks_url = {};   ///< EPIC_JWKS_URL: where the client's own key set is published; may stay empty
};

struct settings {
  std::string client_id;
  std::string private_key_path;
  std::optional<http::url> token_url;
  http::url base_url;  ///< of FHIR R4, no slash at the end
  std::optional<smart::algorithm> signing;
  std::string kid;
  std::optional<http::url> jwks_url;
};

/// errc::bad_setting: the detail has one sentence a problem, each with the setting, the cause and the cure,
/// all of them at once. No value is repeated.
result<settings> read_settings(const given_settings&, const environment&);

struct loaded_key {
  private_key key;
  std::vector<std::string> warnings;  ///< who else can read the file, for the log
  wall_time modified;                 ///< of the file: the key's age where nothing better is known
};

/// Reads a key file. Blocks. errc::no_file, errc::unreadable, errc::bad_key, errc::wrong_key_type: the detail
/// names the path, never the content.
result<loaded_key> load_key(const std::string& path, std::optional<algorithm>, std::string kid = {});

}  // namespace epicenter::smart
