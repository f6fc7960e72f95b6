#include <algorithm>
#include <epicenter/resilience/breaker.hpp>
#include <epicenter/resilience/permit.hpp>

namespace epicenter::resilience {

void permit::complete(outcome o, instant t1) {
  if (breaker_ == nullptr) return;
  if (completed_) {
    breaker_->count_second();
    return;
  }
  completed_ = true;
  breaker_->finish(*this, o, std::max(t1, started_));
}

void permit::release() noexcept {
  if (breaker_ == nullptr) return;
  if (!completed_) breaker_->drop(*this);
  breaker_ = nullptr;
}

}  // namespace epicenter::resilience
