#include <epicenter/epic/open.hpp>

namespace epicenter::epic {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<settings_errc>(value)) {
    case settings_errc::missing:
      return "a setting is missing";
    case settings_errc::bad:
      return "a setting cannot be used";
    case settings_errc::insecure:
      return "only this machine is spoken to without TLS";
    case settings_errc::no_store:
      return "a store cannot be opened";
  }
  return "unknown error of the settings";
}

const error_sentences category{"epic settings", sentence_of};

constexpr std::string_view proxy_variable = "EPICENTER_PROXY";
constexpr std::string_view exceptions_variable = "EPICENTER_NO_PROXY";
constexpr std::string_view whatever_the_environment_says = "environment";

tl::unexpected<error> bad(std::string_view variable, error why) {
  return fail(error(make_error_code(settings_errc::bad), std::string(variable)).caused_by(std::move(why)));
}

result<std::optional<http::egress_proxy>> proxy_from(const environment& from) {
  const auto text = from(std::string(proxy_variable));
  if (!text) return std::nullopt;
  result<std::optional<http::egress_proxy>> made;
  if (*text == whatever_the_environment_says)
    made = http::egress_proxy_from(from);
  else
    made = http::parse_egress_proxy(*text);
  if (!made) return bad(proxy_variable, std::move(made.error()));
  const auto exceptions = from(std::string(exceptions_variable));
  if (!made->has_value() || !exceptions) return made;
  auto direct = http::no_proxy::parse(*exceptions);
  if (!direct) return bad(exceptions_variable, std::move(direct.error()));
  (*made)->direct.add(*direct);
  return made;
}

}  // namespace

std::error_code make_error_code(settings_errc code) {
  return {static_cast<int>(code), category};
}

result<settings> settings_from(const environment& from) {
  settings made;
  std::string missing;
  const auto needed = [&](const char* name, std::string& to) {
    auto value = from(name);
    if (value)
      to = std::move(*value);
    else
      missing.append(missing.empty() ? "" : ", ").append(name);
  };
  const auto optional = [&](const char* name, std::string& to) {
    if (auto value = from(name)) to = std::move(*value);
  };
  const auto hidden = [&](const char* name, secret& to) {
    if (auto value = from(name)) to = secret(std::move(*value));
  };
  needed("EPIC_BASE_URL", made.fhir_base);
  needed("EPIC_TOKEN_URL", made.token_url);
  needed("EPIC_CLIENT_ID", made.client_id);
  needed("EPIC_PRIVATE_KEY_PATH", made.private_key);
  needed("EPICENTER_DATA", made.data);
  if (!missing.empty()) return fail(settings_errc::missing, std::move(missing));
  optional("EPIC_KEY_ALGORITHM", made.algorithm);
  optional("EPIC_KEY_ID", made.key_id);
  optional("EPICENTER_PROFILE", made.profile);
  optional("EPICENTER_KEYS", made.keys);
  optional("EPICENTER_AUDIT_HEADS", made.audit_heads);
  optional("EPICENTER_SITE", made.site);
  optional("EPICENTER_CA", made.tls.authorities);
  optional("EPICENTER_CLIENT_CERTIFICATE", made.tls.certificate);
  optional("EPICENTER_CLIENT_KEY", made.tls.private_key);
  hidden("EPICENTER_CLIENT_KEY_PASSPHRASE", made.tls.passphrase);
  hidden("EPICENTER_AUDIT_KEY", made.audit_key);
  auto proxy = proxy_from(from);
  if (!proxy) return fail(std::move(proxy.error()));
  made.proxy = std::move(*proxy);
  return made;
}

}  // namespace epicenter::epic
