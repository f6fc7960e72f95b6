#include <epicenter/json/write.hpp>
#include <epicenter/smart/file.hpp>
#include <epicenter/smart/jwks.hpp>
#include <set>

namespace epicenter::smart {
namespace {

constexpr unsigned readable_by_all = 0644;

// Named one by one: a member that somebody adds to a JWK later is not published by that alone.
constexpr std::string_view published_members[] = {"kty", "n", "e", "crv", "x", "y", "use", "alg", "kid"};

json::value published(const json::value& jwk) {
  json::object made;
  for (const std::string_view name : published_members)
    if (const json::value* member = jwk.find(name)) made.set(std::string(name), *member);
  return made;
}

}  // namespace

result<std::string> jwks_document(std::span<const private_key> keys) {
  if (keys.empty()) return fail(errc::bad_key_set, "no key");
  std::set<std::string> seen;
  json::array list;
  for (const private_key& key : keys) {
    json::value jwk = published(key.public_jwk());
    if (!seen.insert(std::string(jwk.string_at("kty")) + ' ' + key.kid()).second)
      return fail(errc::bad_key_set, "two keys of the kid " + key.kid() + " and one type");
    list.push_back(std::move(jwk));
  }
  return json::write_pretty(json::object{{"keys", std::move(list)}});
}

result<> write_jwks_file(const std::string& path, std::span<const private_key> keys) {
  const auto document = jwks_document(keys);
  if (!document) return fail(document.error());
  return replace_file(path, *document, readable_by_all);
}

}  // namespace epicenter::smart
