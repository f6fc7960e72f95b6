// Keeps one access token fresh for everybody who calls one Epic server as one client.
#pragma once

#include <epicenter/http/url.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/smart/assertion.hpp>
#include <epicenter/smart/retry_pace.hpp>
#include <epicenter/smart/server_clock.hpp>
#include <epicenter/smart/token_exchange.hpp>
#include <functional>

namespace epicenter::smart {

/// A token with its times. expires_at counts from when its request was sent, so that it errs on the early
/// side.
struct access_token {
  std::uint64_t id = 0;  ///< 1, 2, …: may be logged and recorded, says nothing of the token
  secret value;
  instant sent_at;
  instant refresh_at;  ///< from here on a new one is fetched in the background
  instant
      join_at;  ///< expires_at less a margin for skew and flight: from here on callers wait for the new one
  instant expires_at;
  std::vector<std::string> scopes;
};
using token_ptr = std::shared_ptr<const access_token>;

struct token_options {
  std::string name = "token";  ///< names the task and the random stream: one per manager of a run
  std::string client_id;
  std::string audience;           ///< the token endpoint's URL as the server knows it
  std::string target;             ///< its path on the wire: /interconnect-fhir-oauth/oauth2/token
  std::string jku = {};           ///< the registered URL of the client's key set; empty: not named
  std::string scope;              ///< empty: none is asked for
  duration flight_timeout = 10s;  ///< of one refresh, its retries included
  pace_options pace = {};         ///< after a failed refresh
};

enum class token_event_kind { refreshed, refresh_failed, invalidated };
/// "token.refreshed", …
std::string_view to_string(token_event_kind);

struct token_event {
  token_event_kind kind = token_event_kind::refreshed;
  std::uint64_t token_id =
      0;                ///< refreshed, invalidated: that token; refresh_failed: the one still held, or 0
  duration lifetime{};  ///< refreshed: expires_in
  duration retry_in{};  ///< refresh_failed: the endpoint is left alone for so long
  std::string reason;   ///< refresh_failed: the error's message
  oauth_error refusal = oauth_error::none;  ///< refresh_failed: the server's word
  token_state state = token_state::idle;    ///< after this event
  std::string kid = {};                     ///< refreshed, refresh_failed: of the key that signed
  duration clock_offset{};                  ///< server time less this host's
  bool clock_differs = false;  ///< by more than an assertion bears: somebody should set the clock
};

/// What an operator is shown.
struct token_status {
  token_state state = token_state::idle;
  std::uint64_t token_id = 0;  ///< of the token held, 0 for none; it may have expired
  instant refresh_at;          ///< of that token, as the next
  instant expires_at;
  instant retry_at;  ///< the endpoint is left alone until then, if that is to come
  int failures_in_a_row = 0;
  std::optional<error> last_failure;
  oauth_error last_refusal = oauth_error::none;
  std::string kid;
  duration clock_offset{};
  bool clock_differs = false;
  std::vector<std::string> scopes;  ///< of the token held, as the server spelled them
};

/// Makes one token request. To be called once a try: each has a new jti, and the token's life counts from the
/// last.
using token_request_source = std::function<result<http::request>()>;
/// Sends token requests: the owner puts retry and the token breaker around it. Gives whatever response came
/// last.
using token_post =
    std::function<runtime::task<result<http::response>>(token_request_source, instant deadline)>;
using token_observer = std::function<void(const token_event&)>;

/// Semantics: resilience, section 8. One flight at a time, whatever the reason; callers wait with their own
/// deadlines. Tokens that are refused as fast as they come are fetched at most once a second after the first
/// 20: some sites shut out a client above 200 a minute. Used on its runtime's thread only. stop() must have
/// ended before it is destroyed.
class token_manager {
 public:
  token_manager(runtime::runtime&, token_options, private_key, token_post, token_observer);
  token_manager(const token_manager&) = delete;
  token_manager& operator=(const token_manager&) = delete;

  /// A token that is valid now. errc::timed_out, errc::cancelled, errc::backing_off, errc::stopped, or why
  /// the refresh failed. Cancelling the caller does not cancel the flight.
  runtime::task<result<token_ptr>> get(instant deadline);
  /// What get() gives at once at this time: a token that is not due for renewal. Null: get() has more to do.
  token_ptr at_hand(instant now) const;

  /// The server answered 401 to a request with this token: forgets it, if it is still the one held. False:
  /// another caller was first, and get() has the newer one already or waits for it.
  bool invalidate(std::uint64_t token_id);

  /// One token request signed with another key, beside the flights: neither the token held nor the pace is
  /// touched, and nobody else gets this token. Errors as of a refresh; errc::stopped.
  runtime::task<result<token_ptr>> try_key(private_key candidate, instant deadline);
  /// Signs with this key from the next request on, and asks again at once where the old key had failed. A
  /// token that proved the key is taken where none newer is held. Tokens held by callers stay good.
  void use_key(private_key, token_ptr proved = {});
  const private_key& key() const { return key_; }
  /// Where the next request goes: for a site whose discovery is to say so. token_options::audience, ::target.
  void use_endpoint(const http::url&);
  /// Somebody mended something: the endpoint may be asked at once.
  void retry_now();
  /// See pace_options::known_client.
  void known_client() { pace_.known_client(); }

  /// Learns the server's clock from an answer's Date header. Token responses are looked at without being
  /// asked. An answer with an Age came from a cache and says nothing.
  void observe_date(const http::response&, instant sent_at);
  /// Server time less this side's wall(), as last learned.
  duration clock_offset() const { return clock_.offset(runtime_.now(), runtime_.wall()); }

  token_status status() const;

  /// Ends the flight, wakes its waiters with errc::stopped, refuses further callers.
  runtime::task<> stop();

 private:
  struct attempt;
  struct flight;
  class presence;
  using attempt_ptr = std::shared_ptr<attempt>;
  using flight_ptr = std::shared_ptr<flight>;

  bool usable(instant until) const;
  flight_ptr join_or_start();
  runtime::task<> fly(flight_ptr);
  runtime::task<result<token_ptr>> fetch(attempt_ptr, instant deadline);
  runtime::task<result<token_ptr>> wait_for(flight_ptr, instant deadline);
  result<http::request> make_request(attempt&);
  token_ptr accept(token_grant, instant sent_at);
  void land(flight&, result<token_ptr>);
  void take(token_ptr);
  void hold_back(const error&, oauth_error);
  void tell(token_event);
  tl::unexpected<error> backing_off() const;

  runtime::runtime& runtime_;
  token_options options_;
  private_key key_;
  token_post post_;
  token_observer observer_;
  runtime::random_stream random_;
  runtime::task_group tasks_;
  runtime::event left_;
  std::size_t callers_ = 0;
  token_ptr current_;
  flight_ptr flight_;
  server_clock clock_;
  retry_pace pace_;
  instant not_before_{};
  instant paid_until_{};  ///< invalidations are paid with a second each, 20 of them in advance
  std::optional<error> last_failure_;
  oauth_error last_refusal_ = oauth_error::none;
  std::uint64_t last_id_ = 0;
  bool stopped_ = false;
};

}  // namespace epicenter::smart
