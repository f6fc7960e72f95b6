// A session at a patient's bed, for tests.
#pragma once

#include <gtest/gtest.h>

#include <epicenter/commands/session.hpp>

namespace epicenter::commands::testing {

inline const std::string doctor = "eM5CWtq15N0WJeuCet5bJlQ3";

inline session_context derrick() {
  return {{"eq081-VQEgP8drUUqCWzHfw3", "Derrick Lin", "1973-06-03", "203711"},
          "e6kBx6PwnxIv.5kCifScsWg3",
          doctor,
          "Feels better."};
}

inline std::shared_ptr<const lexicon> standard_lexicon() {
  static const auto made = std::make_shared<const lexicon>(lexicon::standard());
  return made;
}

inline session_options options_of_session(std::string id = "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77") {
  session_options made;
  made.id = std::move(id);
  made.audit_key = secret("key of the installation");
  return made;
}

class dictation {
 public:
  explicit dictation(session_options options = options_of_session(), session_context where = derrick())
      : doctor_(where.user), session_(std::move(options), standard_lexicon(), std::move(where)) {}

  /// Says it after `later`, having heard the last draft.
  reply say(std::string text, duration later = 1s) {
    utterance said;
    said.text = std::move(text);
    said.speaker = doctor_;
    said.heard_draft = heard_;
    return say(said, later);
  }
  reply say(const utterance& said, duration later = 1s) {
    now_ += later;
    reply made =
        session_.hear(said, clock_reading{now_, wall_time(1'790'000'000s) + now_.time_since_epoch()});
    if (made.draft) heard_ = made.draft->sha256;
    return made;
  }
  commands::session& session() { return session_; }
  const std::string& heard() const { return heard_; }
  /// A clock that goes back.
  void turn_back(duration by) { now_ -= by; }

 private:
  std::string doctor_;
  commands::session session_;
  instant now_{1000s};
  std::string heard_;
};

}  // namespace epicenter::commands::testing
