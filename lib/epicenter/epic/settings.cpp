#include <epicenter/epic/open.hpp>

namespace epicenter::epic {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<settings_errc>(value)) {
    case settings_errc::bad:
      return "a setting cannot be used";
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

result<duration> reread_site_from(const environment& from) {
  constexpr const char* variable = "EPICENTER_READ_SITE";
  const auto text = from(variable);
  if (!text || *text == "daily") return duration{24h};
  if (*text == "never") return duration{};
  return fail(settings_errc::bad, std::string(variable) + " is neither daily nor never");
}

}  // namespace

std::error_code make_error_code(settings_errc code) {
  return {static_cast<int>(code), category};
}

result<settings> settings_from(const environment& from) {
  settings made;
  const auto optional = [&](const char* name, std::string& to) {
    if (auto value = from(name)) to = std::move(*value);
  };
  const auto hidden = [&](const char* name, secret& to) {
    if (auto value = from(name)) to = secret(std::move(*value));
  };
  std::string problems;
  auto client = smart::read_settings({}, from);
  if (client) made.client = std::move(*client);
  if (!client) problems = client.error().detail();
  optional("EPICENTER_DATA", made.data);
  if (made.data.empty()) {
    if (!problems.empty()) problems += "; ";
    problems += "EPICENTER_DATA is not set: set it to the folder of ledger and audit log";
  }
  if (!problems.empty()) return fail(settings_errc::bad, std::move(problems));
  optional("EPIC_JWKS_PATH", made.key_set);
  optional("EPIC_TEST_PATIENT", made.test_patient);
  optional("EPICENTER_PROFILE", made.profile);
  optional("EPICENTER_KEYS", made.keys);
  optional("EPICENTER_AUDIT_HEADS", made.audit_heads);
  optional("EPICENTER_SITE", made.site);
  optional("EPICENTER_CA", made.tls.authorities);
  optional("EPICENTER_CLIENT_CERTIFICATE", made.tls.certificate);
  optional("EPICENTER_CLIENT_KEY", made.tls.private_key);
  hidden("EPICENTER_CLIENT_KEY_PASSPHRASE", made.tls.passphrase);
  hidden("EPICENTER_AUDIT_KEY", made.audit_key);
  auto often = reread_site_from(from);
  if (!often) return fail(std::move(often.error()));
  made.reread_site = *often;
  auto proxy = proxy_from(from);
  if (!proxy) return fail(std::move(proxy.error()));
  made.proxy = std::move(*proxy);
  return made;
}

}  // namespace epicenter::epic
