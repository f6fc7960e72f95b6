// How the adapter is let in: keys that are replaced while it runs, scopes, refusals, and a site read again.
#include <epicenter/audit/event_types.hpp>
#include <epicenter/base/cause.hpp>
#include <epicenter/epic/wanted_scopes.hpp>

#include "lib/epicenter/epic/tests/world.hpp"
#include "lib/epicenter/smart/tests/test_keys.hpp"

namespace epicenter::epic::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view token_path = "/token";

class kept_state final : public smart::rotation_store {
 public:
  explicit kept_state(std::optional<smart::rotation_state>& disk) : disk_(disk) {}
  task<result<std::optional<smart::rotation_state>>> load() override { co_return disk_; }
  task<result<>> save(smart::rotation_state state) override {
    disk_ = std::move(state);
    co_return result<>();
  }

 private:
  std::optional<smart::rotation_state>& disk_;
};

struct keeping {
  std::optional<smart::rotation_state> disk;
  std::vector<std::string> published;
  std::string test_patient;

  std::shared_ptr<const key_keeping> parts() {
    auto made = std::make_shared<key_keeping>();
    made->open_store = [this](runtime::runtime&) { return std::make_unique<kept_state>(disk); };
    made->parts.publish = [this](std::string document) { return publish(std::move(document)); };
    made->parts.load_key = [](smart::key_record wanted) { return load(std::move(wanted)); };
    made->source = "first";
    made->test_patient = test_patient;
    return made;
  }
  task<result<>> publish(std::string document) {
    published.push_back(std::move(document));
    co_return result<>();
  }
  static task<result<smart::private_key>> load(smart::key_record wanted) {
    co_return fail(smart::errc::no_file, wanted.source);
  }
};

smart::signing_key next_key() {
  return {smart::named_key(smart::algorithm::es384, "next"), "next.pem", wall_time{}};
}

std::vector<std::string> key_events(const world& w) {
  std::vector<std::string> all;
  for (const auto& one : w.told<events::key_changed>()) all.push_back(std::string(one.what) + ' ' + one.kid);
  return all;
}

std::vector<std::string> warnings(const world& w) {
  std::vector<std::string> all;
  for (const auto& one : w.told<events::access_warning>()) {
    std::string text(one.what);
    for (const auto& more : {std::string(one.reason), one.resource})
      if (!more.empty()) text += ' ' + more;
    all.push_back(std::move(text));
  }
  return all;
}

std::vector<std::string> audited_rotations(const world& w) {
  std::vector<std::string> all;
  w.audit->for_each([&all](const audit::entry& one) {
    if (one.type != audit::event::credentials_rotated) return;
    const bool intent = one.stage == audit::stage::intent;
    all.push_back(one.user + ' ' + one.subject + ' ' + (intent ? "?" : one.result));
  });
  return all;
}

rule token_answer(unsigned status, json::object body) {
  return rule{twist::none, json_answer(status, json::value(std::move(body)))};
}

TEST(access, a_key_is_replaced_while_reads_go_on) {
  keeping kept;
  world w;
  w.options.keys = kept.parts();
  w.run([&kept](world& v) -> task<> {
    auto started = co_await v.epic().start();
    EXPECT_TRUE(started.has_value());
    auto before = co_await v.epic().latest_labs(v.reading());
    EXPECT_TRUE(before.has_value());
    auto rotated = co_await v.epic().rotate_key(next_key(), "admin-7");
    EXPECT_TRUE(rotated.has_value()) << rotated.error().message();
    // The read that proved it carried the new token, and showed nobody's data.
    EXPECT_EQ(v.epic_site.count("GET", "Patient?identifier="), 1U);
    EXPECT_EQ(v.epic_site.requests.back().authorization, "Bearer tok-2");
    const auto status = v.epic().access();
    EXPECT_TRUE(status.key.has_value());
    EXPECT_EQ(status.key->active_kid, "next");
    EXPECT_EQ(status.token.kid, "next");
    EXPECT_EQ(kept.disk->active.source, "next.pem");
    auto after = co_await v.epic().latest_labs(v.reading());
    EXPECT_TRUE(after.has_value());
    EXPECT_EQ(v.epic_site.requests.back().authorization, "Bearer tok-2");
    auto slept = co_await runtime::sleep_for(v.rt(), 10min);
    EXPECT_TRUE(slept.has_value());
  });
  EXPECT_THAT(key_events(w), ElementsAre("key.rotation_began next", "key.rotation_completed next",
                                         HasSubstr("key.withdrawn")));
  EXPECT_THAT(kept.published.back(), HasSubstr("\"next\""));
  EXPECT_THAT(audited_rotations(w), ElementsAre("admin-7 next ?", "admin-7 next signs"));
}

