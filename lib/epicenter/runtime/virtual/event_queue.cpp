#include <epicenter/runtime/virtual/event_queue.hpp>

namespace epicenter::runtime {

queued_event::~queued_event() {
  if (queue_ != nullptr) queue_->remove(*this);
}

void event_queue::schedule(queued_event& what, instant due) {
  if (what.queue_ != nullptr) remove(what);
  what.queue_ = this;
  const entry added{due, sequence_++, &what};
  heap_.push_back(added);
  sift_up(heap_.size() - 1, added);
}

void event_queue::remove(queued_event& what) {
  if (what.queue_ == nullptr) return;
  const std::size_t place = what.place_;
  what.queue_ = nullptr;
  const entry moved = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  sift_up(place, moved);
  sift_down(moved.what->place_, moved);
}

queued_event& event_queue::pop() {
  queued_event& first = *heap_.front().what;
  remove(first);
  return first;
}

void event_queue::put(std::size_t place, const entry& what) {
  heap_[place] = what;
  what.what->place_ = place;
}

void event_queue::sift_up(std::size_t place, const entry& what) {
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (!before(what, heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, what);
}

void event_queue::sift_down(std::size_t place, const entry& what) {
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], what)) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, what);
}

}  // namespace epicenter::runtime
