#include <deque>
#include <epicenter/epic/audit_trail.hpp>

namespace epicenter::epic {
namespace {

// Pseudonyms of two processes then differ; a known or empty key would let anybody test for a patient.
secret key_of_this_object(const runtime::runtime& rt) {
  auto random = rt.random("epic.audit_key");
  std::string key;
  for (int i = 0; i < 32; ++i) key += static_cast<char>(random.below(256));
  return secret(std::move(key));
}

// More at a time would make the next intent wait for a whole backlog.
constexpr std::size_t paid_at_a_time = 1000;

}  // namespace

/// Outlives the trail while the log has answers to give.
struct audit_trail::state : std::enable_shared_from_this<state> {
  state(runtime::runtime& rt, audit::log& to) : log(to), answered(rt) {}

  void hand_over(audit::entry&& what) {
    ++handed_over;
    auto kept = std::make_shared<audit::entry>(what);
    log.start_append(std::move(what), [self = shared_from_this(), kept](const result<std::uint64_t>& got) {
      if (!got) self->owe(std::move(*kept));
      ++self->answers;
      self->answered.notify_all();
    });
  }

  void owe(audit::entry what) {
    if (owed.size() < max_owed) {
      owed.push_back(std::move(what));
    } else {
      ++lost;
      lost_at = what.at;
    }
  }

  // Not while some are under way: each would be handed over many times.
  void pay() {
    if (owed.empty() || answers != handed_over) return;
    auto now = std::exchange(owed, {});
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (i < paid_at_a_time) {
        hand_over(std::move(now[i]));
      } else {
        owe(std::move(now[i]));
      }
    }
    if (lost == 0 || now.size() > paid_at_a_time) return;
    audit::entry told;
    told.at = lost_at;
    told.stage = audit::stage::outcome;
    told.type = audit::event::entries_lost;
    told.result = std::to_string(std::exchange(lost, 0));
    hand_over(std::move(told));
  }

  audit::log& log;
  std::uint64_t handed_over = 0;
  std::uint64_t answers = 0;
  runtime::event answered;
  std::deque<audit::entry> owed;
  std::uint64_t lost = 0;
  wall_time lost_at{};
};

audit_trail::audit_trail(runtime::runtime& rt, audit::log& log, const secret& key)
    : runtime_(rt),
      state_(std::make_shared<state>(rt, log)),
      pseudonyms_((key.empty() ? key_of_this_object(rt) : key).reveal()) {}

std::string audit_trail::pseudonym(std::string_view patient) const {
  return pseudonyms_.of(patient);
}

std::size_t audit_trail::owed() const {
  return state_->owed.size();
}

audit::entry audit_trail::entry_of(audit::stage stage, std::string_view type, std::string subject,
                                   who by) const {
  audit::entry made;
  made.at = runtime_.wall();
  made.stage = stage;
  made.type = type;
  made.subject = std::move(subject);
  made.user = by.user;
  made.patient = by.patient;
  return made;
}

// No coroutine of its own: every call would pay for it.
runtime::task<result<std::uint64_t>> audit_trail::intent(std::string_view type, std::string subject, who by) {
  state_->pay();
  return state_->log.append(entry_of(audit::stage::intent, type, std::move(subject), by));
}

void audit_trail::outcome(std::string_view type, std::string subject, who by, std::string outcome) {
  auto made = entry_of(audit::stage::outcome, type, std::move(subject), by);
  made.result = std::move(outcome);
  state_->hand_over(std::move(made));
}

runtime::task<> audit_trail::settled() {
  return wait_for_answers(state_);
}

runtime::task<> audit_trail::wait_for_answers(std::shared_ptr<state> of) {
  const std::uint64_t mine = of->handed_over;
  while (of->answers < mine) {
    auto woken = co_await of->answered.wait(runtime::never);
    if (!woken) co_return;
  }
}

}  // namespace epicenter::epic
