// Everything between the adapter and a valid token: the token manager, the key that signs, where the token
// endpoint is, what the site granted, and why it refuses.
#pragma once

#include <epicenter/epic/access_types.hpp>
#include <epicenter/epic/lifecycle.hpp>
#include <epicenter/epic/pipeline.hpp>
#include <epicenter/epic/site_profile.hpp>
#include <epicenter/smart/discovery.hpp>
#include <epicenter/smart/scopes.hpp>

namespace epicenter::epic {

struct access_options {
  http::url fhir_base;
  std::optional<http::url> token_url;  ///< nothing: discovered when a token is first needed
  std::string client_id;
  smart::private_key key;
  std::shared_ptr<const key_keeping> keys;  ///< null: the key stays as it is
};

/// What it works with; all outlive it.
struct access_parts {
  pipeline& through;
  http::client& client;
  announcer& told;
  audit_trail& audit;
  lifecycle& life;
  const site_profile& site;
};

class client_access {
 public:
  client_access(runtime::runtime&, access_options, access_parts);
  client_access(const client_access&) = delete;
  client_access& operator=(const client_access&) = delete;

  smart::token_manager& tokens() { return tokens_; }

  /// Takes up the key that signed last. Errors as of smart::rotation::start.
  runtime::task<result<>> start();
  /// Asks the site where its token endpoint is. Another one than in use: smart::errc::endpoint_moved, and an
  /// access_warning; the one in use stays.
  runtime::task<result<>> compare_endpoint(instant deadline);
  /// See smart::rotation. errc::not_supported without key_keeping; errc::audit_unavailable.
  runtime::task<result<>> rotate(smart::signing_key next, std::string actor);
  result<> roll_back(std::string reason, const std::string& actor);
  /// To be called once an hour.
  void check_age();

  access_status status() const;
  runtime::task<> stop();

 private:
  runtime::task<result<http::response>> post(smart::token_request_source, instant deadline);
  runtime::task<result<>> find_endpoint(instant deadline);
  runtime::task<result<http::response>> fetch(http::url, http::request, instant deadline);
  runtime::task<result<>> verify_read(smart::token_ptr);
  runtime::task<> examine();
  std::unique_ptr<smart::rotation> make_rotation();
  void on_token(const smart::token_event&);
  void on_key(const smart::rotation_event&);
  void compare_scopes();
  void note_clock(const smart::token_event&);
  void warn(events::access_warning);

  runtime::runtime& runtime_;
  access_options options_;
  access_parts parts_;
  smart::token_manager tokens_;
  smart::token_endpoint_pin endpoint_;
  std::unique_ptr<smart::rotation> keys_;
  std::vector<smart::shortfall> not_granted_;
  smart::diagnosis refusal_;
  bool started_ = false;
  bool examining_ = false;
  bool clock_differs_ = false;
  instant next_examination_{};
};

}  // namespace epicenter::epic
