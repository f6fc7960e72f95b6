#include "mock-epic/oauth/authorize_endpoint.hpp"

#include <algorithm>

#include "mock-epic/oauth/base64url.hpp"
#include "mock-epic/oauth/scope_grant.hpp"
#include "mock-epic/oauth/secret_hash.hpp"

namespace epicenter::mock::oauth {
namespace {

constexpr std::size_t max_state_bytes = 4096;

std::string_view value_of(const http::parameters& form, std::string_view name) {
  const std::string* found = single(form, name);
  return found ? std::string_view(*found) : std::string_view{};
}

token_answer redirect(std::string_view to, const http::parameters& parameters, std::string rule) {
  token_answer made;
  made.response.status = 302;
  made.response.fields.set(
      "Location",
      std::string(to) + (to.find('?') == std::string_view::npos ? "?" : "&") + http::encode_form(parameters));
  made.response.fields.set("Cache-Control", "no-store");
  made.response.fields.set("Pragma", "no-cache");
  made.rule = std::move(rule);
  return made;
}

/// The parameters of the request: query of a GET, body of a POST (SMART: authorize-post).
std::optional<http::parameters> read_parameters(const http::request& request) {
  if (request.method == "POST") {
    posted_form read = read_posted_form(request);
    if (!read.refused.empty()) return std::nullopt;
    return std::move(read.parameters);
  }
  if (request.query().size() > max_form_bytes) return std::nullopt;
  auto read = http::decode_form(request.query());
  if (!read) return std::nullopt;
  return std::move(*read);
}

bool is_url_of(std::string_view url, std::string_view path) {
  const auto read = http::parse_url(url);
  if (!read) return false;
  std::string_view target = read->target;
  if (target.ends_with('/')) target.remove_suffix(1);
  return target == path;
}

const std::string* find_redirect(const client& who, const http::parameters& form) {
  const std::vector<std::string>& registered = who.registration.redirect_uris;
  if (!is_given(form, "redirect_uri")) return registered.size() == 1 ? &registered.front() : nullptr;
  const auto at = std::find(registered.begin(), registered.end(), value_of(form, "redirect_uri"));
  return at == registered.end() ? nullptr : &*at;
}

bool is_challenge(std::string_view text) {
  return text.size() == 43 && decode_base64url(text).has_value();
}

}  // namespace

struct authorize_endpoint::attempt {
  const client* who = nullptr;
  authorization made;
  std::string_view rule;  ///< of the refusal

