#include <algorithm>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/epic/owed_outcomes.hpp>

namespace epicenter::epic {
namespace {

// More at once would make the next intent wait for a whole backlog.
constexpr std::size_t most_at_once = 256;
// A log that answers at once would otherwise hold up the loop for as long as anything is owed.
constexpr std::size_t most_in_a_turn = 1000;
constexpr duration first_pause = 1s;
constexpr duration max_pause = 1min;
constexpr duration pause_at_the_end = 100ms;

audit::entry count_of_lost(std::uint64_t lost, wall_time at) {
  audit::entry made;
  made.at = at;
  made.stage = audit::stage::outcome;
  made.type = audit::event::entries_lost;
  made.result = std::to_string(lost);
  return made;
}

}  // namespace

owed_outcomes::owed_outcomes(runtime::runtime& rt, audit::log& log)
    : world_(rt), log_(log), answered_(rt), at_once_(1), pause_(first_pause) {}

void owed_outcomes::put(audit::entry what) {
  item made{put_++, 1, std::move(what)};
  const bool others_first = !owed_.empty() || (refusing_ && !paying_.empty());
  if (closed_ || !others_first) {
    hand_over(std::move(made));
  } else {
    owe(std::move(made));
    pay();
  }
}

void owed_outcomes::hand_over(item what) {
  ++handed_over_;
  auto kept = std::make_shared<item>(std::move(what));
  log_.start_append(kept->entry, [self = shared_from_this(), kept](const result<std::uint64_t>& got) {
    self->take_answer(*kept, got.has_value());
  });
}

void owed_outcomes::take_answer(item& what, bool taken) {
  ++answers_;
  const bool paid = paying_.erase(what.number) != 0;
  refusing_ = !taken;
  if (!taken) {
    at_once_ = 1;
    if (!closed_) owe(std::move(what));
  } else {
    pause_ = first_pause;
    if (paid && paying_.empty()) at_once_ = std::min(2 * at_once_, most_at_once);
  }
  answered_.notify_all();
  if (taken) {
    pay();
  } else {
    try_later();
  }
}

// One that was refused comes back to its place.
void owed_outcomes::owe(item what) {
  if (owed() >= max_owed) {
    lost_ += what.outcomes;
    lost_at_ = what.entry.at;
    return;
  }
  const auto later = [](std::uint64_t number, const item& one) { return number < one.number; };
  const auto place = std::upper_bound(owed_.begin(), owed_.end(), what.number, later);
  owed_.insert(place, std::move(what));
}

// A log may answer before start_append returns: a loop, as calls of calls would fill the stack.
void owed_outcomes::pay() {
  if (inside_ || closed_ || !paying_.empty()) return;
  inside_ = true;
  std::size_t given = 0;
  do {
    if (lost_ > 0 && owed() <= max_owed / 2) owe_count_of_lost();
    given += pay_some();
  } while (may_go_on() && given < most_in_a_turn);
  inside_ = false;
  if (may_go_on()) pay_in(duration{});
}

bool owed_outcomes::may_go_on() const {
  return !closed_ && !refusing_ && paying_.empty() && (!owed_.empty() || lost_ > 0);
}

std::size_t owed_outcomes::pay_some() {
  const std::size_t most = refusing_ ? 1 : at_once_;
  std::size_t given = 0;
  while (given < most && !owed_.empty()) {
    item next = std::move(owed_.front());
    owed_.pop_front();
    paying_.insert(next.number);
    ++given;
    hand_over(std::move(next));
    if (refusing_) break;
  }
  return given;
}

void owed_outcomes::owe_count_of_lost() {
  const std::uint64_t lost = std::exchange(lost_, 0);
  owed_.push_back(item{put_++, lost, count_of_lost(lost, lost_at_)});
}

void owed_outcomes::try_later() {
  if (timer_armed_ || closed_) return;
  timer_armed_ = true;
  pay_in(pause_);
  pause_ = std::min(2 * pause_, max_pause);
}

void owed_outcomes::pay_in(duration time) {
  const std::weak_ptr<owed_outcomes> weak = weak_from_this();
  const bool of_timer = time > duration{};
  world_.wait_until(world_.now() + time, [weak, of_timer](runtime::system_error_code) {
    const auto self = weak.lock();
    if (!self) return;
    if (of_timer) self->timer_armed_ = false;
    self->pay();
  });
}

bool owed_outcomes::is_settled() const {
  return answers_ == handed_over_ && owed_.empty() && lost_ == 0;
}

bool owed_outcomes::is_open_before(std::uint64_t number) const {
  const bool under_way = !paying_.empty() && *paying_.begin() < number;
  return under_way || (!owed_.empty() && owed_.front().number < number);
}

runtime::task<> owed_outcomes::settled(std::shared_ptr<owed_outcomes> of) {
  const std::uint64_t mine = of->put_;
  const std::uint64_t handed_over = of->handed_over_;
  while (of->answers_ < handed_over || (!of->refusing_ && of->is_open_before(mine))) {
    auto woken = co_await of->answered_.wait(runtime::never);
    if (!woken) co_return;
  }
}

runtime::task<unaudited> owed_outcomes::end(std::shared_ptr<owed_outcomes> of, instant deadline) {
  bool cancelled = false;
  while (!cancelled && !of->is_settled() && of->world_.now() < deadline) {
    of->pay();
    const instant next = std::min(deadline, of->world_.now() + pause_at_the_end);
    while (!cancelled && !of->is_settled() && of->world_.now() < next) {
      auto woken = co_await of->answered_.wait(next);
      cancelled = !woken && woken.error() == make_error_code(runtime::errc::cancelled);
    }
  }
  co_return of->give_up();
}

unaudited owed_outcomes::give_up() {
  closed_ = true;
  unaudited left;
  left.unanswered = handed_over_ - answers_;
  left.lost = std::exchange(lost_, 0);
  for (const auto& one : owed_) left.lost += one.outcomes;
  owed_.clear();
  if (left.lost > 0) hand_over(item{put_++, left.lost, count_of_lost(left.lost, world_.wall())});
  answered_.notify_all();
  return left;
}

}  // namespace epicenter::epic
