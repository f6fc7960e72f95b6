#include "mock-epic/oauth/authority.hpp"

#include <algorithm>
#include <array>
#include <epicenter/json/write.hpp>

#include "mock-epic/oauth/discovery.hpp"

namespace epicenter::mock::oauth {
namespace {

constexpr std::string_view smart_path = "/.well-known/smart-configuration";
constexpr std::array<std::string_view, 7> endpoints{"/token",
                                                    "/authorize",
                                                    "/introspect",
                                                    "/revoke",
                                                    "/userinfo",
                                                    "/jwks",
                                                    "/.well-known/openid-configuration"};

runtime::random_stream stream(std::uint64_t seed, std::string_view name) {
  return runtime::random_stream(runtime::derive_seed(seed, name));
}

assertion_rules rules_of(const authority_options& o) {
  return {o.oauth_path + "/token", o.audiences};
}

token_answer answer_document(const http::request& request, const json::object& body) {
  if (request.method != "GET" && request.method != "HEAD") {
    token_answer refused;
    refused.response.status = 405;
    refused.response.fields.set("Allow", "GET");
    refused.rule = "method";
    return refused;
  }
  token_answer made;
  made.response.fields.set("Content-Type", "application/json; charset=utf-8");
  made.response.body = json::write(body);
  return made;
}

token_answer answer_outage(const token_outage& outage) {
  token_answer made = answer_page(outage.status, http::reason_phrase(outage.status), "token_outage");
  if (outage.retry_after)
    made.response.fields.set("Retry-After", std::to_string(outage.retry_after->count()));
  return made;
}

}  // namespace

authority::authority(authority_options o)
    : options_(std::move(o)),
      tokens_(stream(options_.seed, "mock.tokens"), options_.token_lifetime),
      authenticator_(rules_of(options_), clients_, counts_),
      issuer_({options_.oauth_path, options_.fhir_path}, options_.seed, tokens_, counts_),
      authorize_({options_.orders, options_.fhir_path}, options_.seed, clients_, options_.patients),
      token_({options_.orders}, authenticator_, authorize_.codes(), issuer_),
      services_(authenticator_, tokens_, issuer_) {}

std::string_view authority::endpoint_of(std::string_view path) const {
  if (!path.starts_with(options_.oauth_path)) return {};
  path.remove_prefix(options_.oauth_path.size());
  return std::find(endpoints.begin(), endpoints.end(), path) == endpoints.end() ? std::string_view{} : path;
}

bool authority::serves(std::string_view path) const {
  return !endpoint_of(path).empty() ||
         (path.starts_with(options_.fhir_path) && path.substr(options_.fhir_path.size()) == smart_path);
}

step authority::begin(const http::request& request, const std::string& origin, const moment& at) {
  outcome made = route(request, origin, at, nullptr);
  if (made.keys_url.empty()) return counted(std::move(made.answer));
  ++counts_.key_fetches;
  return need_keys{request, origin, std::move(made.keys_url)};
}

token_answer authority::resume(need_keys asked, fetched_keys fetched, const moment& at) {
  if (fetched.keys) {
    authenticator_.keys().put(asked.url, *fetched.keys, fetched.cache_control, at.now);
  } else {
    ++counts_.key_fetch_failures;
  }
  const keys_at_hand keys{std::move(asked.url), std::move(fetched)};
  return counted(route(asked.request, asked.origin, at, &keys).answer);
}

outcome authority::route(const http::request& request, const std::string& origin, const moment& at,
                         const keys_at_hand* keys) {
  const discovery self{issuer_.issuer(origin), options_.orders};
  const std::string_view endpoint = endpoint_of(request.path());
  if (endpoint == "/token") {
    if (!outage_) return token_.handle(request, origin, at, keys);
    ++counts_.outage_refusals;
    return {answer_outage(*outage_), {}};
  }
  if (endpoint == "/authorize") return {authorize_.handle(request, at), {}};
  if (endpoint == "/introspect") return services_.introspect(request, origin, at, keys);
  if (endpoint == "/revoke") return services_.revoke(request, at, keys);
  if (endpoint == "/userinfo") return {services_.userinfo(request, origin, at), {}};
  if (endpoint == "/jwks") return {answer_document(request, issuer_.key().jwks()), {}};
  if (endpoint.empty()) return {answer_document(request, smart_configuration(self)), {}};
  return {answer_document(request, openid_configuration(self)), {}};
}

token_answer authority::counted(token_answer made) {
  if (made.response.status >= 400) ++counts_.refusals;
  return made;
}

std::uint64_t authority::revoke_all(instant now, std::string why) {
  issuer_.refresh_tokens().spend_if([](const grant&) { return true; });
  return tokens_.expire_all(now, std::move(why));
}

void authority::freeze_keys(bool frozen) {
  authenticator_.keys().freeze(frozen);
  clients_.freeze(frozen);
}

std::uint64_t authority::retire_keys(std::string_view client_id, instant now) {
  std::uint64_t count = 0;
  for (const std::string& id : clients_.ids()) {
    if (!client_id.empty() && id != client_id) continue;
    if (const json::value* keys = authenticator_.known_keys(*clients_.find(id), now))
      count += clients_.retire(id, *keys);
  }
  return count;
}

std::set<std::string> authority::identities_of(std::string_view client_id, instant now) const {
  std::set<std::string> found;
  for (const std::string& id : clients_.ids()) {
    if (!client_id.empty() && id != client_id) continue;
    const json::value* known = authenticator_.known_keys(*clients_.find(id), now);
    const json::value* keys = known ? known->find("keys") : nullptr;
    if (!keys || !keys->is_array()) continue;
    for (const json::value& key : *keys->if_array()) found.insert(identity_of(key));
  }
  return found;
}

bool authority::drop_scope(std::string_view scope) {
  auto gone = parse_resource_scope(scope);
  if (!gone) return false;
  std::vector<resource_scope> lost = issuer_.scopes().lost();
  if (lost.size() >= max_scopes) return false;
  lost.push_back(std::move(*gone));
  issuer_.scopes().lose(std::move(lost));
  return true;
}

std::optional<std::string> origin_of(const http::request& request, bool tls) {
  const std::string_view host = request.fields.get("Host");
  const bool good = !host.empty() && host.size() <= 260 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
  if (!good) return std::nullopt;
  return (tls ? "https://" : "http://") + std::string(host);
}

runtime::task<token_answer> handle(runtime::runtime& rt, key_fetcher& fetcher, with_authority locked,
                                   http::request request, std::string origin) {
  step first;
  const auto begin = [&](authority& server) {
    const moment at{rt.now(), rt.wall()};
    first = server.begin(request, origin, at);
  };
  locked(begin);
  if (auto* answered = std::get_if<token_answer>(&first)) co_return std::move(*answered);
  need_keys asked = std::move(std::get<need_keys>(first));
  fetched_keys fetched = co_await fetcher.fetch(asked.url);
  token_answer made;
  const auto resume = [&](authority& server) {
    const moment at{rt.now(), rt.wall()};
    made = server.resume(std::move(asked), std::move(fetched), at);
  };
  locked(resume);
  co_return made;
}

}  // namespace epicenter::mock::oauth
