// The mock's admin API: JSON over HTTP, for a harness in another process.
#pragma once

#include <epicenter/http/message.hpp>

#include "mock-epic/mock.hpp"

namespace epicenter::mock::server {

/// All paths lie below /__admin (mock::admin_path). Bodies and answers are JSON; times are nanoseconds on the
/// mock's clock, and every answer about time carries `now_ns` to compare with. Unknown members of a body are
/// refused.
///
///   GET    /health                       {status: "healthy", message, version, uptimeInSeconds, timestamp},
///   as
///                                        WireMock answers
///   *      /epic…                        the levers: see admin_levers.hpp
///   GET    /site                         {profile, patients, seed, token_lifetime_ms, open, now_ns}
///   POST   /site/reset                   {profile, patients, seed, token_lifetime_ms, open}, each optional
///                                        and by default as it is now; registered clients stay; 204
///   GET    /site/journal?after=SEQ&limit=N  {entries, commits, total, evicted, now_ns}: entries with seq >
///                                        after, at most limit (default 1000, at most 10000), and all commits
///                                        by the entries up to the last one given. Entries are not final
///                                        until they are responded: read the journal when the traffic has
///                                        ended.
///   GET    /site/state                   what clients changed, as JSON lines: see fhir/state.hpp
///   PUT    /site/state                   puts the hospital into such a state, all of it or nothing; 204
///   PUT    /site/clients/{id}            registers or replaces a client; 204: see admin_clients.hpp
///   GET    /site/patients                {patients: [{patient, encounter}]}
///   GET    /site/identifying-phrases     {phrases}: what identifies the patients, to search logs for
///   GET    /site/identifiers?type=T&value=V  {count}
///
/// Errors: 400, 404, 405, 409 with {error, message}; error is unknown_type, bad_parameter, not_found, exists,
/// too_many, bad_request, method or unknown_route.
class admin_api {
 public:
  /// `current` is read at each request, and must outlive the API like the mock.
  admin_api(mock_epic& mock, const options& current, const runtime::runtime& rt)
      : mock_(mock), current_(current), rt_(rt), began_(rt.now()) {}

  /// True for the routes above; what it does not own is WireMock's. `path` is below /__admin, without its
  /// slash.
  static bool owns(std::string_view path);
  http::response handle(const http::request&);

 private:
  http::response route(const http::request&, std::string_view path);
  http::response route_site(const http::request&, std::string_view path);
  http::response health() const;
  http::response state() const;
  http::response journal(const http::request&) const;
  http::response reset(const http::request&);
  http::response put_client(const http::request&, std::string_view id);
  http::response saved_state(const http::request&);
  http::response patients() const;
  http::response identifying_phrases() const;
  http::response identifiers(const http::request&) const;

  mock_epic& mock_;
  const options& current_;
  const runtime::runtime& rt_;
  instant began_;
};

}  // namespace epicenter::mock::server
