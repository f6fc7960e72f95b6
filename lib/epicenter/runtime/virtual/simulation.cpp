#include <epicenter/runtime/virtual/simulation.hpp>

namespace epicenter::runtime {

void outstanding::enter(outstanding_list& list) {
  before_ = list.end_.before_;
  after_ = &list.end_;
  before_->after_ = this;
  after_->before_ = this;
}

void outstanding::leave() {
  if (before_ == nullptr) return;
  before_->after_ = after_;
  after_->before_ = before_;
  before_ = after_ = nullptr;
}

void outstanding_list::abandon_all() {
  while (end_.before_ != &end_) {
    outstanding& latest = *end_.before_;
    latest.leave();
    latest.abandon();
  }
}

}  // namespace epicenter::runtime
