// Utterances in the audit log, and what becomes of a write where the log does not take them.
#include <epicenter/audit/chained_log.hpp>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/json/parse.hpp>

#include "lib/epicenter/commands/tests/ward.hpp"

namespace epicenter::commands {
namespace {

using testing::ward;

std::unique_ptr<audit::log> open_chain(runtime::runtime& rt) {
  return audit::open_chained_log(rt, ":memory:").value();
}

std::vector<audit::entry> entries_of(ward& at, std::string_view type) {
  std::vector<audit::entry> all;
  at.audit_log().for_each([&](const audit::entry& one) {
    if (one.type == type) all.push_back(one);
  });
  return all;
}

TEST(audited_utterances, each_utterance_is_one_entry_under_the_operation_of_its_write) {
  ward at(mock::profile::orders, open_chain);
  at.say({"make me a sandwich", "order CBC", "confirm", "show allergies"});
  const auto heard = entries_of(at, audit::event::command_heard);
  ASSERT_EQ(heard.size(), 4U);
  std::vector<std::string> results;
  for (const auto& one : heard) {
    results.push_back(one.result);
    EXPECT_EQ(one.user, testing::doctor);
    EXPECT_EQ(one.patient, heard[0].patient);
    EXPECT_EQ(one.stage, audit::stage::outcome);
  }
  EXPECT_EQ(results, (std::vector<std::string>{"refused", "drafted", "confirmed", "read"}));
  EXPECT_EQ(heard[0].subject, "");
  EXPECT_EQ(heard[1].subject, at.drafted().operation);
  EXPECT_EQ(heard[2].subject, at.drafted().operation);
  const auto writes = entries_of(at, audit::event::write);
  ASSERT_EQ(writes.size(), 2U);
  EXPECT_EQ(writes[0].subject, heard[2].subject);
  EXPECT_EQ(writes[0].patient, heard[2].patient) << "the adapter's pseudonym is the session's";
  EXPECT_LT(heard[2].seq, writes[0].seq) << "the confirmation is durable before the write begins";
  const auto details = json::parse(heard[2].details).value();
  EXPECT_EQ(details.string_at("lexicon"), lexicon::version);
  EXPECT_EQ(details.string_at("utterance").size(), 32U);
  EXPECT_EQ(details.string_at("draft").size(), 32U);
  EXPECT_EQ(details.find("confidence")->to_double().value(), 1);
}

TEST(audited_utterances, the_log_holds_no_word_and_no_patient) {
  ward at(mock::profile::orders, open_chain);
  at.say({"add problem hypertension", "confirm", "show last note"});
  std::string all;
  for (const auto& one : entries_of(at, audit::event::command_heard))
    all += one.subject + one.user + one.patient + one.result + one.details;
  for (const std::string& word :
       {std::string("hypertension"), std::string("38341003"), std::string("Derrick"), at.where().patient.id,
        at.where().encounter, at.drafted().sha256})
    EXPECT_EQ(all.find(word), std::string::npos) << word;
}

runtime::task<> verify_chain(audit::chained_log& log, bool& intact) {
  const auto made = co_await log.verify({}, {});
  intact = made.has_value() && made->intact();
}

TEST(audited_utterances, the_chain_verifies_with_them) {
  ward at(mock::profile::orders, open_chain);
  at.say({"order CBC", "confirm"});
  bool intact = false;
  auto& log = dynamic_cast<audit::chained_log&>(at.audit_log());
  spawn(at.rt(), "verify", verify_chain(log, intact));
  (void)at.rt().run(at.rt().now() + 1s);
  EXPECT_TRUE(intact);
}

/// A log that takes no utterances, or takes them and never says so.
class failing_log final : public audit::log {
 public:
  enum class failure { refuses, hangs };
  failing_log(runtime::runtime& rt, failure how, bool& failing) : rt_(rt), how_(how), failing_(failing) {}

  runtime::task<result<std::uint64_t>> append(audit::entry what) override {
    const bool utterance = what.type == audit::event::command_heard;
    if (!failing_ || !utterance) return inner_->append(std::move(what));
    return fail_to_append();
  }
  void start_append(audit::entry what, append_handler done) override {
    inner_->start_append(std::move(what), std::move(done));
  }
  void for_each(const std::function<void(const audit::entry&)>& see) const override { inner_->for_each(see); }
  std::uint64_t size() const override { return inner_->size(); }

 private:
  runtime::task<result<std::uint64_t>> fail_to_append() {
    if (how_ == failure::hangs) co_await sleep_for(rt_, 1h);
    co_return fail(audit::errc::unavailable);
  }
  runtime::runtime& rt_;
  failure how_;
  bool& failing_;
  std::unique_ptr<audit::log> inner_ = audit::memory_log();
};

TEST(audited_utterances, a_confirmed_write_whose_record_is_not_kept_is_not_filed) {
  for (const auto how : {failing_log::failure::refuses, failing_log::failure::hangs}) {
    bool failing = false;
    ward at(mock::profile::orders,
            [&](runtime::runtime& rt) { return std::make_unique<failing_log>(rt, how, failing); });
    at.say({"order CBC"});
    failing = true;
    const auto told = at.say({"confirm"}).at(0);
    EXPECT_EQ(told.rfind("Not filed", 0), 0U) << told;
    EXPECT_NE(told.find("could not be recorded in the audit log"), std::string::npos) << told;
    EXPECT_EQ(at.say({"confirm"}).at(0), "There is no draft to confirm.");
    EXPECT_EQ(at.say({"show allergies"}).at(0).rfind("Allergies", 0), 0U) << "reading goes on";
    failing = false;
    at.say({"order CBC", "confirm"});
    EXPECT_EQ(at.creates().size(), 1U) << "the second order alone";
  }
}

}  // namespace
}  // namespace epicenter::commands
