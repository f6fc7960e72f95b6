#include "mock-epic/oauth/key_fetch.hpp"

#include "mock-epic/oauth/jwks_cache.hpp"

namespace epicenter::mock::oauth {
namespace {

fetched_keys refuse(std::string_view why) {
  return {std::nullopt, {}, why};
}

std::string_view reason_of(const http::exchange_failure& failure) {
  const error& why = failure.why;
  if (why == make_error_code(http::errc::tls_failed)) return "jwks_tls";
  if (why == make_error_code(http::errc::timed_out)) return "jwks_timeout";
  if (why == make_error_code(http::errc::too_large)) return "jwks_too_large";
  if (why == make_error_code(http::errc::malformed)) return "jwks_malformed";
  return "jwks_unreachable";
}

}  // namespace

http::client* key_fetcher::client_for(bool tls) {
  std::unique_ptr<http::client>& made = tls ? tls_ : plain_;
  if (made) return made.get();
  http::client_options options;
  options.max_connections = 16;
  options.response_limits = {16 * 1024, max_key_set_bytes};
  if (tls) {
    http::tls_client_options trust;
    trust.ca_pem = ca_pem_;
    auto context = http::make_tls_client(trust);
    if (!context) return nullptr;
    options.tls = std::move(*context);
  }
  made = std::make_unique<http::client>(rt_, std::move(options));
  return made.get();
}

runtime::task<fetched_keys> key_fetcher::fetch(std::string url) {
  auto where = http::parse_url(url);
  if (!where) co_return refuse("jwks_url");
  http::client* web = client_for(where->where.tls);
  if (!web) co_return refuse("jwks_tls");
  http::request ask;
  ask.target = where->target;
  ask.fields.add("Accept", "application/json");
  const instant deadline = rt_.now() + key_fetch_timeout;
  auto got = co_await web->send(where->where, std::move(ask), deadline);
  if (!got) co_return refuse(reason_of(got.error()));
  if (got->status / 100 == 3) co_return refuse("jwks_redirect");
  if (got->status != 200) co_return refuse("jwks_status");
  fetched_keys made;
  made.keys = read_key_set(got->body);
  if (!made.keys) co_return refuse("jwks_malformed");
  // A list may come in several fields of one name.
  for (const auto& [name, value] : got->fields)
    if (http::equal_ignoring_case(name, "Cache-Control"))
      made.cache_control += (made.cache_control.empty() ? "" : ",") + value;
  co_return made;
}

runtime::task<> key_fetcher::stop() {
  if (plain_) co_await plain_->stop();
  if (tls_) co_await tls_->stop();
}

}  // namespace epicenter::mock::oauth