TEST(access, a_key_whose_token_reads_nothing_is_not_signed_with) {
  keeping kept;
  world w;
  w.options.keys = kept.parts();
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.target.find("Patient?identifier=") == std::string::npos) return std::nullopt;
    return refusing(403, "59187");
  };
  w.run([](world& v) -> task<> {
    auto started = co_await v.epic().start();
    EXPECT_TRUE(started.has_value());
    const std::string first = v.epic().access().key->active_kid;
    auto rotated = co_await v.epic().rotate_key(next_key(), "admin-7");
    EXPECT_FALSE(rotated.has_value());
    if (!rotated) {
      EXPECT_EQ(rotated.error(), make_error_code(smart::errc::rotation_failed));
    }
    EXPECT_EQ(v.epic().access().key->active_kid, first);
    auto read = co_await v.epic().latest_labs(v.reading());
    EXPECT_TRUE(read.has_value());
  });
  EXPECT_THAT(key_events(w), Contains(HasSubstr("key.rotation_rolled_back")));
  EXPECT_THAT(audited_rotations(w), ElementsAre("admin-7 next ?", "admin-7 next last_good_key_signs"));
}

TEST(access, a_test_patient_must_be_readable_with_the_new_key) {
  for (const bool there : {true, false}) {
    keeping kept;
    kept.test_patient = "eTestPatient";
    world w;
    w.options.keys = kept.parts();
    w.epic_site.script = [there](const http::request& request) -> std::optional<rule> {
      if (there || !request.target.ends_with("Patient/eTestPatient")) return std::nullopt;
      return refusing(404, "4101");
    };
    w.run([there](world& v) -> task<> {
      auto started = co_await v.epic().start();
      EXPECT_TRUE(started.has_value());
      auto rotated = co_await v.epic().rotate_key(next_key(), "admin-7");
      EXPECT_EQ(rotated.has_value(), there);
      EXPECT_EQ(v.epic_site.count("GET", "Patient/eTestPatient"), 1U);
    });
  }
}

TEST(access, going_back_to_the_key_before_takes_an_actor_and_a_key) {
  keeping kept;
  world w;
  w.options.keys = kept.parts();
  w.run([](world& v) -> task<> {
    auto started = co_await v.epic().start();
    EXPECT_TRUE(started.has_value());
    EXPECT_EQ(v.epic().roll_back_key("none is there", "admin-7").error(), make_error_code(errc::not_found));
    const std::string first = v.epic().access().key->active_kid;
    auto rotated = co_await v.epic().rotate_key(next_key(), "admin-7");
    EXPECT_TRUE(rotated.has_value());
    EXPECT_EQ(v.epic().roll_back_key("it smells", "").error(), make_error_code(errc::invalid_argument));
    EXPECT_TRUE(v.epic().roll_back_key("it smells", "admin-8").has_value());
    EXPECT_EQ(v.epic().access().key->active_kid, first);
  });
  EXPECT_THAT(audited_rotations(w), Contains(HasSubstr("admin-8")));
}

TEST(access, nothing_is_rotated_before_the_start) {
  keeping kept;
  world w;
  w.options.keys = kept.parts();
  w.run([](world& v) -> task<> {
    EXPECT_FALSE(v.epic().access().key.has_value());
    auto rotated = co_await v.epic().rotate_key(next_key(), "admin-7");
    EXPECT_EQ(rotated.error(), make_error_code(errc::invalid_argument));
    EXPECT_FALSE(v.epic().roll_back_key("it smells", "admin-7").has_value());
  });
  EXPECT_THAT(kept.published, IsEmpty());
}

