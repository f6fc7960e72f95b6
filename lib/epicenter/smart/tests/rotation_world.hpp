// A rotation in virtual time before a strict Epic, with callers that use tokens all the while.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <epicenter/smart/rotation.hpp>

#include "lib/epicenter/smart/tests/strict_epic.hpp"
#include "lib/epicenter/smart/tests/test_keys.hpp"

namespace epicenter::smart {

using runtime::task;

// What outlives a process: the stored state, the private keys on disk.
struct disk {
  std::optional<rotation_state> state;
  std::map<std::string, private_key> keys;  ///< by source
  int saves = 0;
  int fail_save = -1;    ///< the n-th save from now fails, counted from 0
  bool crashed = false;  ///< nothing is written any more, though whoever writes does not learn of it
  std::optional<std::string> served;  ///< what the key set URL serves
};

class memory_store final : public rotation_store {
 public:
  explicit memory_store(disk& where) : disk_(where) {}
  task<result<std::optional<rotation_state>>> load() override { co_return disk_.state; }
  task<result<>> save(rotation_state state) override {
    if (disk_.fail_save-- == 0) co_return fail(errc::unwritable, "no space");
    ++disk_.saves;
    if (disk_.crashed) co_return result<>();
    // As it would come back from a file.
    disk_.state = *read_rotation_state(write_rotation_state(state));
    co_return result<>();
  }

 private:
  disk& disk_;
};

class rotation_world {
 public:
  explicit rotation_world(disk& kept, rotation_options options = {}, bool probes = false)
      : rt(runtime::virtual_options{}),
        epic(rt),
        tokens(
            rt, options_of(), test_key(algorithm::es256),
            [this](token_request_source source, instant) { return post(std::move(source)); },
            [this](const token_event& what) { keys.on_token(what); }),
        keys(rt, tokens, probing(std::move(options), probes), parts(kept),
             std::make_unique<memory_store>(kept),
             [this](const rotation_event& what) { events.push_back(what); }),
        disk_(kept) {
    epic.served = kept.served;
  }

  runtime::virtual_runtime rt;
  strict_epic epic;
  bool endpoint_down = false;
  bool reads_fail = false;
  bool publishing_fails = false;
  duration writing_takes{};
  duration publish_delay{};  ///< until the key set URL serves what was published
  std::set<std::string> in_use_elsewhere;
  std::vector<rotation_event> events;
  std::vector<std::string> published;
  int good_calls = 0;
  int bad_calls = 0;
  token_manager tokens;
  rotation keys;

  signing_key key(const std::string& kid, wall_time created = {}) {
    auto found = disk_.keys.find(kid);
    if (found == disk_.keys.end()) found = disk_.keys.emplace(kid, named_key(algorithm::es256, kid)).first;
    return signing_key{found->second, kid, created};
  }

  /// Starts with the key, runs the body while callers use tokens, stops, and expects that nothing is left
  /// over.
  void run(const std::string& configured, const std::function<task<>()>& body) {
    runtime::spawn(rt, "test", whole_run(key(configured), body));
    ASSERT_EQ(rt.run(), runtime::run_end::finished);
  }

  std::string kinds() const {
    std::string text;
    for (const auto& one : events) text += std::string(to_string(one.kind).substr(4)) + ':' + one.kid + ' ';
    return text;
  }
  bool serves(const std::string& kid) const {
    return epic.served && epic.served->find('"' + kid + '"') != std::string::npos;
  }

 private:
  task<> whole_run(signing_key configured, std::function<task<>()> body) {
    auto started = co_await keys.start(std::move(configured));
    EXPECT_TRUE(started.has_value()) << started.error().message();
    runtime::task_group callers(rt);
    callers.spawn("caller", use_tokens());
    co_await body();
    callers.cancel();
    co_await callers.join();
    co_await keys.stop();
    co_await tokens.stop();
  }

  task<> use_tokens() {
    for (;;) {
      auto token = co_await tokens.get(rt.now() + 10s);
      // Held over a while, as by a request on its way.
      auto slept = co_await runtime::sleep_for(rt, 700ms);
      if (!slept) co_return;
      const bool good = token.has_value() && epic.takes(std::string((*token)->value.reveal()));
      ++(good ? good_calls : bad_calls);
    }
  }

  task<result<http::response>> post(token_request_source source) {
    const auto request = source();
    auto slept = co_await runtime::sleep_for(rt, 50ms);
    if (!slept) co_return fail(std::move(slept.error()));
    if (endpoint_down) co_return fail(errc::unavailable, "no connection");
    co_return epic.token(*request);
  }

  task<result<>> publish(std::string document) {
    auto slept = co_await runtime::sleep_for(rt, writing_takes);
    if (!slept) co_return fail(std::move(slept.error()));
    if (publishing_fails) co_return fail(errc::unwritable, "no space");
    published.push_back(document);
    if (publish_delay > duration{}) {
      runtime::spawn(rt, "web server", serve_later(std::move(document)));
    } else {
      if (!disk_.crashed) disk_.served = document;
      epic.served = std::move(document);
    }
    co_return result<>();
  }
  task<> serve_later(std::string document) {
    co_await runtime::sleep_for(rt, publish_delay);
    epic.served = std::move(document);
  }

  task<result<>> read(token_ptr token) {
    if (reads_fail || !epic.takes(std::string(token->value.reveal()))) co_return fail(errc::refused, "403");
    co_return result<>();
  }

  task<result<private_key>> load(key_record wanted) {
    const auto found = disk_.keys.find(wanted.source);
    if (found == disk_.keys.end()) co_return fail(errc::no_file, wanted.source);
    co_return found->second;
  }

  task<result<http::response>> fetch_own_set() {
    if (!epic.served) co_return fail(errc::unavailable, "no connection");
    http::response made;
    made.body = *epic.served;
    co_return made;
  }

  rotation_parts parts(disk&) {
    rotation_parts made;
    made.publish = [this](std::string document) { return publish(std::move(document)); };
    made.verify_read = [this](token_ptr token) { return read(std::move(token)); };
    made.load_key = [this](key_record wanted) { return load(std::move(wanted)); };
    made.fetch = [this](http::url, http::request, instant) { return fetch_own_set(); };
    made.still_used = [this](const std::string& kid) { return in_use_elsewhere.contains(kid); };
    return made;
  }

  static rotation_options probing(rotation_options options, bool probes) {
    if (probes) options.jwks_url = *http::parse_url("https://hospital.example/jwks.json");
    return options;
  }
  static token_options options_of() {
    token_options options;
    options.client_id = "client-1";
    options.audience = "https://epic.example/oauth2/token";
    options.target = "/oauth2/token";
    return options;
  }

  disk& disk_;
};

}  // namespace epicenter::smart
