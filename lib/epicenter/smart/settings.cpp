#include <algorithm>
#include <epicenter/smart/file.hpp>
#include <epicenter/smart/settings.hpp>

namespace epicenter::smart {
namespace {

constexpr std::size_t max_key_file = 64 * 1024;
constexpr unsigned group_or_world = 077;

class reader {
 public:
  explicit reader(const environment& variables) : variables_(variables) {}

  std::string text(const std::string& given, const char* variable, std::string_view meaning, bool needed) {
    if (!given.empty()) return given;
    if (auto found = variables_(variable)) return std::move(*found);
    if (needed)
      complain(variable, "is not set, and the configuration has no such setting",
               "set it to " + std::string(meaning));
    return {};
  }

  std::optional<http::url> url(const std::string& text, const char* name) {
    if (text.empty()) return std::nullopt;
    auto read = parse_trusted_url(text);
    if (read) return std::move(*read);
    complain(name, "is not usable (" + read.error().detail() + ")",
             "give an absolute https URL, or http to a loopback address");
    return std::nullopt;
  }

  void complain(std::string_view name, const std::string& cause, const std::string& cure) {
    if (!problems_.empty()) problems_ += "; ";
    problems_.append(name).append(" ").append(cause).append(": ").append(cure);
  }
  const std::string& problems() const { return problems_; }

 private:
  const environment& variables_;
  std::string problems_;
};

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

void read_client_id(reader& from, const given_settings& given, settings& into) {
  into.client_id = from.text(given.client_id, "EPIC_CLIENT_ID",
                             "the client id of this environment, as the app's registration shows it", true);
  if (into.client_id.size() > 256 || !is_visible(into.client_id))
    from.complain("EPIC_CLIENT_ID", "has a blank, a control character, or more than 256 characters",
                  "copy it from the app's registration, without quotes or line ends");
}

void read_urls(reader& from, const given_settings& given, settings& into) {
  const auto base = from.text(given.base_url, "EPIC_BASE_URL",
                              "the FHIR R4 base, as https://host/interconnect/api/FHIR/R4", true);
  if (auto url = from.url(base, "EPIC_BASE_URL")) {
    while (url->target.size() > 1 && url->target.back() == '/') url->target.pop_back();
    if (url->target.find('?') != std::string::npos)
      from.complain("EPIC_BASE_URL", "has a query", "give the base alone");
    into.base_url = std::move(*url);
  }
  const auto token = from.text(given.token_url, "EPIC_TOKEN_URL", {}, false);
  into.token_url = from.url(token, "EPIC_TOKEN_URL");
  // Epic answers invalid_request to a token URL with a question mark, and never says why.
  if (token.find('?') != std::string::npos)
    from.complain("EPIC_TOKEN_URL", "has a query", "give it without the question mark");
  const auto own_keys = from.text(given.jwks_url, "EPIC_JWKS_URL", {}, false);
  into.jwks_url = from.url(own_keys, "EPIC_JWKS_URL");
}

void read_key_settings(reader& from, const given_settings& given, settings& into) {
  into.private_key_path = from.text(given.private_key_path, "EPIC_PRIVATE_KEY_PATH",
                                    "the path of the client's PEM private key", true);
  const auto signing = from.text(given.algorithm, "EPIC_KEY_ALGORITHM", {}, false);
  if (!signing.empty()) {
    const auto named = parse_algorithm(signing);
    if (named) into.signing = *named;
    if (!named)
      from.complain("EPIC_KEY_ALGORITHM", "is not one that Epic takes",
                    "choose RS256, RS384, RS512, ES256 or ES384, or leave it out");
  }
  into.kid = from.text(given.kid, "EPIC_KEY_ID", {}, false);
  if (into.kid.size() > 256 || !is_visible(into.kid))
    from.complain("EPIC_KEY_ID", "has a blank, a control character, or more than 256 characters",
                  "give the kid under which the key is published, or leave it out");
}

std::string octal(unsigned mode) {
  std::string text;
  for (int shift = 9; shift >= 0; shift -= 3) text += static_cast<char>('0' + (mode >> shift & 7U));
  return text;
}

std::vector<std::string> warnings_of(const std::string& path, const small_file& file) {
  std::vector<std::string> found;
  if ((file.mode & group_or_world) != 0)
    found.push_back("others than its owner may use the private key " + path + " (mode " + octal(file.mode) +
                    "): chmod 0400, and consider the key known to them");
  if (!file.owned_here)
    found.push_back("the private key " + path + " belongs to another user, who can change it: chown it");
  return found;
}

}  // namespace

result<settings> read_settings(const given_settings& given, const environment& variables) {
  reader from(variables);
  settings made;
  read_client_id(from, given, made);
  read_key_settings(from, given, made);
  read_urls(from, given, made);
  if (!from.problems().empty()) return fail(errc::bad_setting, from.problems());
  return made;
}

result<loaded_key> load_key(const std::string& path, std::optional<algorithm> signing, std::string kid) {
  auto file = read_small_file(path, max_key_file);
  if (!file) return fail(std::move(file.error()));
  auto key = signing ? private_key::from_pem(file->bytes, *signing, std::move(kid))
                     : private_key::from_pem(file->bytes, std::move(kid));
  if (!key) return fail(error(key.error().code(), path + ": " + key.error().detail()));
  return loaded_key{std::move(*key), warnings_of(path, *file), file->modified};
}

}  // namespace epicenter::smart
