// From the settings of a deployment to an adapter: keys, TLS, the proxy and the stores.
#pragma once

#include <epicenter/audit/chained_log.hpp>
#include <epicenter/base/environment.hpp>
#include <epicenter/epic/adapter.hpp>
#include <epicenter/http/tls_files.hpp>
#include <epicenter/smart/settings.hpp>

namespace epicenter::epic {

enum class settings_errc {
  bad = 1,   ///< a variable, or the file that it names, is missing or cannot be used
  no_store,  ///< the ledger or the audit log cannot be opened
};
std::error_code make_error_code(settings_errc);

/// What a deployment says, in the words of its environment. Files are read when the adapter is opened.
struct settings {
  smart::settings client;  ///< EPIC_*: who the client is, its key, and where Epic is; see smart/settings.hpp
  /// EPIC_JWKS_PATH: the file that a web server serves at EPIC_JWKS_URL; rewritten at the start and when the
  /// key is replaced, so of this process alone.
  /// Empty: who replaces the key publishes it too.
  std::string key_set = {};
  std::string test_patient = {};        ///< EPIC_TEST_PATIENT: see key_keeping
  std::string profile = "interactive";  ///< EPICENTER_PROFILE: interactive, bulk, runbook
  /// EPICENTER_DATA: the folder of ledger.sqlite, audit.sqlite and signing.json, made with mode 0700 where it
  /// is missing.
  std::string data;
  /// EPICENTER_KEYS: the folder of this installation's keys (ledger.key seals what is to be sent, audit.key
  /// patient data in the log, heads.key signs the log), made where they are missing. It belongs on another
  /// disk than the data. Empty: what is to be sent is not kept over a restart, and heads are not signed.
  std::string keys = {};
  /// EPICENTER_AUDIT_HEADS: the file that signed heads of the audit log are copied to; without it nobody sees
  /// that the log's end was cut off.
  std::string audit_heads = {};
  /// EPICENTER_READ_SITE: «daily», or «never» to keep to EPICENTER_SITE alone.
  duration reread_site = 24h;
  /// EPICENTER_SITE: «epic» (no orders), «orders», or a file of overrides (override_profile).
  std::string site = "epic";
  secret
      audit_key;  ///< EPICENTER_AUDIT_KEY: see adapter_options; empty: pseudonyms hold for one process only
  /// EPICENTER_CA, EPICENTER_CLIENT_CERTIFICATE, EPICENTER_CLIENT_KEY, EPICENTER_CLIENT_KEY_PASSPHRASE
  http::tls_client_files tls;
  /// EPICENTER_PROXY: a URL (http::parse_egress_proxy), or "environment" for what HTTPS_PROXY and NO_PROXY
  /// say, which are not looked at otherwise. EPICENTER_NO_PROXY adds exceptions.
  std::optional<http::egress_proxy> proxy = {};
};

/// settings_errc::bad: every variable that is missing or wrong, with cause and cure, as far as it shows
/// without opening a file.
result<settings> settings_from(const environment&);

struct opened_stores {
  std::unique_ptr<store::ledger> ledger;
  std::unique_ptr<audit::chained_log> audit;
};

/// Ledger and audit log of the deployment. Blocks. Errors name the variable or the file.
result<opened_stores> open_stores(runtime::runtime&, const settings&);

/// An adapter with what it needs to outlive it.
struct opened_adapter {
  opened_stores stores;
  std::unique_ptr<adapter> epic;           ///< start() and stop() are the caller's to call
  std::vector<std::string> warnings = {};  ///< of files that others can read or change, for the log
};

/// Blocks while it reads files: for the start of a program. Errors name the variable. `flags`: see
/// adapter_options.
result<opened_adapter> open_adapter(runtime::runtime&, const settings&, opened_stores, event_observer = {},
                                    std::shared_ptr<const policy::service> flags = {});
/// The same with the stores of the settings, and no flags.
result<opened_adapter> open_adapter(runtime::runtime&, const settings&, event_observer = {});
/// The same with the settings of the environment.
result<opened_adapter> open_adapter(runtime::runtime&, const environment&, event_observer = {});

}  // namespace epicenter::epic

template <>
struct std::is_error_code_enum<epicenter::epic::settings_errc> : std::true_type {};
