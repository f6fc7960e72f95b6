#include <epicenter/epic/hedge_watch.hpp>

namespace epicenter::epic {

void hedge_watcher::leave() {
  if (watch_ != nullptr) watch_->unlink(*this);
}

hedge_watch::hedge_watch(runtime::runtime& rt) : runtime_(rt), timer_(rt, [this] { fired(); }) {}

void hedge_watch::join(hedge_watcher& who, instant due) {
  who.leave();
  who.watch_ = this;
  who.due_ = due;
  // The delay changes once a second at most: the place is at the end, or near it.
  hedge_watcher* before = last_;
  while (before != nullptr && before->due_ > due) before = before->earlier_;
  who.earlier_ = before;
  who.later_ = before != nullptr ? before->later_ : first_;
  (before != nullptr ? before->later_ : first_) = &who;
  (who.later_ != nullptr ? who.later_->earlier_ : last_) = &who;
  if (first_ == &who) timer_.set(due);
}

void hedge_watch::unlink(hedge_watcher& who) {
  (who.earlier_ != nullptr ? who.earlier_->later_ : first_) = who.later_;
  (who.later_ != nullptr ? who.later_->earlier_ : last_) = who.earlier_;
  who.watch_ = nullptr;
  who.earlier_ = who.later_ = nullptr;
  if (first_ == nullptr) timer_.clear();
}

void hedge_watch::fired() {
  const instant now = runtime_.now();
  while (first_ != nullptr && first_->due_ <= now) {
    hedge_watcher& due = *first_;
    unlink(due);
    due.on_due();
  }
  if (first_ != nullptr) timer_.set(first_->due_);
}

}  // namespace epicenter::epic
