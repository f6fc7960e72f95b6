#include <epicenter/epic/key_files.hpp>
#include <epicenter/epic/open.hpp>
#include <epicenter/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace epicenter::epic {
namespace {

tl::unexpected<error> bad(const char* variable, error why) {
  return fail(error(make_error_code(settings_errc::bad), variable).caused_by(std::move(why)));
}

result<smart::loaded_key> key_of(const smart::settings& from) {
  auto key = smart::load_key(from.private_key_path, from.signing, from.kid);
  if (!key) return bad("EPIC_PRIVATE_KEY_PATH", std::move(key.error()));
  return key;
}

// Who publishes the key set has done so before the key is replaced.
runtime::task<result<>> published_by_others(std::string) {
  co_return result<>();
}

std::shared_ptr<const key_keeping> keeping_of(runtime::runtime& rt, const settings& from, wall_time created) {
  auto made = std::make_shared<key_keeping>();
  const std::string state = from.data + "/signing.json";
  made->open_store = [state](runtime::runtime& world) {
    return smart::make_file_rotation_store(world, state);
  };
  made->parts.publish = published_by_others;
  if (!from.key_set.empty()) made->parts.publish = smart::publisher_to_file(rt, from.key_set);
  made->parts.load_key = smart::key_loader_from_files(rt);
  made->timing.jwks_url = from.client.jwks_url;
  made->source = from.client.private_key_path;
  made->created = created;
  made->test_patient = from.test_patient;
  return made;
}

constexpr const char* site_variable = "EPICENTER_SITE";

result<> choose_site(const std::string& text, adapter_options& into) {
  if (text == "epic") return {};
  if (text == "orders") {
    into.site = site_profile::orders();
    return {};
  }
  std::ifstream file(text, std::ios::binary);
  if (!file) return bad(site_variable, error(make_error_code(settings_errc::bad), text + " cannot be read"));
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  auto overrides = json::parse(content);
  if (!overrides) return bad(site_variable, std::move(overrides.error()));
  auto site = override_profile(into.site, *overrides);
  if (!site) return bad(site_variable, std::move(site.error()));
  into.site = std::move(*site);
  into.site_overrides = std::move(*overrides);
  return {};
}

result<adapter_options> options_of(runtime::runtime& rt, const settings& from,
                                   std::vector<std::string>& warnings) {
  adapter_options made;
  const auto profile = resilience::profile_named(from.profile);
  if (!profile) return fail(settings_errc::bad, "EPICENTER_PROFILE");
  auto key = key_of(from.client);
  if (!key) return fail(std::move(key.error()));
  warnings = std::move(key->warnings);
  auto tls = http::load_tls_client(from.tls);
  if (!tls) return bad("EPICENTER_CA, EPICENTER_CLIENT_CERTIFICATE", std::move(tls.error()));
  made.fhir_base = from.client.base_url;
  made.token_url = from.client.token_url;
  made.client_id = from.client.client_id;
  made.key = std::make_shared<const smart::private_key>(std::move(key->key));
  made.keys = keeping_of(rt, from, key->modified);
  made.profile = *profile;
  made.tls = std::move(*tls);
  made.proxy = from.proxy;
  made.audit_key = from.audit_key;
  made.reread_site = from.reread_site;
  if (auto chosen = choose_site(from.site, made); !chosen) return fail(std::move(chosen.error()));
  return made;
}

result<> make_folder(const char* variable, const std::string& path) {
  namespace files = std::filesystem;
  std::error_code failed;
  if (files::is_directory(path, failed)) return {};
  if (!files::create_directory(path, failed))
    return fail(settings_errc::no_store, std::string(variable) + ": " + path + ": " + failed.message());
  files::permissions(path, files::perms::owner_all, failed);
  if (failed)
    return fail(settings_errc::no_store, std::string(variable) + ": " + path + ": " + failed.message());
  return {};
}

tl::unexpected<error> no_store(const std::string& path, error why) {
  return fail(error(make_error_code(settings_errc::no_store), path).caused_by(std::move(why)));
}

struct store_options {
  store::ledger_options ledger;
  audit::chained_log_options audit;
};

result<store_options> store_options_of(const settings& from) {
  store_options made;
  if (!from.audit_heads.empty()) made.audit.on_head = audit::export_to_file(from.audit_heads);
  if (from.keys.empty()) return made;
  if (auto there = make_folder("EPICENTER_KEYS", from.keys); !there) return fail(std::move(there.error()));
  auto ledger = key_in_file(from.keys + "/ledger.key");
  if (!ledger) return no_store("EPICENTER_KEYS", std::move(ledger.error()));
  auto patients = key_in_file(from.keys + "/audit.key");
  if (!patients) return no_store("EPICENTER_KEYS", std::move(patients.error()));
  auto heads = key_in_file(from.keys + "/heads.key");
  if (!heads) return no_store("EPICENTER_KEYS", std::move(heads.error()));
  auto signer = audit::head_key::from_seed(*heads);
  if (!signer) return no_store("EPICENTER_KEYS", std::move(signer.error()));
  made.ledger.key = std::move(*ledger);
  made.audit.key_of_keys = std::move(*patients);
  made.audit.signer = std::move(*signer);
  return made;
}

}  // namespace

result<opened_stores> open_stores(runtime::runtime& rt, const settings& from) {
  if (auto there = make_folder("EPICENTER_DATA", from.data); !there) return fail(std::move(there.error()));
  auto kept = store_options_of(from);
  if (!kept) return fail(std::move(kept.error()));
  opened_stores made;
  const std::string ledger_path = from.data + "/ledger.sqlite";
  auto ledger = store::open_ledger(rt, ledger_path, std::move(kept->ledger));
  if (!ledger) return no_store(ledger_path, std::move(ledger.error()));
  made.ledger = std::move(*ledger);
  const std::string audit_path = from.data + "/audit.sqlite";
  auto audit = audit::open_chained_log(rt, audit_path, std::move(kept->audit));
  if (!audit) return no_store(audit_path, std::move(audit.error()));
  made.audit = std::move(*audit);
  return made;
}

result<opened_adapter> open_adapter(runtime::runtime& rt, const settings& from, opened_stores stores,
                                    event_observer observer, std::shared_ptr<const policy::service> flags) {
  opened_adapter made;
  auto options = options_of(rt, from, made.warnings);
  if (!options) return fail(std::move(options.error()));
  options->flags = std::move(flags);
  made.stores = std::move(stores);
  made.epic = std::make_unique<adapter>(
      rt, std::move(*options), adapter_stores{*made.stores.ledger, *made.stores.audit}, std::move(observer));
  return made;
}

result<opened_adapter> open_adapter(runtime::runtime& rt, const settings& from, event_observer observer) {
  auto stores = open_stores(rt, from);
  if (!stores) return fail(std::move(stores.error()));
  return open_adapter(rt, from, std::move(*stores), std::move(observer));
}

result<opened_adapter> open_adapter(runtime::runtime& rt, const environment& from, event_observer observer) {
  const auto found = settings_from(from);
  if (!found) return fail(found.error());
  return open_adapter(rt, *found, std::move(observer));
}

}  // namespace epicenter::epic
