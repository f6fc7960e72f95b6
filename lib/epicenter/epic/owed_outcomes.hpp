// Outcomes on their way to the audit log, and those that it has not taken.
#pragma once

#include <deque>
#include <epicenter/audit/log.hpp>
#include <epicenter/runtime/task.hpp>
#include <memory>
#include <set>

namespace epicenter::epic {

/// What is not known to be in the audit log at the end.
struct unaudited {
  std::uint64_t lost = 0;        ///< counted in one entry of type entries_lost, where the log takes that
  std::uint64_t unanswered = 0;  ///< handed over, and the log has not said whether it has them
};

/// Outcomes are handed over in the order they were put. What the log refuses is owed, and so is what is put
/// while anything is: it is handed over again when anything is put, on pay(), whenever the log takes an
/// outcome, and after a pause. After a refusal one entry goes first, to see; then more at a time, for as long
/// as the log takes them. So an outcome overtakes another only where both were under way at once and the log
/// refused the older one. Held by shared_ptr: it outlives its owner while the log has answers to give; the
/// log outlives close() or give_up().
class owed_outcomes : public std::enable_shared_from_this<owed_outcomes> {
 public:
  owed_outcomes(runtime::runtime&, audit::log&);

  /// Beyond max_owed that are owed it is dropped, counted, and told to the log once half of them are paid.
  void put(audit::entry);
  /// Hands over what is owed: one entry where the log has refused the last one.
  void pay();
  /// From now on what is owed is not handed over any more.
  void close() { closed_ = true; }

  std::size_t owed() const { return owed_.size() + paying_.size(); }
  static constexpr std::size_t max_owed = 10'000;

  /// Waits until all that was put before is in the log, or the log refuses.
  static runtime::task<> settled(std::shared_ptr<owed_outcomes>);
  /// Pays until all is in the log or until the deadline, and closes. What is owed then is counted as lost,
  /// and is never handed over again.
  static runtime::task<unaudited> end(std::shared_ptr<owed_outcomes>, instant deadline);

 private:
  struct item {
    std::uint64_t number;    // in the order they were put
    std::uint64_t outcomes;  // that are lost where it is
    audit::entry entry;
  };

  void hand_over(item);
  void take_answer(item&, bool taken);
  void owe(item);
  std::size_t pay_some();
  void owe_count_of_lost();
  void try_later();
  void pay_in(duration);
  bool may_go_on() const;
  bool is_settled() const;
  bool is_open_before(std::uint64_t number) const;
  unaudited give_up();

  runtime::runtime& world_;
  audit::log& log_;
  runtime::event answered_;
  std::uint64_t put_ = 0;
  std::uint64_t handed_over_ = 0;
  std::uint64_t answers_ = 0;
  std::deque<item> owed_;
  std::set<std::uint64_t> paying_;  // owed, and handed over again
  std::uint64_t lost_ = 0;
  wall_time lost_at_{};
  std::size_t at_once_;
  duration pause_;
  bool refusing_ = false;  // the last answer was a refusal
  bool inside_ = false;
  bool timer_armed_ = false;
  bool closed_ = false;
};

}  // namespace epicenter::epic
