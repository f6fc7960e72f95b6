// What was confirmed is what is sent, and what would be sent otherwise is not sent.
#include <epicenter/commands/canonical.hpp>
#include <epicenter/commands/planned_resource.hpp>
#include <functional>

#include "lib/epicenter/commands/tests/random_command.hpp"
#include "lib/epicenter/commands/tests/ward.hpp"

namespace epicenter::commands {
namespace {

using testing::ward;

draft drafted_of(const write_intent& what) {
  return make_draft(what, testing::derrick(), "0198f2c6-6d7e-4c31-9a52-1f0f5f1c2b77",
                    wall_time(1'790'000'000s))
      .value();
}

// Bytes at the wire, without what filing adds.
json::value as_drafted(json::value sent) {
  for (const auto* of_filing : {"identifier", "authoredOn", "date"}) sent.if_object()->erase(of_filing);
  return sent;
}

TEST(confirmed_bytes, what_comes_over_the_wire_is_the_draft_that_was_confirmed) {
  testing::draws random(17);
  std::vector<std::string> texts{"order stat CMP for pneumonia",
                                 "order chest x-ray two views",
                                 "start amoxicillin 500 mg capsule three times daily as needed for 10 days",
                                 "add allergy to penicillin with severe hives",
                                 "add problem hypertension",
                                 "record blood pressure 120 over 80",
                                 "record weight 158 lb",
                                 "file progress note"};
  for (int i = 0; i < 40; ++i)
    texts.push_back(spoken(testing::random_write(*testing::standard_lexicon(), random)));
  ward at(mock::profile::orders);
  for (const auto& text : texts) {
    SCOPED_TRACE(text);
    at.say({text});
    const draft confirmed = at.drafted();
    const std::size_t before = at.sent().size();
    at.say({"confirm"});
    const auto sent = at.sent();
    ASSERT_EQ(sent.size(), before + 1);
    EXPECT_EQ(sent.back().string_at("identifier.0.value"), confirmed.operation);
    EXPECT_EQ(canonical(as_drafted(sent.back())), canonical(confirmed.resource));
  }
}

// Files something else than what was confirmed: a defect between the confirmation and the adapter.
class meddler final : public executor {
 public:
  meddler(executor& honest, std::function<void(draft&)> change)
      : honest_(honest), change_(std::move(change)) {}
  runtime::task<result<read_answer>> read(read_intent what, session_context where) override {
    return honest_.read(what, std::move(where));
  }
  runtime::task<result<std::string>> read_note(json::value document, session_context where) override {
    return honest_.read_note(std::move(document), std::move(where));
  }
  runtime::task<write_report> file(confirmed_write what) override {
    change_(what.draft);
    return honest_.file(std::move(what));
  }

 private:
  executor& honest_;
  std::function<void(draft&)> change_;
};

struct defect {
  const char* name;
  const char* text;
  std::function<void(draft&)> change;
};

std::vector<defect> planted_defects() {
  const auto* drugs = &testing::standard_lexicon()->entries(topic::drug);
  return {
      {"nothing", "order CBC", [](draft&) {}},
      {"another priority", "order CBC",
       [](draft& d) { std::get<lab_order>(d.what).priority = priority::stat; }},
      {"another drug", "start lisinopril 10 mg daily",
       [drugs](draft& d) { std::get<medication_order>(d.what).drug = drugs->back(); }},
      {"a supply", "start lisinopril 10 mg daily",
       [](draft& d) { std::get<medication_order>(d.what).days = 30; }},
      {"no reaction", "add allergy to penicillin with hives",
       [](draft& d) { std::get<allergy>(d.what).reaction = nullptr; }},
      {"another digit", "record weight 72 kilos",
       [](draft& d) { std::get<measure>(std::get<vital_sign>(d.what).value).value = "72.0"; }},
      {"another time", "record weight 72 kilos", [](draft& d) { d.drafted_at -= 1h; }},
      {"another text", "file progress note", [](draft& d) { d.where.note_text += ' '; }},
      {"another patient", "order CBC", [](draft& d) { d.where.patient.id += 'x'; }},
      {"another encounter", "order CBC", [](draft& d) { d.where.encounter += 'x'; }},
      {"another requester", "order CBC", [](draft& d) { d.where.user += 'x'; }},
      {"another operation", "order CBC",
       [](draft& d) { d.operation.back() = d.operation.back() == '0' ? '1' : '0'; }},
      {"other words", "order CBC", [](draft& d) { d.read_back += ' '; }},
      {"another resource", "order CBC", [](draft& d) { d.resource.if_object()->set("priority", "stat"); }},
      {"another resource and its hash", "order CBC",
       [](draft& d) {
         d.resource.if_object()->set("priority", "stat");
         d.sha256 = sha256_of(d);
       }},
  };
}

TEST(confirmed_bytes, a_difference_between_confirmation_and_filing_is_refused) {
  for (const auto& one : planted_defects()) {
    SCOPED_TRACE(one.name);
    ward at(mock::profile::orders);
    meddler between(at.adapter_hands(), one.change);
    at.put_between(between);
    at.say({one.text});
    const std::string told = at.say({"confirm"}).at(0);
    const bool honest = std::string_view(one.name) == "nothing";
    EXPECT_EQ(at.sent().size(), honest ? 1U : 0U);
    EXPECT_EQ(told.rfind(honest ? "Filed." : "Not filed", 0), 0U) << told;
    EXPECT_EQ(told.find("What would be sent is not what was confirmed.") != std::string::npos, !honest)
        << told;
  }
}

// Every value of a planned resource, one after another, taken away or changed: what was asked for is missed
// wherever it was said.
void for_each_value(json::value& at, const std::function<void(json::value&)>& see) {
  if (auto* list = at.if_array()) {
    for (auto& one : *list) for_each_value(one, see);
  } else if (auto* members = at.if_object()) {
    for (auto& [key, one] : *members) for_each_value(one, see);
  } else {
    see(at);
  }
}

std::size_t changes_missed(const draft& of, const std::vector<std::string>& asked) {
  std::size_t missed = 0;
  json::value altered = of.resource;
  for_each_value(altered, [&](json::value& one) {
    const auto text = one.if_string();
    const auto number = one.if_number();
    const std::string stood(text ? *text : number ? number->text : json::text_view());
    if (std::find(asked.begin(), asked.end(), stood) == asked.end()) return;
    const json::value kept = std::exchange(one, json::value("other"));
    if (says_what_was_asked(altered, of)) ++missed;
    one = kept;
  });
  return missed;
}

TEST(confirmed_bytes, a_plan_that_does_not_say_what_was_asked_is_no_draft) {
  const auto known = testing::standard_lexicon();
  const entry* penicillin = known->entries(topic::substance).front();
  const entry* hives = known->entries(topic::reaction).front();
  const draft full = drafted_of(allergy{penicillin, hives, severity::severe});
  EXPECT_TRUE(says_what_was_asked(full.resource, full));
  EXPECT_EQ(changes_missed(full, {"70618", "247472004", "severe", "Patient/" + full.where.patient.id}), 0U);
  const draft bare = drafted_of(allergy{penicillin, nullptr, std::nullopt});
  EXPECT_FALSE(says_what_was_asked(full.resource, bare)) << "more than was asked for";
  EXPECT_FALSE(says_what_was_asked(bare.resource, full)) << "less";
  for (const auto& what : {write_intent(vital_sign{known->entries(topic::vital).front(), pressure{120, 80}}),
                           write_intent(note{known->entries(topic::note_type).front()})}) {
    const draft made = drafted_of(what);
    EXPECT_EQ(changes_missed(made, {"120", "80", "8480-6", "8462-4", "preliminary",
                                    "RmVlbHMgYmV0dGVyLg==", "Encounter/" + made.where.encounter}),
              0U);
  }
}

TEST(confirmed_bytes, of_two_different_commands_neither_plan_passes_for_the_other) {
  testing::draws random(19);
  int compared = 0;
  for (int i = 0; i < 300; ++i) {
    const draft one = drafted_of(testing::random_write(*testing::standard_lexicon(), random));
    const draft other = drafted_of(testing::random_write(*testing::standard_lexicon(), random));
    if (one.what == other.what) continue;
    ++compared;
    EXPECT_FALSE(says_what_was_asked(one.resource, other))
        << described(one.what) << " / " << described(other.what);
  }
  EXPECT_GT(compared, 250);
}

}  // namespace
}  // namespace epicenter::commands