TEST(access, without_key_keeping_the_key_stays) {
  world w;
  w.run([](world& v) -> task<> {
    auto started = co_await v.epic().start();
    EXPECT_TRUE(started.has_value());
    EXPECT_FALSE(v.epic().access().key.has_value());
    auto rotated = co_await v.epic().rotate_key(next_key(), "admin-7");
    EXPECT_EQ(rotated.error(), make_error_code(errc::not_supported));
    EXPECT_EQ(v.epic().roll_back_key("why not", "admin-7").error(), make_error_code(errc::not_supported));
  });
}

task<> rotate_into(adapter& epic, std::optional<result<>>& outcome) {
  auto rotated = co_await epic.rotate_key(next_key(), "admin-7");
  outcome = std::move(rotated);
}

TEST(access, a_rotation_does_not_hold_up_the_end) {
  keeping kept;
  world w;
  std::optional<result<>> outcome;
  w.options.keys = kept.parts();
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.target != token_path) return std::nullopt;
    return rule{twist::hang, std::nullopt};
  };
  instant ended{};
  w.run([&outcome, &ended](world& v) -> task<> {
    auto started = co_await v.epic().start();
    EXPECT_TRUE(started.has_value());
    runtime::task_group asking(v.rt());
    asking.spawn("rotate", rotate_into(v.epic(), outcome));
    auto slept = co_await runtime::sleep_for(v.rt(), 1s);
    EXPECT_TRUE(slept.has_value());
    co_await v.epic().stop(2s);
    ended = v.now();
    co_await asking.join();
  });
  EXPECT_LE(ended, instant(4s));
  EXPECT_TRUE(outcome.has_value());
  EXPECT_FALSE(outcome->has_value());
}

TEST(access, a_key_older_than_ninety_days_is_told_and_signs_on) {
  keeping kept;
  auto parts = std::make_shared<key_keeping>(*kept.parts());
  world w;
  parts->created = w.rt().wall() - std::chrono::days(89);
  w.options.keys = parts;
  w.run([](world& v) -> task<> {
    auto started = co_await v.epic().start();
    EXPECT_TRUE(started.has_value());
    auto slept = co_await runtime::sleep_for(v.rt(), 23h);
    EXPECT_TRUE(slept.has_value());
    EXPECT_EQ(v.epic().access().key->level, smart::key_age_level::warning);
  });
  EXPECT_THAT(key_events(w), ElementsAre(HasSubstr("key.age_warning")));
}

TEST(access, what_the_site_does_not_grant_is_told_once) {
  world w;
  w.options.site = site_profile::epic();
  w.epic_site.token_lifetime = 60s;
  w.epic_site.script = [](const http::request& request) -> std::optional<rule> {
    if (request.target != token_path) return std::nullopt;
    return token_answer(
        200, {{"access_token", "tok-x"},
              {"token_type", "bearer"},
              {"expires_in", std::int64_t{60}},
              {"scope",
               "system/Patient.rs system/AllergyIntolerance.crs system/Condition.crs Observation.read "
               "Observation.search Observation.create system/MedicationRequest.rs "
               "system/Immunization.rs system/Encounter.rs system/DocumentReference.read "
               "system/Binary.read openid"}});
  };
  w.run([](world& v) -> task<> {
    for (int i = 0; i != 4; ++i) {
      auto read = co_await v.epic().latest_labs(v.reading("op-" + std::to_string(i)));
      EXPECT_TRUE(read.has_value());
      auto slept = co_await runtime::sleep_for(v.rt(), 2min);
      EXPECT_TRUE(slept.has_value());
    }
    EXPECT_THAT(v.epic().access().not_granted, ElementsAre("DocumentReference: create not granted"));
  });
  EXPECT_THAT(warnings(w), ElementsAre("scope_not_granted DocumentReference"));
}

TEST(access, a_site_that_does_not_say_what_it_granted_is_believed) {
  world w;
  w.run([](world& v) -> task<> {
    auto read = co_await v.epic().latest_labs(v.reading());
    EXPECT_TRUE(read.has_value());
    EXPECT_THAT(v.epic().access().not_granted, IsEmpty());
  });
  EXPECT_THAT(warnings(w), IsEmpty());
}

