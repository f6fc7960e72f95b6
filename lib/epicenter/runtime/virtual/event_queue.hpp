// What is due in virtual time, in the one order that every run of a seed repeats.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <vector>

namespace epicenter::runtime {

enum class event_kind : std::uint8_t { timer = 1, delivery, reset, connect, blocking };

/// Something that happens at one moment. Owned by whoever schedules it; leaves its queue when destroyed.
class queued_event {
 public:
  explicit queued_event(event_kind kind) : kind_(kind) {}
  virtual ~queued_event();
  queued_event(const queued_event&) = delete;
  queued_event& operator=(const queued_event&) = delete;

  virtual void fire() = 0;
  event_kind kind() const { return kind_; }
  bool is_scheduled() const { return queue_ != nullptr; }

 private:
  friend class event_queue;
  class event_queue* queue_ = nullptr;
  std::size_t place_ = 0;
  event_kind kind_;
};

/// A heap over (due, sequence) whose members know their places, so that a cancelled timer leaves at once.
class event_queue {
 public:
  /// Of two events due together the one scheduled first comes first.
  void schedule(queued_event&, instant due);
  void remove(queued_event&);
  bool empty() const { return heap_.empty(); }
  /// The moment of the next event. The queue must not be empty.
  instant next_due() const { return heap_.front().due; }
  queued_event& pop();

 private:
  struct entry {
    instant due;
    std::uint64_t sequence;
    queued_event* what;
  };
  static bool before(const entry& a, const entry& b) {
    return a.due < b.due || (a.due == b.due && a.sequence < b.sequence);
  }
  void put(std::size_t place, const entry&);
  void sift_up(std::size_t place, const entry&);
  void sift_down(std::size_t place, const entry&);

  std::vector<entry> heap_;
  std::uint64_t sequence_ = 0;
};

}  // namespace epicenter::runtime
