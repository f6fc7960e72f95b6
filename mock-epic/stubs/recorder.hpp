// Makes stubs of what was proxied.
#pragma once

#include <deque>
#include <epicenter/http/message.hpp>
#include <set>
#include <string>
#include <vector>

#include "mock-epic/stubs/request_pattern.hpp"
#include "mock-epic/stubs/stub_mapping.hpp"

namespace epicenter::mock::stubs {

/// One exchange with an upstream, whole.
struct proxied_exchange {
  http::request request;
  http::response response;
  request_origin origin;
};

/// How stubs are made of exchanges: the body of /recordings/start and /recordings/snapshot.
struct record_spec {
  std::string target;  ///< targetBaseUrl; of start only
  std::optional<request_pattern> filter;
  std::set<std::string> ids;                                   ///< filters.ids: of serve events; empty: all
  std::vector<std::pair<std::string, bool>> captured_headers;  ///< name, caseInsensitive
  json::object body_pattern;  ///< {matcher, ignoreArrayOrder, …}; empty: by media type
  bool persist = true;
  bool repeats_as_scenarios = true;
  bool ids_only = false;  ///< outputFormat IDS

  static tl::expected<record_spec, stub_error> read(const json::value&);
};

/// Keeps the last exchanges (at most 1,000, and 32 MiB) and the state of recording.
class recorder {
 public:
  enum class status { never_started, recording, stopped };
  static std::string_view name_of(status);

  status state() const { return state_; }
  /// Where requests that no stub matches go while recording.
  const std::string& target() const { return spec_.target; }
  void start(record_spec);
  /// The stubs of what was proxied since the start, oldest first, without ids.
  std::vector<json::value> stop();
  std::vector<json::value> snapshot(const record_spec&) const;
  bool persists() const { return spec_.persist; }
  void add(proxied_exchange);

 private:
  std::vector<json::value> stubs_of(const record_spec&, std::uint64_t after) const;

  status state_ = status::never_started;
  record_spec spec_;
  std::deque<proxied_exchange> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t added_ = 0;
  std::uint64_t started_at_ = 0;
};

}  // namespace epicenter::mock::stubs
