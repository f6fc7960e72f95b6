#include <epicenter/http/exchange_stop.hpp>

namespace epicenter::http {

void exchange_stop::request() {
  requested_ = true;
  if (opening_ != nullptr) opening_->cancel();
  if (stream_ != nullptr) stream_->close();
}

}  // namespace epicenter::http
