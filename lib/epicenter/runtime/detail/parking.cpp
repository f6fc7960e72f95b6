#include <epicenter/runtime/detail/parking.hpp>

namespace epicenter::runtime::detail {

parked::parked(parking_lot& lot) : lot_(&lot), place_(lot.waiting_.insert(lot.waiting_.end(), this)) {}

void parked::leave() {
  if (lot_ == nullptr) return;
  lot_->waiting_.erase(place_);
  lot_ = nullptr;
}

void parking_lot::wake_one() {
  if (waiting_.empty()) return;
  parked& first = *waiting_.front();
  first.woken_ = true;
  first.leave();
  first.timer_.emit(boost::asio::cancellation_type::terminal);
}

void parking_lot::wake_all() {
  for (std::size_t left = waiting_.size(); left > 0; --left) wake_one();
}

}  // namespace epicenter::runtime::detail
