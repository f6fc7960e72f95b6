// From the settings of a deployment to an adapter: keys, TLS, the proxy and the stores.
#pragma once

#include <epicenter/base/environment.hpp>
#include <epicenter/epic/adapter.hpp>
#include <epicenter/http/tls_files.hpp>

namespace epicenter::epic {

enum class settings_errc {
  missing = 1,  ///< a variable that has no default is not set
  bad,          ///< a variable's value, or the file that it names, cannot be used
  insecure,     ///< plain HTTP to another machine: tokens and patients would travel in clear
  no_store,     ///< the ledger or the audit log cannot be opened
};
std::error_code make_error_code(settings_errc);

/// What a deployment says, in the words of its environment. Files are read when the adapter is opened.
struct settings {
  std::string fhir_base;    ///< EPIC_BASE_URL: https://…/api/FHIR/R4
  std::string token_url;    ///< EPIC_TOKEN_URL: https://…/oauth2/token
  std::string client_id;    ///< EPIC_CLIENT_ID
  std::string private_key;  ///< EPIC_PRIVATE_KEY_PATH: PEM, unencrypted
  std::string
      algorithm;  ///< EPIC_KEY_ALGORITHM: RS384, ES256, …; empty: RS384, or what an EC key's curve asks for
  std::string key_id;                   ///< EPIC_KEY_ID; empty: the key's thumbprint (RFC 7638)
  std::string profile = "interactive";  ///< EPICENTER_PROFILE: interactive, bulk, runbook
  /// EPICENTER_DATA: the folder of ledger.sqlite and audit.sqlite, made with mode 0700 where it is missing.
  std::string data;
  /// EPICENTER_KEYS: the folder of this installation's keys (ledger.key seals what is to be sent, audit.key
  /// patient data in the log, heads.key signs the log), made where they are missing. It belongs on another
  /// disk than the data. Empty: what is to be sent is not kept over a restart, and heads are not signed.
  std::string keys = {};
  /// EPICENTER_AUDIT_HEADS: the file that signed heads of the audit log are copied to; without it nobody sees
  /// that the log's end was cut off.
  std::string audit_heads = {};
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

/// Names of the variables that are missing, all of them at once, or the one that cannot be read.
result<settings> settings_from(const environment&);

/// An adapter with what it needs to outlive it.
struct opened_adapter {
  std::unique_ptr<store::ledger> ledger;
  std::unique_ptr<audit::log> audit;
  std::unique_ptr<adapter> epic;  ///< start() and stop() are the caller's to call
};

/// Blocks while it reads files and opens stores: for the start of a program. Errors name the variable.
result<opened_adapter> open_adapter(runtime::runtime&, const settings&, event_observer = {});
/// The same with the settings of the environment.
result<opened_adapter> open_adapter(runtime::runtime&, const environment&, event_observer = {});

}  // namespace epicenter::epic

template <>
struct std::is_error_code_enum<epicenter::epic::settings_errc> : std::true_type {};
