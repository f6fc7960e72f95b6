#include "lib/epicenter/smart/tests/token_model_run.hpp"

#include <algorithm>
#include <array>
#include <epicenter/http/url.hpp>
#include <set>

#include "lib/epicenter/smart/tests/jwt_reader.hpp"

namespace epicenter::smart {
namespace {

using runtime::task;

// Steps are taken at whole milliseconds, answers, deadlines and the end of a flight come at other fractions:
// nothing happens at the same moment, where the order would be anybody's.
constexpr duration answer_fraction = 7ns;
constexpr duration deadline_fraction = 5ns;
constexpr duration flight_timeout = 10s + 3ns;

class model_run {
 public:
  model_run(std::uint64_t seed, token_defect defect)
      : rt_(options_of(seed)),
        draw_(seed),
        defect_(defect),
        model_(flight_timeout),
        manager_(
            rt_, token_options_of(), test_key(algorithm::es256),
            [this](token_request_source source, instant) { return post(std::move(source)); },
            [this](const token_event& what) { ++events_[static_cast<std::size_t>(what.kind)]; }) {}

  model_run_result run(int steps) {
    runtime::spawn(rt_, "steps", take(steps));
    if (rt_.run() != runtime::run_end::finished) differ("the run did not end");
    result_.flights = model_.flights;
    result_.refreshed = model_.refreshed;
    result_.failed = model_.failed;
    result_.invalidated = model_.invalidated;
    return result_;
  }

 private:
  task<> take(int steps) {
    for (int i = 0; i != steps && result_.difference.empty(); ++i) {
      auto slept = co_await runtime::sleep_for(rt_, pause());
      if (!slept) co_return;
      model_.advance(rt_.now(), drawn_);
      compare();
      if (!result_.difference.empty()) break;
      if (model_.held() != 0) check_refresh_time();
      step();
      ++result_.steps;
      result_.holding += model_.held() != 0;
    }
    for (auto& [caller, group] : callers_) {
      group->cancel();
      co_await group->join();
    }
    callers_.clear();
    co_await manager_.stop();
  }

