// Changes the client's key while everything runs: publish, try, sign, and later withdraw the old one; or go
// back.
#pragma once

#include <epicenter/smart/jwks.hpp>
#include <epicenter/smart/jwks_probe.hpp>
#include <epicenter/smart/key_age.hpp>
#include <epicenter/smart/rotation_state.hpp>
#include <epicenter/smart/token_manager.hpp>

namespace epicenter::smart {

/// A private key with what is known of it.
struct signing_key {
  private_key key;
  std::string source;  ///< where load_key finds it again after a restart
  wall_time created;
};

struct rotation_options {
  /// From the last assertion of the old key to its withdrawal. At least 5 minutes (Epic), which is longer
  /// than an assertion lives.
  duration withdraw_after = 5min;
  duration trial_timeout = 60s;  ///< of all tries of a new key, publication included
  int trials = 3;                ///< where Epic does not answer; a refusal is tried twice at most
  duration trial_pause = 2s;     ///< doubled by each further one
  std::optional<http::url> jwks_url =
      {};  ///< the own key set: seen there before anything is signed with a key
  key_age_limits age = {};
};

/// What the owner brings.
struct rotation_parts {
  /// Makes the document what the JWKS URL serves, from its return on.
  std::function<runtime::task<result<>>(std::string document)> publish;
  /// Reads something harmless with this token, as the adapter would.
  std::function<runtime::task<result<>>(token_ptr)> verify_read;
  /// Finds a key again after a restart; see key_loader_from_files.
  std::function<runtime::task<result<private_key>>(key_record)> load_key;
  /// Needed where rotation_options::jwks_url is set.
  fetch_function fetch = {};
  /// Whether somebody else may still sign with this key (another instance of the same client). Empty: nobody.
  std::function<bool(const std::string& kid)> still_used = {};
};

enum class rotation_event_kind {
  began,           ///< the new key is published beside the old one
  completed,       ///< token and read succeeded: the new key signs
  rolled_back,     ///< the last good key signs on
  withdrawn,       ///< the old key is published no longer
  publish_failed,  ///< the published set is not yet what it should be: tried again in a minute
  interrupted,     ///< a restart found a trial that had not ended: the last good key signs on
  reconfigured,    ///< the configuration names another key than before: that one signs
  age_warning,     ///< 80 days
  age_fault,       ///< 90 days
};
/// "key.rotation_began", …
std::string_view to_string(rotation_event_kind);

struct rotation_event {
  rotation_event_kind kind = rotation_event_kind::began;
  std::string kid;        ///< the key it is about
  std::string other_kid;  ///< the one it replaces or that signs on; empty where there is none
  std::string reason;     ///< of a failure
  duration age{};         ///< age_*
};
using rotation_observer = std::function<void(const rotation_event&)>;

struct rotation_status {
  std::string active_kid;
  std::string previous_kid;  ///< still published, empty for none
  bool in_trial = false;
  duration age{};
  key_age_level level = key_age_level::fine;
  bool changed_lately =
      false;  ///< in this process and the last 29 hours: Epic may keep a key set for so long
};

/// The signing keys of one client. The token manager given signs with the active one. Each step is stored
/// before it matters, so that a crash leaves a key that is published and proven. Used on its runtime's thread
/// only; stop() must have ended before it is destroyed, and before the token manager's stop().
class rotation {
 public:
  rotation(runtime::runtime&, token_manager&, rotation_options, rotation_parts,
           std::unique_ptr<rotation_store>, rotation_observer);
  rotation(const rotation&) = delete;
  rotation& operator=(const rotation&) = delete;

  /// Takes up what was stored: the key it names signs, unless the configuration names another one than when
  /// it was stored. Publishes the set. errc::bad_state; why the key could not be loaded or the state not be
  /// saved. Where only publishing fails it goes on: what is published already is good enough to sign.
  runtime::task<result<>> start(signing_key configured);

  /// Replaces the active key. Ends with success when the new key signs; withdrawing the old one follows by
  /// itself. errc::rotation_running, errc::bad_key_set (the kid is in use), errc::rotation_failed with the
  /// cause: nothing has changed then. Cancelling the caller does not stop the rotation.
  runtime::task<result<>> rotate(signing_key next);
  /// Goes back to the previous key, while it is published. False where there is none.
  bool roll_back(std::string reason);

  /// To be called with each event of the token manager: a new key that is refused after all is rolled back.
  void on_token(const token_event&);
  /// To be called now and then, once an hour will do: tells when the key passes 80 and 90 days, then once a
  /// day.
  void check_age(wall_time now);
  rotation_status status(wall_time now) const;
  /// The key that signs. Other token managers of the same client are given it on completed, rolled_back and
  /// reconfigured. Not before start().
  const private_key& active() const { return active_.value(); }

  runtime::task<> stop();

 private:
  struct job;
  using job_ptr = std::shared_ptr<job>;

  runtime::task<result<>> resume(rotation_state stored, signing_key configured);
  runtime::task<result<private_key>> find_key(key_record, signing_key configured);
  runtime::task<> carry_out(job_ptr);
  runtime::task<result<>> replace(signing_key next);
  runtime::task<result<token_ptr>> prove(signing_key next, instant deadline);
  runtime::task<result<>> see_published(private_key, instant deadline);
  runtime::task<result<token_ptr>> try_token(private_key, instant deadline);
  runtime::task<result<>> adopt(signing_key next, token_ptr proof);
  runtime::task<> abandon(std::string kid, error why);
  runtime::task<> withdraw_later(std::uint64_t generation);
  runtime::task<bool> confirm();
  runtime::task<bool> withdraw();
  runtime::task<result<>> publish();
  runtime::task<result<>> save(std::optional<rotation_state> ahead = {});
  runtime::task<> keep_right();
  result<> check_next(const signing_key& next) const;
  void watch_previous();
  void set_right();
  void tell(rotation_event_kind, std::string kid, std::string other_kid = {}, std::string reason = {}) const;

  runtime::runtime& runtime_;
  token_manager& tokens_;
  rotation_options options_;
  rotation_parts parts_;
  std::unique_ptr<rotation_store> store_;
  rotation_observer observer_;
  runtime::task_group tasks_;
  rotation_state state_;  ///< what is in force; the store follows
  std::optional<private_key> active_;
  std::optional<private_key> previous_;
  std::optional<private_key> candidate_;
  job_ptr running_;
  bool writing_ =
      false;  ///< one writer of set and state at a time: the last one writes what is in force then
  runtime::event written_;
  bool righting_ = false;         ///< a task sees to it that set and state become what is in force
  bool changed_ = false;          ///< since that task last began to write
  std::uint64_t generation_ = 0;  ///< counts changes of the active key: tasks of an older one end
  int refusals_ = 0;
  std::optional<instant> key_changed_at_;
  key_age_level told_level_ = key_age_level::fine;
  wall_time told_at_{};
  bool stopped_ = false;
};

/// rotation_parts::load_key for sources that are paths of PEM files.
std::function<runtime::task<result<private_key>>(key_record)> key_loader_from_files(runtime::runtime&);
/// rotation_parts::publish into a file that a static web server serves.
std::function<runtime::task<result<>>(std::string)> publisher_to_file(runtime::runtime&, std::string path);

}  // namespace epicenter::smart
