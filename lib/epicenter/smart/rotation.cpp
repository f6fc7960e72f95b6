#include <epicenter/base/check.hpp>
#include <epicenter/smart/rotation.hpp>

namespace epicenter::smart {

struct rotation::job {
  job(runtime::runtime& rt, signing_key key) : next(std::move(key)), ended(rt) {}
  signing_key next;
  runtime::event ended;
  std::optional<result<>> outcome;
};

rotation::rotation(runtime::runtime& rt, token_manager& tokens, rotation_options options,
                   rotation_parts parts, std::unique_ptr<rotation_store> store, rotation_observer observer)
    : runtime_(rt),
      tokens_(tokens),
      options_(std::move(options)),
      parts_(std::move(parts)),
      store_(std::move(store)),
      observer_(std::move(observer)),
      tasks_(rt),
      written_(rt) {
  EPICENTER_CHECK(options_.withdraw_after >= 5min,
                  "a withdrawn key must have no assertion left that is valid");
  EPICENTER_CHECK(!options_.jwks_url || parts_.fetch,
                  "a key set URL is looked at by the fetch that is given");
}

runtime::task<result<>> rotation::rotate(signing_key next) {
  auto allowed = check_next(next);
  if (!allowed) co_return allowed;
  const auto mine = std::make_shared<job>(runtime_, std::move(next));
  running_ = mine;
  tasks_.spawn("smart.rotation", carry_out(mine));
  // Only the job is touched from here on: the rotation may be gone when a cancelled caller wakes.
  while (!mine->outcome) {
    auto woken = co_await mine->ended.wait(runtime::never);
    if (!woken && !mine->outcome) co_return fail(errc::cancelled);
  }
  co_return *mine->outcome;
}

result<> rotation::check_next(const signing_key& next) const {
  EPICENTER_CHECK(active_.has_value(), "start() comes before rotate()");
  if (stopped_) return fail(errc::stopped);
  if (running_ || state_.previous) return fail(errc::rotation_running);
  if (next.key.kid() == active_->kid()) return fail(errc::bad_key_set, "the kid is in use");
  if (next.key.thumbprint() == active_->thumbprint())
    return fail(errc::bad_key_set, "the same key under another kid");
  return {};
}

runtime::task<> rotation::carry_out(job_ptr mine) {
  signing_key next = mine->next;
  auto outcome = co_await replace(std::move(next));
  running_.reset();
  mine->outcome = std::move(outcome);
  mine->ended.notify_all();
}

runtime::task<result<>> rotation::replace(signing_key next) {
  const instant deadline = runtime_.now() + options_.trial_timeout;
  auto proof = co_await prove(next, deadline);
  candidate_.reset();
  result<> adopted;
  if (proof) {
    adopted = co_await adopt(next, std::move(*proof));
  } else {
    adopted = fail(std::move(proof.error()));
  }
  if (adopted) co_return adopted;
  error why = error(make_error_code(errc::rotation_failed), next.key.kid()).caused_by(adopted.error());
  co_await abandon(next.key.kid(), std::move(adopted.error()));
  co_return fail(std::move(why));
}

runtime::task<result<token_ptr>> rotation::prove(signing_key next, instant deadline) {
  rotation_state trial = state_;
  trial.candidate = key_record{next.key.kid(), next.key.signs_with(), next.source, next.created};
  auto saved = co_await save(std::move(trial));
  if (!saved) co_return fail(std::move(saved.error()));
  candidate_ = next.key;
  auto published = co_await publish();
  if (!published) co_return fail(std::move(published.error()));
  tell(rotation_event_kind::began, next.key.kid(), active_->kid());
  auto seen = co_await see_published(next.key, deadline);
  if (!seen) co_return fail(std::move(seen.error()));
  auto token = co_await try_token(next.key, deadline);
  if (!token) co_return token;
  auto reading = parts_.verify_read(*token);
  auto read = co_await runtime::with_timeout(runtime_, deadline, std::move(reading));
  if (!read) co_return fail(std::move(read.error()));
  co_return token;
}

// A web server may serve an older copy for a while. Nothing is signed with a key that Epic would not find.
runtime::task<result<>> rotation::see_published(private_key key, instant deadline) {
  if (!options_.jwks_url) co_return result<>();
  for (;;) {
    auto found = co_await probe_jwks(parts_.fetch, *options_.jwks_url, key, deadline);
    if (found.finding == jwks_finding::published) co_return result<>();
    const instant next = runtime_.now() + options_.trial_pause;
    if (next >= deadline) {
      const std::string_view what = to_string(found.finding);
      co_return fail(errc::bad_key_set, "the key set URL: " + std::string(what) + ' ' + found.detail);
    }
    auto slept = co_await runtime::sleep_until(runtime_, next);
    if (!slept) co_return fail(std::move(slept.error()));
  }
}

runtime::task<result<token_ptr>> rotation::try_token(private_key key, instant deadline) {
  duration pause = options_.trial_pause;
  for (int tried = 1;; ++tried) {
    auto token = co_await tokens_.try_key(key, deadline);
    if (token) co_return token;
    // Epic looks at the key set once for each assertion that does not verify: a second refusal is final.
    const int most = token.error() == make_error_code(errc::refused) ? 2 : options_.trials;
    if (tried >= most || runtime_.now() + pause >= deadline) co_return token;
    auto slept = co_await runtime::sleep_for(runtime_, pause);
    if (!slept) co_return token;
    pause *= 2;
  }
}

runtime::task<result<>> rotation::adopt(signing_key next, token_ptr proof) {
  rotation_state changed = state_;
  changed.previous = state_.active;
  changed.previous_is_good = true;
  changed.active = key_record{next.key.kid(), next.key.signs_with(), next.source, next.created};
  changed.candidate.reset();
  auto saved = co_await save(changed);
  if (!saved) co_return saved;
  changed.client_known = state_.client_known;
  state_ = std::move(changed);
  previous_ = std::move(active_);
  active_ = next.key;
  refusals_ = 0;
  tokens_.use_key(next.key, std::move(proof));
  tell(rotation_event_kind::completed, active_->kid(), previous_->kid());
  watch_previous();
  co_return saved;
}

runtime::task<> rotation::abandon(std::string kid, error why) {
  tell(rotation_event_kind::rolled_back, std::move(kid), active_->kid(), why.message());
  auto saved = co_await save();
  auto published = co_await publish();
  if (!saved || !published) set_right();
}

bool rotation::roll_back(std::string reason) {
  if (!previous_ || !state_.previous_is_good || stopped_) return false;
  std::swap(active_, previous_);
  std::swap(state_.active, *state_.previous);
  state_.previous_is_good = false;
  refusals_ = 0;
  tokens_.use_key(*active_);
  tell(rotation_event_kind::rolled_back, previous_->kid(), active_->kid(), std::move(reason));
  watch_previous();
  set_right();
  return true;
}

void rotation::on_token(const token_event& what) {
  if (!active_ || what.kid != active_->kid()) return;
  if (what.kind == token_event_kind::refreshed) {
    refusals_ = 0;
    if (!std::exchange(state_.client_known, true)) set_right();
  }
  if (what.kind != token_event_kind::refresh_failed || what.refusal != oauth_error::invalid_client) return;
  // One may come of a clock or an unlucky fetch of the key set.
  if (++refusals_ >= 2) (void)roll_back("invalid_client for the new key");
}

}  // namespace epicenter::smart