  duration pause() {
    const std::uint64_t kind = draw_.below(20);
    if (kind < 10) return std::chrono::milliseconds(1 + draw_.below(50));
    if (kind < 17) return std::chrono::milliseconds(1 + draw_.below(3000));
    if (kind < 19) return std::chrono::milliseconds(1 + draw_.below(60'000));
    return std::chrono::milliseconds(1 + draw_.below(1'000'000));
  }

  void step() {
    const std::uint64_t what = draw_.below(100);
    if (what < 70) return get();
    if (what < 80) return invalidate();
    if (what < 88) return cancel();
    if (what < 91) return forgive();
    if (what < 94) return jump();
    get();
    get();
  }

  void get() {
    const int caller = ++last_caller_;
    const instant deadline = rt_.now() +
                             std::chrono::milliseconds(1 + draw_.below(draw_.below(2) == 0 ? 500 : 12'000)) +
                             deadline_fraction;
    if (defect_ == token_defect::no_negative_cache) manager_.retry_now();
    if (defect_ == token_defect::one_401_too_many && draw_.below(500) == 0)
      manager_.invalidate(model_.held());
    model_.get(caller, rt_.now(), deadline);
    auto group = std::make_unique<runtime::task_group>(rt_);
    group->spawn("caller", ask(caller, deadline));
    callers_.emplace(caller, std::move(group));
  }

  task<> ask(int caller, instant deadline) {
    model_outcome seen;
    seen.caller = caller;
    if (defect_ == token_defect::late_refresh && last_ && rt_.now() < last_->expires_at) {
      seen.token = last_->id;
    } else {
      auto token = co_await manager_.get(deadline);
      if (token) last_ = *token;
      if (token) seen.token = (*token)->id;
      if (!token) seen.why = token.error().code();
    }
    seen.at = rt_.now();
    seen_.push_back(seen);
  }

  void invalidate() {
    const std::uint64_t newest = model_.newest();
    if (newest == 0) return;
    const std::uint64_t id = newest - draw_.below(std::min<std::uint64_t>(newest, 3));
    const bool expected = model_.invalidate(id, rt_.now());
    const auto held = manager_.status().token_id;
    const bool happened = manager_.invalidate(defect_ == token_defect::blind_invalidation ? held : id);
    if (expected != happened) differ("an invalidation went another way");
  }

  void cancel() {
    if (model_.waiting() == 0) return;
    const int caller = model_.some_waiter(draw_.below(model_.waiting()));
    model_.cancel(caller, rt_.now());
    callers_.at(caller)->cancel();
  }

  void forgive() {
    model_.forgive();
    if (draw_.below(2) == 0) return manager_.retry_now();
    manager_.use_key(manager_.key());
  }

  // Hours, so that no offset is near what an assertion bears.
  void jump() {
    if (draw_.below(2) == 0) return rt_.set_wall_skew(std::chrono::hours(draw_.below(5)));
    server_skew_ = std::chrono::hours(10 + draw_.below(5));
  }

  task<result<http::response>> post(token_request_source source) {
    drawn_answer drawn = draw_answer();
    const bool twice = draw_.below(5) == 0;
    if (twice) drawn.sent = drawn.asked + std::chrono::milliseconds(draw_.below(2000)) + answer_fraction;
    drawn.answered = drawn.sent +
                     std::chrono::milliseconds(1 + draw_.below(draw_.below(8) == 0 ? 15'000 : 300)) +
                     answer_fraction;
    drawn_ = drawn;
    asked_at_.push_back(rt_.now());
    if (defect_ == token_defect::two_flights) asked_at_.push_back(rt_.now());
    auto first = source();
    read(first);
    auto slept = co_await runtime::sleep_until(rt_, drawn.sent);
    if (slept && twice) {
      auto second = defect_ == token_defect::same_jti ? first : source();
      read(second);
    }
    if (slept) slept = co_await runtime::sleep_until(rt_, drawn.answered);
    if (!slept) co_return fail(std::move(slept.error()));
    if (drawn.why == make_error_code(runtime::errc::reset)) co_return fail(runtime::errc::reset);
    co_return answer_of(drawn);
  }

  drawn_answer draw_answer() {
    drawn_answer made;
    made.asked = made.sent = rt_.now();
    const std::uint64_t kind = draw_.below(20);
    if (kind < 12) {
      made.life = std::chrono::seconds(1 + draw_.below(kind < 4 ? 30 : 4000));
    } else if (kind < 15) {
      made.why = make_error_code(errc::unavailable);
    } else if (kind < 16) {
      made.why = make_error_code(errc::malformed);
    } else if (kind < 17) {
      made.why = make_error_code(runtime::errc::reset);
    } else {
      made.why = make_error_code(errc::refused);
      made.refusal = kind < 19 ? oauth_error::invalid_client : oauth_error::unauthorized_client;
    }
    return made;
  }

  http::response answer_of(const drawn_answer& drawn) {
    http::response made;
    made.body = "{}";
    if (drawn.life > duration{})
      made.body = R"({"access_token":"t","token_type":"bearer","expires_in":)" +
                  std::to_string(drawn.life / 1s) + "}";
    if (drawn.why == make_error_code(errc::unavailable)) made.status = 503;
    if (drawn.refusal != oauth_error::none) {
      made.status = 400;
      made.body = R"({"error":")" + std::string(to_string(drawn.refusal)) + R"(","error_description":null})";
    }
    if (defect_ != token_defect::deaf_to_dates) made.fields.add("Date", http_date(server_time()));
    learned_ = server_skew_;
    if (drawn.refusal == oauth_error::invalid_client) distrusts_ = by_server_;
    return made;
  }

  wall_time true_time() const { return rt_.wall() - rt_skew(); }
  wall_time server_time() const { return true_time() + server_skew_; }
  duration rt_skew() const { return rt_.wall() - (epoch_ + rt_.now().time_since_epoch()); }

  // The times of an assertion are the server's as last heard, or this host's where that was refuted.
  void read(const result<http::request>& request) {
    const auto form = http::decode_form(request->body);
    const jwt_parts token = take_apart((*form)[2].second);
    if (!jtis_.insert(std::string(token.claims.string_at("jti"))).second) differ("a jti came twice");
    const bool differs = learned_ && *learned_ != rt_skew();
    by_server_ = learned_ && !(distrusts_ && differs);
    const wall_time expected = true_time() + (by_server_ ? *learned_ : rt_skew());
    const wall_time issued(std::chrono::seconds(*token.claims.find("iat")->to_int64() + 30));
    if (std::chrono::abs(issued - expected) > 10s) differ("an assertion is dated by another clock");
  }

  void compare() {
    const auto by_caller = [](const auto& a, const auto& b) { return a.caller < b.caller; };
    std::sort(seen_.begin(), seen_.end(), by_caller);
    std::sort(model_.outcomes.begin(), model_.outcomes.end(), by_caller);
    if (seen_ != model_.outcomes) differ(what_differs());
    for (const model_outcome& one : seen_) {
      result_.cancelled += one.why == make_error_code(errc::cancelled);
      result_.timed_out += one.why == make_error_code(errc::timed_out);
      callers_.erase(one.caller);
    }
    seen_.clear();
    model_.outcomes.clear();
    if (static_cast<int>(asked_at_.size()) != model_.flights) differ("another number of flights");
    if (!asked_at_.empty() && model_.flights != 0 && asked_at_.back() != model_.started())
      differ("a flight began at another time");
    if (events_[0] != model_.refreshed || events_[1] != model_.failed || events_[2] != model_.invalidated)
      differ("other events");
    if (manager_.status().token_id != model_.held()) differ("another token is held");
  }

  // What the manager alone knows: the time it drew. Its bounds are the specification's.
  void check_refresh_time() {
    const instant drawn = manager_.status().refresh_at;
    const auto [known, fresh] = model_.refresh_times.emplace(model_.held(), drawn);
    if (!model_.may_refresh_at(drawn)) differ("the refresh time is out of its bounds");
    if (known->second != drawn) differ("the refresh time was drawn twice");
  }

  std::string what_differs() const {
    std::string text = "expected";
    for (const auto& one : model_.outcomes) text += ' ' + shown(one);
    text += ", seen";
    for (const auto& one : seen_) text += ' ' + shown(one);
    return text;
  }
  static std::string shown(const model_outcome& one) {
    return '#' + std::to_string(one.caller) + '@' + std::to_string(one.at.time_since_epoch().count()) + ':' +
           (one.token != 0 ? std::to_string(one.token) : one.why.message());
  }

  void differ(const std::string& what) {
    if (!result_.difference.empty()) return;
    result_.difference = "step " + std::to_string(result_.steps) + ", " +
                         std::to_string(rt_.now().time_since_epoch().count()) + " ns: " + what;
  }

  static runtime::virtual_options options_of(std::uint64_t seed) {
    runtime::virtual_options options;
    options.seed = seed;
    return options;
  }
  static token_options token_options_of() {
    token_options options;
    options.client_id = "client-1";
    options.audience = "https://epic.example/token";
    options.target = "/token";
    options.flight_timeout = flight_timeout;
    return options;
  }

  runtime::virtual_runtime rt_;
  const wall_time epoch_ = rt_.wall();
  runtime::random_stream draw_;
  token_defect defect_;
  token_model model_;
  std::optional<drawn_answer> drawn_;
  std::vector<model_outcome> seen_;
  std::vector<instant> asked_at_;
  std::set<std::string> jtis_;
  std::map<int, std::unique_ptr<runtime::task_group>> callers_;
  std::array<int, 3> events_{};
  token_ptr last_;
  duration server_skew_{};
  std::optional<duration> learned_;
  bool distrusts_ = false;
  bool by_server_ = false;
  int last_caller_ = 0;
  model_run_result result_;
  token_manager manager_;
};

}  // namespace

model_run_result run_token_model(std::uint64_t seed, int steps, token_defect defect) {
  return model_run(seed, defect).run(steps);
}

}  // namespace epicenter::smart
