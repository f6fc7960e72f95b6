#include <algorithm>
#include <epicenter/smart/token_flight.hpp>

namespace epicenter::smart {
namespace {

// A request that gets its token in the last moment must still leave before the token expires.
constexpr duration dispatch_margin = 1s;

// 10 % of the life, at least 10 s, at most 30 s; but never more than a quarter, or short-lived tokens would
// be refused as soon as they arrive.
duration margin_of(duration lifetime) {
  return std::min(std::max<duration>(10s, std::min<duration>(30s, lifetime / 10)), lifetime / 4);
}

std::string hex(std::uint64_t bits) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out += digits[bits >> static_cast<unsigned>(shift) & 15U];
  return out;
}

error waiting_error(const error& why) {
  const bool cancelled = why == make_error_code(runtime::errc::cancelled);
  return error(make_error_code(cancelled ? errc::cancelled : errc::timed_out));
}

}  // namespace

token_manager::token_manager(runtime::runtime& rt, token_options options, private_key key, token_post post,
                             token_observer observer)
    : runtime_(rt),
      options_(std::move(options)),
      key_(std::move(key)),
      post_(std::move(post)),
      observer_(std::move(observer)),
      random_(rt.random("smart." + options_.name)),
      tasks_(rt),
      left_(rt),
      pace_(options_.pace) {}

bool token_manager::usable(instant until) const {
  return current_ && runtime_.now() < until;
}

token_ptr token_manager::at_hand(instant now) const {
  if (stopped_ || !current_ || now >= std::min(current_->refresh_at, current_->join_at)) return nullptr;
  return current_;
}

runtime::task<result<token_ptr>> token_manager::get(instant deadline) {
  if (stopped_) co_return fail(errc::stopped);
  if (current_ && usable(std::min(current_->refresh_at, current_->join_at))) co_return current_;
  const bool may_ask = flight_ || runtime_.now() >= not_before_;
  if (current_ && usable(current_->join_at)) {
    if (may_ask) join_or_start();
    co_return current_;
  }
  const presence here(*this);
  result<token_ptr> fresh = backing_off();
  if (may_ask) {
    flight_ptr joined = join_or_start();
    fresh = co_await wait_for(std::move(joined), deadline);
  }
  if (fresh || fresh.error() == make_error_code(errc::cancelled)) co_return fresh;
  if (!stopped_ && current_ && usable(current_->expires_at - dispatch_margin)) co_return current_;
  co_return fresh;
}

runtime::task<result<token_ptr>> token_manager::wait_for(flight_ptr joined, instant deadline) {
  while (!joined->outcome) {
    auto woken = co_await joined->landed.wait(deadline);
    if (!woken && !joined->outcome) co_return fail(waiting_error(woken.error()));
  }
  co_return *joined->outcome;
}

token_manager::flight_ptr token_manager::join_or_start() {
  if (flight_) return flight_;
  const auto started = std::make_shared<flight>(runtime_);
  flight_ = started;
  tasks_.spawn("smart." + options_.name + ".refresh", fly(started));
  return started;
}

runtime::task<> token_manager::fly(flight_ptr mine) {
  const instant deadline = runtime_.now() + options_.flight_timeout;
  auto fetching = fetch(mine->trip, deadline);
  auto outcome = co_await runtime::with_timeout(runtime_, deadline, std::move(fetching));
  land(*mine, std::move(outcome));
}

runtime::task<result<token_ptr>> token_manager::try_key(private_key candidate, instant deadline) {
  if (stopped_) co_return fail(errc::stopped);
  const presence here(*this);
  const auto trip = std::make_shared<attempt>();
  trip->candidate = std::move(candidate);
  auto fetching = fetch(trip, deadline);
  auto got = co_await runtime::with_timeout(runtime_, deadline, std::move(fetching));
  if (stopped_) co_return fail(errc::stopped);
  co_return got;
}

runtime::task<result<token_ptr>> token_manager::fetch(attempt_ptr mine, instant deadline) {
  token_request_source source = [this, mine] { return make_request(*mine); };
  auto answer = co_await post_(std::move(source), deadline);
  if (!answer) co_return fail(std::move(answer.error()));
  observe_date(*answer, mine->sent_at);
  auto grant = parse_token_response(*answer);
  mine->refusal = refusal_code(*answer);
  if (mine->refusal == oauth_error::invalid_client) clock_.refused(mine->by_server_clock);
  if (!grant) co_return fail(std::move(grant.error()));
  // Its life counts from the request: an answer that took longer than that brings a token nobody may use.
  if (runtime_.now() >= mine->sent_at + grant->expires_in)
    co_return fail(errc::unavailable, "expired on arrival");
  co_return accept(std::move(*grant), mine->sent_at);
}

result<http::request> token_manager::make_request(attempt& mine) {
  mine.sent_at = runtime_.now();
  mine.by_server_clock = clock_.follows_server(mine.sent_at, runtime_.wall());
  const private_key& key = mine.candidate ? *mine.candidate : key_;
  mine.kid = key.kid();
  const wall_time now = clock_.time(mine.sent_at, runtime_.wall());
  // The time keeps a process that starts again with the same seed from using a jti twice.
  const auto nanoseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  // Drawn on lines of their own: compilers differ in which operand of a sum they evaluate first.
  const std::uint64_t first = random_.next();
  const std::uint64_t second = random_.next();
  const assertion_claims claims{options_.client_id, options_.audience,
                                hex(nanoseconds) + hex(first) + hex(second), options_.jku};
  auto assertion = make_assertion(key, claims, now);
  if (!assertion) return fail(std::move(assertion.error()));
  return make_token_request(options_.target, *assertion, options_.scope);
}

token_ptr token_manager::accept(token_grant grant, instant sent_at) {
  auto made = std::make_shared<access_token>();
  made->id = ++last_id_;
  made->value = std::move(grant.access_token);
  made->scopes = std::move(grant.scopes);
  made->sent_at = sent_at;
  const std::int64_t permille = random_.between(std::int64_t{750}, std::int64_t{850});
  made->refresh_at = sent_at + grant.expires_in / 1000 * permille;
  made->join_at = sent_at + grant.expires_in - margin_of(grant.expires_in);
  made->expires_at = sent_at + grant.expires_in;
  return made;
}

tl::unexpected<error> token_manager::backing_off() const {
  error refused(make_error_code(errc::backing_off));
  if (last_failure_) refused = std::move(refused).caused_by(*last_failure_);
  return fail(std::move(refused));
}

runtime::task<> token_manager::stop() {
  stopped_ = true;
  tasks_.cancel();
  co_await tasks_.join();
  while (callers_ != 0) {
    auto left = co_await left_.wait(runtime::never);
    if (!left) co_return;
  }
}

}  // namespace epicenter::smart
