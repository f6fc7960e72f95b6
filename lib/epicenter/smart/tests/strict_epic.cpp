#include "lib/epicenter/smart/tests/strict_epic.hpp"

#include <epicenter/http/url.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/smart/assertion.hpp>

#include "lib/epicenter/smart/tests/jwt_reader.hpp"

namespace epicenter::smart {
namespace {

std::string two(unsigned n) {
  return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)};
}

// RS384 with RSA, ES256 with P-256, ES384 with P-384 and nothing else.
bool fits(std::string_view alg, const json::value& jwk) {
  if (jwk.find("alg") && jwk.string_at("alg") != alg) return false;
  if (alg == "ES256") return jwk.string_at("crv") == "P-256";
  if (alg == "ES384") return jwk.string_at("crv") == "P-384";
  return jwk.string_at("kty") == "RSA";
}

}  // namespace

std::string http_date(wall_time at) {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  const auto part = [](auto count) { return two(static_cast<unsigned>(count.count())); };
  return std::string(days[std::chrono::weekday(day).c_encoding()]) + ", " + two(unsigned{date.day()}) + ' ' +
         months[unsigned{date.month()} - 1] + ' ' + std::to_string(int{date.year()}) + ' ' +
         part(time.hours()) + ':' + part(time.minutes()) + ':' + part(time.seconds()) + " GMT";
}

http::response strict_epic::token(const http::request& request) {
  http::response answer;
  if (shows_date) answer.fields.add("Date", http_date(rt_.wall() + clock_skew));
  const auto form = http::decode_form(request.body);
  const std::string reason = form && form->size() > 2 ? judge((*form)[2].second) : "form";
  if (!reason.empty()) {
    refused.push_back(reason);
    answer.status = 400;
    answer.body = R"({"error":"invalid_client","error_description":null})";
    return answer;
  }
  if (!user_mapped) {
    answer.status = 400;
    answer.body = R"({"error":"unauthorized_client","error_description":null})";
    return answer;
  }
  const std::string value = "token-" + std::to_string(tokens_.size() + 1);
  tokens_.insert(value);
  answer.body = R"({"access_token":")" + value + R"(","token_type":"bearer","expires_in":)" +
                std::to_string(lifetime) + "}";
  return answer;
}

std::string strict_epic::judge(std::string_view assertion) {
  const jwt_parts token = take_apart(assertion);
  const std::string_view alg = token.header.string_at("alg");
  if (alg != "RS256" && alg != "RS384" && alg != "RS512" && alg != "ES256" && alg != "ES384") return "alg";
  if (token.claims.string_at("iss") != client_id || token.claims.string_at("sub") != client_id)
    return "client";
  if (auto wrong = check_key(token.header, assertion); !wrong.empty()) return wrong;
  if (token.claims.string_at("aud") != audience) return "aud";
  if (auto wrong = check_times(token.claims); !wrong.empty()) return wrong;
  const std::string jti(token.claims.string_at("jti"));
  if (jti.empty() || jti.size() > max_jti_length) return "jti";
  if (!jtis_.insert(jti).second) return "jti_replayed";
  ++signed_with[std::string(token.header.string_at("kid"))];
  return {};
}

std::string strict_epic::check_key(const json::value& header, std::string_view assertion) {
  const std::string_view alg = header.string_at("alg");
  const std::string_view kty = alg.starts_with("ES") ? "EC" : "RSA";
  const jwt_parts token = take_apart(assertion);
  for (const bool again : {false, true}) {
    if (again && !refetches && known_) break;
    if (again || !known_) fetch();
    const json::value* const key = find_key(header.string_at("kid"), kty);
    if (key && fits(alg, *key) && verifies(token, *key)) return {};
  }
  return find_key(header.string_at("kid"), kty) ? "signature" : "kid_unknown";
}

std::string strict_epic::check_times(const json::value& claims) const {
  const auto now =
      std::chrono::floor<std::chrono::milliseconds>(rt_.wall() + clock_skew).time_since_epoch() / 1ms;
  const auto at = [&claims](const char* name) { return *claims.find(name)->to_int64() * 1000; };
  if (at("exp") <= now) return "expired";
  if (at("exp") > now + 300'000) return "exp_too_far";
  if (at("nbf") > now || at("iat") > now) return "not_yet";
  if (at("exp") - at("nbf") > 300'000 || at("exp") - at("iat") > 300'000) return "too_long";
  return {};
}

const json::value* strict_epic::find_key(std::string_view kid, std::string_view kty) const {
  const json::value* const keys = known_ ? known_->find("keys") : nullptr;
  if (keys == nullptr || unseen.contains(std::string(kid))) return nullptr;
  const json::value* found = nullptr;
  for (const json::value& one : *keys->if_array()) {
    if (one.string_at("kid") != kid || one.string_at("kty") != kty) continue;
    if (found != nullptr) return nullptr;
    found = &one;
  }
  return found;
}

void strict_epic::fetch() {
  ++fetches;
  if (!served) return;
  if (auto read = json::parse(*served)) known_ = std::move(*read);
}

}  // namespace epicenter::smart
