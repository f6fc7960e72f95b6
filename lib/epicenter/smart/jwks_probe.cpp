#include <epicenter/json/parse.hpp>
#include <epicenter/smart/jwks_probe.hpp>

namespace epicenter::smart {
namespace {

constexpr json::parse_limits key_set_limits{1024 * 1024, 16};

// What makes a key: the members that a verifier uses.
bool same_numbers(const json::value& published, const json::value& ours) {
  for (const std::string_view member : {"n", "e", "crv", "x", "y"})
    if (published.string_at(member) != ours.string_at(member)) return false;
  return true;
}

jwks_finding find_key(const json::array& keys, const json::value& ours) {
  const json::value* found = nullptr;
  for (const json::value& one : keys) {
    if (one.string_at("kid") != ours.string_at("kid") || one.string_at("kty") != ours.string_at("kty"))
      continue;
    if (found != nullptr) return jwks_finding::ambiguous;
    found = &one;
  }
  if (found == nullptr) return jwks_finding::absent;
  return same_numbers(*found, ours) ? jwks_finding::published : jwks_finding::other_key;
}

}  // namespace

std::string_view to_string(jwks_finding finding) {
  switch (finding) {
    case jwks_finding::not_probed:
      return "not_probed";
    case jwks_finding::published:
      return "published";
    case jwks_finding::absent:
      return "absent";
    case jwks_finding::ambiguous:
      return "ambiguous";
    case jwks_finding::other_key:
      return "other_key";
    case jwks_finding::redirected:
      return "redirected";
    case jwks_finding::unreachable:
      return "unreachable";
    case jwks_finding::malformed:
      return "malformed";
  }
  return "unknown";
}

jwks_report judge_jwks(const http::response& answer, const private_key& key) {
  const std::string status = "status " + std::to_string(answer.status);
  if (answer.status >= 300 && answer.status < 400) return {jwks_finding::redirected, status};
  if (answer.status != 200) return {jwks_finding::unreachable, status};
  const auto document = json::parse(answer.body, key_set_limits);
  if (!document) return {jwks_finding::malformed, "not JSON"};
  const json::value* const member = document->find("keys");
  const json::array* const keys = member ? member->if_array() : nullptr;
  if (keys == nullptr) return {jwks_finding::malformed, "no keys"};
  return {find_key(*keys, key.public_jwk()), {}};
}

runtime::task<jwks_report> probe_jwks(fetch_function fetch, http::url where, private_key key,
                                      instant deadline) {
  http::request question;
  question.target = where.target;
  question.fields.add("Accept", "application/json");
  auto answer = co_await fetch(std::move(where), std::move(question), deadline);
  jwks_report made;
  if (answer) {
    made = judge_jwks(*answer, key);
  } else {
    made.finding = jwks_finding::unreachable;
    made.detail = answer.error().message();
  }
  co_return made;
}

}  // namespace epicenter::smart
