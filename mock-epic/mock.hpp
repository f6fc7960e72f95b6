// The mock Epic: token endpoint, FHIR R4 and admin API on one port, over any runtime.
#pragma once

#include <epicenter/http/server.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/runtime/runtime.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mock-epic/journal/journal.hpp"
#include "mock-epic/levers/lever.hpp"
#include "mock-epic/oauth/client_registration.hpp"

namespace epicenter::mock {

namespace data {
struct loaded;
}

inline constexpr std::string_view fhir_path = "/interconnect-fhir-oauth/api/FHIR/R4";
inline constexpr std::string_view epic_path = "/interconnect-fhir-oauth/";
inline constexpr std::string_view oauth_path = "/interconnect-fhir-oauth/oauth2";
inline constexpr std::string_view token_path = "/interconnect-fhir-oauth/oauth2/token";
inline constexpr std::string_view admin_path = "/__admin";

/// What the site can do. strict: Epic's public R4 API as it is (orders are refused). orders: what the runbook
/// assumes.
enum class profile { strict, orders };

using client_registration = oauth::client_registration;

struct options {
  mock::profile profile = profile::strict;
  std::uint32_t patients = 200;
  std::uint64_t seed = 1;
  duration token_lifetime = 1h;
  bool open = false;               ///< FHIR without a token
  std::optional<wall_time> day{};  ///< the hospital's; nothing: today
  /// Records in place of synthetic ones; null: patients are made from the seed.
  std::shared_ptr<const data::loaded> records{};
  std::size_t chart_bytes = std::size_t{256} << 20;  ///< texts of generated charts kept at hand
  std::size_t parsed_bytes = std::size_t{64} << 20;  ///< their trees
  std::vector<client_registration> clients;
  /// Trusted beside the system's authorities when JWKS URLs are fetched; the one given at construction holds.
  std::string key_authority_pem{};
};

/// What stays as it is whatever is reset: how the site is reached, and how much it remembers.
struct serving {
  http::tls_context_ptr tls;  ///< empty: plain text
  /// The bearer token that the admin API asks for; empty: it asks for none.
  std::string admin_token;
  journal_options journal{};
  std::string stubs_directory{};        ///< with mappings/ and __files/; empty: stubs live in memory
  std::set<std::string> proxy_hosts{};  ///< that stubs may proxy to, beside loopback and private ranges
  std::function<void()> on_shutdown{};  ///< POST /__admin/shutdown; empty: it ends nothing
};

/// Lives on one runtime, and may be served by further ones on threads of their own: its state is behind one
/// mutex, taken for the synchronous part of handling a request. All functions but `stop(runtime)` are for the
/// thread of its own runtime, and those that touch its state, where others serve, for the time when none
/// runs.
class mock_epic {
 public:
  mock_epic(runtime::runtime&, options, serving = {});
  ~mock_epic();
  mock_epic(const mock_epic&) = delete;
  mock_epic& operator=(const mock_epic&) = delete;

  /// May be called once, and not beside `serve`; the URLs follow from the endpoint it returns.
  result<runtime::endpoint> listen(runtime::endpoint);
  /// Serves what a listener of that runtime accepts. Called before the runtime runs, once a runtime; its time
  /// is that of the mock's own runtime (runtime_team), and it outlives the mock.
  void serve(runtime::runtime&, runtime::listener_ptr);
  /// Ends what this mock's own runtime serves, or another one. Run on that runtime.
  runtime::task<> stop();
  runtime::task<> stop(runtime::runtime&);

  /// Back to the state after construction, under new options: data from the seed, no tokens, levers or
  /// journal.
  void reset(options);
  void register_client(client_registration);

  /// Reads the stubs of the directory. The error names every file that is wrong, and why.
  result<> load_stubs();
  /// What clients changed, as text, and back: see fhir/state.hpp.
  std::string state() const;
  result<> restore(std::string_view state);

  const mock::journal& journal() const;
  lever_board& levers();
  /// How many resources of the type carry an identifier of that value: the truth of «filed once».
  std::size_t count_by_identifier(std::string_view resource_type, std::string_view value) const;
  /// Every patient's FHIR id with an open encounter's, in a stable order: what a load generator may ask for.
  struct patient_ref {
    std::string patient;
    std::string encounter;
  };
  std::vector<patient_ref> patients() const;
  std::size_t patient_count() const;
  /// What identifies the patients: FHIR ids, MRNs, "Given Family" names, birth dates, phone numbers. No log
  /// may hold any.
  std::vector<std::string> identifying_phrases() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace epicenter::mock