  std::string_view refuse(std::string_view why, std::string_view error) {
    rule = why;
    return error;
  }
};

authorize_endpoint::authorize_endpoint(settings s, std::uint64_t seed, const client_registry& clients,
                                       patient_directory patients)
    : settings_(std::move(s)),
      clients_(clients),
      patients_(std::move(patients)),
      codes_(runtime::random_stream(runtime::derive_seed(seed, "mock.codes")), 86, 10'000) {}

token_answer authorize_endpoint::handle(const http::request& request, const moment& at) {
  if (request.method != "GET" && request.method != "POST") {
    token_answer refused = answer_page(405, "Method not allowed", "method");
    refused.response.fields.set("Allow", "GET, POST");
    return refused;
  }
  const auto form = read_parameters(request);
  if (!form) return answer_page(400, "The request is invalid", "form_malformed");
  attempt one;
  one.who = clients_.find(value_of(*form, "client_id"));
  if (!one.who) return answer_page(400, "The client is unknown", "client_unknown");
  const std::string* to = find_redirect(*one.who, *form);
  if (!to) return answer_page(400, "The redirect URI is not registered", "redirect_uri");
  one.made.redirect_uri = *to;
  one.made.redirect_was_given = is_given(*form, "redirect_uri");
  const std::string* state = single(*form, "state");
  http::parameters reply;
  if (state && state->size() <= max_state_bytes) reply.emplace_back("state", *state);
  if (const auto error = check(*form, one); !error.empty()) {
    reply.emplace(reply.begin(), "error", std::string(error));
    return redirect(*to, reply, std::string(one.rule));
  }
  one.made.what.client = one.who->registration.id;
  one.made.what.family = ++families_;
  one.made.what.nonce = std::string(value_of(*form, "nonce"));
  reply.emplace(reply.begin(), "code", codes_.put(std::move(one.made), at.now + code_lifetime));
  return redirect(*to, reply, "code_issued");
}

std::string_view authorize_endpoint::check(const http::parameters& form, attempt& one) const {
  for (const std::string_view name : {"response_type", "scope", "state", "aud", "launch", "code_challenge",
                                      "code_challenge_method", "nonce", "login_patient"})
    if (is_given(form, name) && !single(form, name))
      return one.refuse("parameter_repeated", "invalid_request");
  if (!is_given(form, "response_type")) return one.refuse("response_type", "invalid_request");
  if (value_of(form, "response_type") != "code")
    return one.refuse("response_type", "unsupported_response_type");
  if (value_of(form, "state").size() > max_state_bytes || value_of(form, "nonce").size() > max_state_bytes)
    return one.refuse("state_too_long", "invalid_request");
  if (!is_url_of(value_of(form, "aud"), settings_.fhir_path)) return one.refuse("aud", "invalid_request");
  if (const auto error = check_challenge(form, one); !error.empty()) return error;
  if (const auto error = choose_scopes(form, one); !error.empty()) return error;
  return choose_patient(form, one);
}

std::string_view authorize_endpoint::check_challenge(const http::parameters& form, attempt& one) const {
  if (!is_given(form, "code_challenge")) {
    if (one.who->is_public() || is_given(form, "code_challenge_method"))
      return one.refuse("code_challenge_missing", "invalid_request");
    return {};
  }
  if (value_of(form, "code_challenge_method") != "S256")
    return one.refuse("code_challenge_method", "invalid_request");
  if (!is_challenge(value_of(form, "code_challenge"))) return one.refuse("code_challenge", "invalid_request");
  one.made.challenge = std::string(value_of(form, "code_challenge"));
  return {};
}

std::string_view authorize_endpoint::choose_scopes(const http::parameters& form, attempt& one) const {
  const scope_list& known = settings_.orders ? all_user_scopes() : epic_user_scopes();
  scope_list allowed = one.who->registration.scopes.empty() ? known : one.who->allowed;
  allowed = only(allowed, {scope_context::patient, scope_context::user});
  const scope_list asked = parse_scopes(value_of(form, "scope"));
  one.made.what.scopes = intersect(asked, allowed);
  if (one.made.what.scopes.empty()) return one.refuse("scope_empty", "invalid_scope");
  return {};
}

std::string_view authorize_endpoint::choose_patient(const http::parameters& form, attempt& one) const {
  grant& what = one.made.what;
  const bool of_patient =
      what.scopes.asks_for("launch") || what.scopes.asks_for("launch/patient") ||
      std::any_of(what.scopes.resources.begin(), what.scopes.resources.end(),
                  [](const resource_scope& scope) { return scope.context == scope_context::patient; });
  if (is_given(form, "launch") && !what.scopes.asks_for("launch"))
    return one.refuse("launch", "invalid_request");
  if (of_patient) {
    const std::string_view named =
        is_given(form, "launch") ? value_of(form, "launch") : value_of(form, "login_patient");
    what.patient = named.empty() ? patients_.first() : std::string(named);
    if (what.patient.empty() || !patients_.is_patient(what.patient))
      return one.refuse("patient_unknown", "access_denied");
  }
  const std::string& user = one.who->registration.fhir_user;
  const std::string who = !user.empty()          ? user
                          : what.patient.empty() ? std::string()
                                                 : "Patient/" + what.patient;
  if (what.scopes.asks_for("fhirUser") || what.scopes.asks_for("profile")) what.fhir_user = who;
  what.subject = encode_base64url(sha256(who.empty() ? one.who->registration.id : who).substr(0, 16));
  return {};
}

}  // namespace epicenter::mock::oauth