TEST(access, scopes_are_wanted_for_what_the_site_lets_us_do) {
  auto site = site_profile::epic();
  const auto some = wanted_scopes(site);
  EXPECT_THAT(some, Contains("system/Patient.r"));
  EXPECT_THAT(some, Not(Contains(HasSubstr("ServiceRequest"))));
  EXPECT_THAT(wanted_scopes(site_profile::orders()), Contains(HasSubstr("system/ServiceRequest.c")));
  for (std::size_t i = 0; i != operation_count; ++i) site.of(operation_at(i)).allowed = false;
  EXPECT_THAT(wanted_scopes(site), IsEmpty());
}

TEST(access, a_refusal_is_explained_once_a_minute_and_forgotten_with_a_token) {
  world w;
  auto refusing_us = std::make_shared<bool>(true);
  w.epic_site.script = [refusing_us](const http::request& request) -> std::optional<rule> {
    if (!*refusing_us || request.target != token_path) return std::nullopt;
    return token_answer(400, {{"error", "unauthorized_client"}});
  };
  w.run([refusing_us](world& v) -> task<> {
    for (int i = 0; i != 6; ++i) {
      auto read = co_await v.epic().latest_labs(v.reading("op-" + std::to_string(i)));
      EXPECT_FALSE(read.has_value());
      auto slept = co_await runtime::sleep_for(v.rt(), 5s);
      EXPECT_TRUE(slept.has_value());
    }
    EXPECT_EQ(v.epic().access().refusal.cause, smart::refusal_cause::no_background_user);
    *refusing_us = false;
    auto slept = co_await runtime::sleep_for(v.rt(), 1h);
    EXPECT_TRUE(slept.has_value());
    auto read = co_await v.epic().latest_labs(v.reading("op-good"));
    EXPECT_TRUE(read.has_value());
    EXPECT_EQ(v.epic().access().refusal.cause, smart::refusal_cause::none);
  });
  EXPECT_THAT(warnings(w), ElementsAre("client_refused no_background_user"));
}

TEST(access, the_site_is_read_at_the_start_and_every_day) {
  world w;
  w.options.reread_site = 6h;
  w.epic_site.capabilities = json::object{
      {"resourceType", "CapabilityStatement"},
      {"rest", json::array{json::object{
                   {"mode", "server"},
                   {"resource", json::array{json::object{
                                    {"type", "Patient"},
                                    {"interaction", json::array{json::object{{"code", "read"}}}}}}}}}}};
  w.run([](world& v) -> task<> {
    EXPECT_TRUE(v.epic().site().of(operation_kind::latest_labs).allowed);
    auto started = co_await v.epic().start();
    EXPECT_TRUE(started.has_value());
    auto slept = co_await runtime::sleep_for(v.rt(), 1s);
    EXPECT_TRUE(slept.has_value());
    EXPECT_FALSE(v.epic().site().of(operation_kind::latest_labs).allowed);
    auto later = co_await runtime::sleep_for(v.rt(), 13h);
    EXPECT_TRUE(later.has_value());
  });
  EXPECT_GE(w.epic_site.count("GET", "/metadata"), 3U);
}

TEST(access, a_site_that_cannot_be_read_is_told_once_and_asked_again) {
  world w;
  w.options.reread_site = 24h;
  const auto down = std::make_shared<bool>(true);
  w.epic_site.script = [down](const http::request& request) -> std::optional<rule> {
    if (!*down || !request.target.ends_with("/metadata")) return std::nullopt;
    return refusing(404, "4101");
  };
  w.run([down](world& v) -> task<> {
    auto started = co_await v.epic().start();
    EXPECT_TRUE(started.has_value());
    auto slept = co_await runtime::sleep_for(v.rt(), 20min);
    EXPECT_TRUE(slept.has_value());
    EXPECT_EQ(v.epic_site.count("GET", "/metadata"), 5U);  // at 0, 1, 3, 7 and 15 minutes
    *down = false;
    auto later = co_await runtime::sleep_for(v.rt(), 20min);
    EXPECT_TRUE(later.has_value());
  });
  EXPECT_EQ(warnings(w).front(), "site_not_read");
  EXPECT_EQ(warnings(w).size(), 1U);
}

}  // namespace
}  // namespace epicenter::epic::test
