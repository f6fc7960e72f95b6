#include <array>
#include <epicenter/epic/open.hpp>
#include <filesystem>

namespace epicenter::epic {
namespace {

tl::unexpected<error> bad(const char* variable, error why) {
  return fail(error(make_error_code(settings_errc::bad), variable).caused_by(std::move(why)));
}

result<http::url> server_of(const char* variable, const std::string& text) {
  auto parsed = http::parse_url(text);
  if (!parsed) return bad(variable, std::move(parsed.error()));
  if (!parsed->where.tls && !runtime::is_loopback(parsed->where.server))
    return fail(settings_errc::insecure, variable);
  return parsed;
}

// What Epic recommends for each kind of key; a key fits one of them, or none.
constexpr std::array usual{smart::algorithm::rs384, smart::algorithm::es384, smart::algorithm::es256};

result<smart::private_key> fitting(const secret& pem, const std::string& key_id) {
  result<smart::private_key> made = fail(smart::errc::bad_key);
  for (const auto algorithm : usual) {
    made = smart::private_key::from_pem(pem, algorithm, key_id);
    if (made || made.error() != make_error_code(smart::errc::wrong_key_type)) return made;
  }
  return made;
}

result<smart::private_key> key_of(const settings& from) {
  auto pem = http::read_pem_file(from.private_key);
  if (!pem) return bad("EPIC_PRIVATE_KEY_PATH", std::move(pem.error()));
  if (from.algorithm.empty()) {
    auto key = fitting(*pem, from.key_id);
    if (!key) return bad("EPIC_PRIVATE_KEY_PATH", std::move(key.error()));
    return key;
  }
  const auto algorithm = smart::parse_algorithm(from.algorithm);
  if (!algorithm) return bad("EPIC_KEY_ALGORITHM", algorithm.error());
  auto key = smart::private_key::from_pem(*pem, *algorithm, from.key_id);
  if (!key) return bad("EPIC_PRIVATE_KEY_PATH", std::move(key.error()));
  return key;
}

result<adapter_options> options_of(const settings& from) {
  adapter_options made;
  auto fhir = server_of("EPIC_BASE_URL", from.fhir_base);
  if (!fhir) return fail(std::move(fhir.error()));
  auto token = server_of("EPIC_TOKEN_URL", from.token_url);
  if (!token) return fail(std::move(token.error()));
  const auto profile = resilience::profile_named(from.profile);
  if (!profile) return fail(settings_errc::bad, "EPICENTER_PROFILE");
  auto key = key_of(from);
  if (!key) return fail(std::move(key.error()));
  auto tls = http::load_tls_client(from.tls);
  if (!tls) return bad("EPICENTER_CA, EPICENTER_CLIENT_CERTIFICATE", std::move(tls.error()));
  made.fhir_base = std::move(*fhir);
  made.token_url = std::move(*token);
  made.client_id = from.client_id;
  made.key = std::make_shared<const smart::private_key>(std::move(*key));
  made.profile = *profile;
  made.tls = std::move(*tls);
  made.proxy = from.proxy;
  made.audit_key = from.audit_key;
  return made;
}

result<> make_folder(const std::string& path) {
  namespace files = std::filesystem;
  std::error_code failed;
  if (files::is_directory(path, failed)) return {};
  if (!files::create_directory(path, failed))
    return fail(settings_errc::no_store, "EPICENTER_DATA: " + path + ": " + failed.message());
  files::permissions(path, files::perms::owner_all, failed);
  if (failed) return fail(settings_errc::no_store, "EPICENTER_DATA: " + path + ": " + failed.message());
  return {};
}

tl::unexpected<error> no_store(const std::string& path, error why) {
  return fail(error(make_error_code(settings_errc::no_store), path).caused_by(std::move(why)));
}

}  // namespace

result<opened_adapter> open_adapter(runtime::runtime& rt, const settings& from, event_observer observer) {
  auto options = options_of(from);
  if (!options) return fail(std::move(options.error()));
  if (auto there = make_folder(from.data); !there) return fail(std::move(there.error()));
  opened_adapter made;
  const std::string ledger_path = from.data + "/ledger.sqlite";
  auto ledger = store::open_ledger(rt, ledger_path);
  if (!ledger) return no_store(ledger_path, std::move(ledger.error()));
  made.ledger = std::move(*ledger);
  const std::string audit_path = from.data + "/audit.jsonl";
  auto audit = audit::open_file_log(audit_path);
  if (!audit) return no_store(audit_path, std::move(audit.error()));
  made.audit = std::move(*audit);
  made.epic = std::make_unique<adapter>(rt, std::move(*options), adapter_stores{*made.ledger, *made.audit},
                                        std::move(observer));
  return made;
}

result<opened_adapter> open_adapter(runtime::runtime& rt, const environment& from, event_observer observer) {
  const auto found = settings_from(from);
  if (!found) return fail(found.error());
  return open_adapter(rt, *found, std::move(observer));
}

}  // namespace epicenter::epic
