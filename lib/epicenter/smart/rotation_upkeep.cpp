// What a rotation does before and after: taking up a stored state, publishing, withdrawing, ages.
#include <epicenter/smart/file.hpp>
#include <epicenter/smart/rotation.hpp>
#include <epicenter/smart/settings.hpp>

namespace epicenter::smart {
namespace {

constexpr duration try_again_after = 1min;
constexpr duration age_repeat = 24h;
constexpr duration longest_key_cache = 29h;  // Epic's, by default and at most
constexpr unsigned readable_by_all = 0644;

key_record record_of(const signing_key& what) {
  return key_record{what.key.kid(), what.key.signs_with(), what.source, what.created};
}

}  // namespace

std::string_view to_string(rotation_event_kind kind) {
  switch (kind) {
    case rotation_event_kind::began:
      return "key.rotation_began";
    case rotation_event_kind::completed:
      return "key.rotation_completed";
    case rotation_event_kind::rolled_back:
      return "key.rotation_rolled_back";
    case rotation_event_kind::withdrawn:
      return "key.withdrawn";
    case rotation_event_kind::publish_failed:
      return "key.publish_failed";
    case rotation_event_kind::interrupted:
      return "key.rotation_interrupted";
    case rotation_event_kind::reconfigured:
      return "key.reconfigured";
    case rotation_event_kind::age_warning:
      return "key.age_warning";
    case rotation_event_kind::age_fault:
      return "key.age_fault";
  }
  return "key.unknown";
}

runtime::task<result<>> rotation::start(signing_key configured) {
  auto stored = co_await store_->load();
  if (!stored) co_return fail(std::move(stored.error()));
  result<> resumed;
  if (*stored) {
    resumed = co_await resume(std::move(**stored), configured);
  } else {
    state_.configured_kid = configured.key.kid();
    state_.active = record_of(configured);
    active_ = configured.key;
  }
  if (!resumed) co_return resumed;
  auto saved = co_await save();
  if (!saved) co_return saved;
  if (state_.client_known) tokens_.known_client();
  tokens_.use_key(*active_);
  auto published = co_await publish();
  if (!published) set_right();
  if (previous_) watch_previous();
  co_return saved;
}

runtime::task<result<>> rotation::resume(rotation_state stored, signing_key configured) {
  state_ = std::move(stored);
  if (state_.candidate) {
    tell(rotation_event_kind::interrupted, state_.candidate->kid, state_.active.kid);
    state_.candidate.reset();
  }
  const std::string kid = configured.key.kid();
  if (state_.configured_kid != kid && state_.active.kid != kid) {
    // Somebody has changed the configuration since. What signed until now stays published, and may be gone
    // back to.
    state_.previous = state_.active;
    state_.previous_is_good = true;
    state_.active = record_of(configured);
    tell(rotation_event_kind::reconfigured, kid, state_.previous->kid);
  }
  state_.configured_kid = kid;
  auto signs = co_await find_key(state_.active, configured);
  if (!signs) co_return fail(std::move(signs.error()));
  active_ = std::move(*signs);
  if (!state_.previous) co_return result<>();
  auto older = co_await find_key(*state_.previous, configured);
  // Its file may be gone already: then there is nothing to go back to.
  if (older) previous_ = std::move(*older);
  if (!previous_) state_.previous.reset();
  co_return result<>();
}

runtime::task<result<private_key>> rotation::find_key(key_record wanted, signing_key configured) {
  if (wanted.kid == configured.key.kid()) co_return configured.key;
  auto found = co_await parts_.load_key(wanted);
  if (!found) co_return fail(std::move(found.error()));
  if (found->kid() != wanted.kid)
    co_return fail(errc::bad_state, wanted.source + " holds another key than " + wanted.kid);
  co_return found;
}

// The key that signs has changed, now or before a restart.
void rotation::watch_previous() {
  ++generation_;
  key_changed_at_ = runtime_.now();
  tasks_.spawn("smart.rotation.withdraw", withdraw_later(generation_));
}

// Counted from now, not from a stored time: after a restart longer than needed, and no clock is trusted.
runtime::task<> rotation::withdraw_later(std::uint64_t generation) {
  auto slept = co_await runtime::sleep_for(runtime_, options_.withdraw_after);
  while (slept && generation == generation_ && previous_) {
    const bool used = parts_.still_used && parts_.still_used(previous_->kid());
    bool confirmed = false;
    if (!used) confirmed = co_await confirm();
    // A key that was refused was rolled back: whatever comes after that is another task's.
    if (generation != generation_) co_return;
    bool done = false;
    if (confirmed) done = co_await withdraw();
    if (done) co_return;
    slept = co_await runtime::sleep_for(runtime_, try_again_after);
  }
}

// A token lives longer than the old key is kept: without this nobody would learn in time that one of Epic's
// servers still has an older key set.
runtime::task<bool> rotation::confirm() {
  const instant deadline = runtime_.now() + options_.trial_timeout;
  const private_key signs = *active_;
  auto token = co_await try_token(signs, deadline);
  if (token) co_return true;
  const bool refused = token.error() == make_error_code(errc::refused);
  if (refused && active_->kid() == signs.kid()) (void)roll_back(token.error().message());
  co_return false;
}

// Taken out before it is withdrawn: from here on nobody can go back to it.
runtime::task<bool> rotation::withdraw() {
  const private_key old = *previous_;
  previous_.reset();
  auto published = co_await publish();
  if (!published) {
    previous_ = old;
    tell(rotation_event_kind::publish_failed, old.kid(), active_->kid(), published.error().message());
    co_return false;
  }
  state_.previous.reset();
  auto saved = co_await save();
  if (!saved) set_right();
  tell(rotation_event_kind::withdrawn, old.kid(), active_->kid());
  co_return true;
}

runtime::task<result<>> rotation::publish() {
  while (writing_) {
    auto turn = co_await written_.wait(runtime::never);
    if (!turn) co_return fail(std::move(turn.error()));
  }
  std::vector<private_key> keys{*active_};
  if (previous_) keys.push_back(*previous_);
  if (candidate_) keys.push_back(*candidate_);
  auto document = jwks_document(keys);
  if (!document) co_return fail(std::move(document.error()));
  writing_ = true;
  auto published = co_await parts_.publish(std::move(*document));
  writing_ = false;
  written_.notify_all();
  co_return published;
}

// What is in force when its turn comes, or what is to be in force as soon as this is stored.
runtime::task<result<>> rotation::save(std::optional<rotation_state> ahead) {
  while (writing_) {
    auto turn = co_await written_.wait(runtime::never);
    if (!turn) co_return fail(std::move(turn.error()));
  }
  rotation_state now = ahead.value_or(state_);
  writing_ = true;
  auto saved = co_await store_->save(std::move(now));
  writing_ = false;
  written_.notify_all();
  co_return saved;
}

void rotation::set_right() {
  changed_ = true;
  if (righting_ || stopped_) return;
  righting_ = true;
  tasks_.spawn("smart.rotation.publish", keep_right());
}

runtime::task<> rotation::keep_right() {
  while (changed_) {
    changed_ = false;
    auto published = co_await publish();
    auto saved = co_await save();
    if (published && saved) continue;
    changed_ = true;
    const error& why = published ? saved.error() : published.error();
    tell(rotation_event_kind::publish_failed, active_->kid(), {}, why.message());
    auto slept = co_await runtime::sleep_for(runtime_, try_again_after);
    if (!slept) break;
  }
  righting_ = false;
}

void rotation::check_age(wall_time now) {
  if (!active_) return;
  const duration age = now - state_.active.created;
  const key_age_level level = level_of(age, options_.age);
  const bool again = level != told_level_ || std::chrono::abs(now - told_at_) >= age_repeat;
  told_level_ = level;
  if (level == key_age_level::fine || !again) return;
  told_at_ = now;
  rotation_event event;
  event.kind =
      level == key_age_level::fault ? rotation_event_kind::age_fault : rotation_event_kind::age_warning;
  event.kid = state_.active.kid;
  event.age = age;
  if (observer_) observer_(event);
}

void rotation::tell(rotation_event_kind kind, std::string kid, std::string other_kid,
                    std::string reason) const {
  if (!observer_) return;
  rotation_event event;
  event.kind = kind;
  event.kid = std::move(kid);
  event.other_kid = std::move(other_kid);
  event.reason = std::move(reason);
  observer_(event);
}

rotation_status rotation::status(wall_time now) const {
  rotation_status made;
  if (!active_) return made;
  made.active_kid = active_->kid();
  if (previous_) made.previous_kid = previous_->kid();
  made.in_trial = running_ != nullptr;
  made.changed_lately = key_changed_at_ && runtime_.now() - *key_changed_at_ < longest_key_cache;
  made.age = now - state_.active.created;
  made.level = level_of(made.age, options_.age);
  return made;
}

runtime::task<> rotation::stop() {
  stopped_ = true;
  tasks_.cancel();
  co_await tasks_.join();
}

std::function<runtime::task<result<private_key>>(key_record)> key_loader_from_files(runtime::runtime& rt) {
  return [&rt](key_record wanted) -> runtime::task<result<private_key>> {
    return runtime::blocking(rt, [wanted = std::move(wanted)]() -> result<private_key> {
      auto loaded = load_key(wanted.source, wanted.signing, wanted.kid);
      if (!loaded) return fail(std::move(loaded.error()));
      return std::move(loaded->key);
    });
  };
}

std::function<runtime::task<result<>>(std::string)> publisher_to_file(runtime::runtime& rt,
                                                                      std::string path) {
  return [&rt, path = std::move(path)](std::string document) -> runtime::task<result<>> {
    return runtime::blocking(
        rt, [path, document = std::move(document)] { return replace_file(path, document, readable_by_all); });
  };
}

}  // namespace epicenter::smart
