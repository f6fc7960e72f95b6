// WireMock's API over plain state: matches requests, answers /__admin. Not thread-safe, awaits nothing.
#pragma once

#include <optional>
#include <string>

#include "mock-epic/journal/journal.hpp"
#include "mock-epic/stubs/global_settings.hpp"
#include "mock-epic/stubs/recorder.hpp"
#include "mock-epic/stubs/stub_answer.hpp"
#include "mock-epic/stubs/stub_store.hpp"

namespace epicenter::mock::stubs {

struct engine_options {
  std::uint64_t seed = 1;
  std::string directory;  ///< with mappings/ and __files/; empty: nothing is read or written
};

/// What an admin call needs beside the stubs.
struct admin_world {
  mock::journal& journal;
  instant now{};  ///< also the uptime: the runtime's epoch is its start
  wall_time wall{};
};

/// Beyond WireMock: a stub may carry `probability` (0 to 1, drawn from the seed), `times` (answers left) and
/// `isolation`. A request with the header X-Epicenter-Isolation: KEY sees the stubs of KEY and those without
/// a key; one without the header only the latter. Scenarios have a state for each key. An admin call with the
/// header acts on that key's stubs, requests and scenario states only.
class stub_engine {
 public:
  explicit stub_engine(engine_options);

  /// Reads the directory, if one was given. The error names every file that is wrong, and why.
  result<> load() { return store_.load(); }

  /// False where no request can match: there is no stub, and nothing is recorded.
  bool is_used() const {
    return store_.index().size() > 0 || recorder_.state() == recorder::status::recording;
  }
  /// The answer of the first stub that matches, or what recording makes of a request that none does; nothing:
  /// the request goes on. Scenario states are tested and set, counts taken and chances drawn here and now:
  /// under the caller's lock no two requests see the same state.
  std::optional<stub_answer> match(const stub_request&);
  /// The page that WireMock answers where nothing matched: 404 with a diff against the nearest stub.
  http::response no_match(const stub_request&) const;

  /// Answers an admin call; the path is what stands below /__admin, with its slash ("/mappings").
  http::response admin(const http::request&, std::string_view path, const admin_world&);
  /// Stubs to those of the files, no journal view, first scenario states: POST /reset. Settings stay.
  result<> reset(mock::journal&, const stub_scope& = {});
  /// Whether POST /shutdown was called.
  bool shutdown_requested() const { return shutdown_requested_; }

  /// Tells what a proxied request was answered: recordings are made of it.
  void proxied(proxied_exchange one) { recorder_.add(std::move(one)); }

  stub_store& store() { return store_; }
  const stub_store& store() const { return store_; }

 private:
  friend class admin_call;
  stub_answer answer_of(const stub_mapping&, const stub_request&);
  void fill_body(const stub_mapping&, const template_world&, stub_answer&) const;
  std::optional<stub_answer> recording_answer(const stub_request&) const;

  stub_store store_;
  global_settings settings_;
  recorder recorder_;
  runtime::random_stream chances_;
  runtime::random_stream delays_;
  runtime::random_stream values_;
  bool shutdown_requested_ = false;
};

}  // namespace epicenter::mock::stubs
