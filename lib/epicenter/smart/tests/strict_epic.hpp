// A token endpoint that judges assertions as Epic does, in Epic's order: form, algorithm, client, key,
// signature, audience, times, replay. It keeps key sets, and looks again once where an assertion does not
// verify.
#pragma once

#include <epicenter/http/message.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace epicenter::smart {

class strict_epic {
 public:
  explicit strict_epic(runtime::runtime& rt) : rt_(rt) {}

  std::string client_id = "client-1";
  std::string audience = "https://epic.example/oauth2/token";
  std::optional<std::string>
      served;                    ///< the document at the client's key set URL; nothing: it does not answer
  bool refetches = true;         ///< false: the catalogue's row 5
  std::set<std::string> unseen;  ///< kids that the copy in use does not have, whatever is served
  bool user_mapped = true;
  duration clock_skew{};  ///< of this server's clock, which its Date header shows too
  int lifetime = 3600;
  bool shows_date = true;

  http::response token(const http::request&);
  /// Whether a request with this token would be answered.
  bool takes(const std::string& token) const { return tokens_.contains(token) && !revoked_.contains(token); }
  void revoke_all() { revoked_.insert(tokens_.begin(), tokens_.end()); }

  std::vector<std::string> refused;  ///< the true reason of each refusal, as only Epic's support can see
  std::map<std::string, int> signed_with;  ///< accepted assertions by kid
  int fetches = 0;

 private:
  std::string judge(std::string_view assertion);
  std::string check_key(const json::value& header, std::string_view assertion);
  std::string check_times(const json::value& claims) const;
  const json::value* find_key(std::string_view kid, std::string_view kty) const;
  void fetch();

  runtime::runtime& rt_;
  std::optional<json::value> known_;
  std::set<std::string> jtis_;
  std::set<std::string> tokens_;
  std::set<std::string> revoked_;
};

/// IMF-fixdate, as a Date header has it.
std::string http_date(wall_time);

}  // namespace epicenter::smart
