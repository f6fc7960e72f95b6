#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <epicenter/runtime/real/address_race.hpp>
#include <epicenter/runtime/real/connect_operation.hpp>

namespace epicenter::runtime {
namespace {

namespace ip = boost::asio::ip;
using resolver = ip::basic_resolver<ip::tcp, loop_executor>;

class connect_operation : public std::enable_shared_from_this<connect_operation> {
 public:
  connect_operation(boost::asio::io_context& loop, endpoint to, connect_handler handler)
      : loop_(loop), to_(std::move(to)), handler_(std::move(handler)), resolver_(loop.get_executor()) {}

  void start() {
    auto slot = handler_.get_cancellation_slot();
    if (slot.is_connected()) {
      // Weak: a slot must not keep alive what holds its own handler.
      slot.assign([weak = weak_from_this()](boost::asio::cancellation_type) {
        if (const auto self = weak.lock()) self->cancel();
      });
    }
    if (to_.is_unix()) return start_unix();
    system_error_code not_an_address;
    const ip::address literal = ip::make_address(to_.host, not_an_address);
    if (!not_an_address) {
      addresses only{socket_protocol::endpoint(ip::tcp::endpoint(literal, to_.port))};
      return race_to(std::move(only));
    }
    auto resolved = [self = shared_from_this()](system_error_code code, resolver::results_type found) {
      self->resolved(code, found);
    };
    resolving_ = true;
    resolver_.async_resolve(to_.host, std::to_string(to_.port), ip::resolver_base::numeric_service,
                            std::move(resolved));
  }

 private:
  void start_unix() {
    addresses only;
    try {
      only.emplace_back(boost::asio::local::stream_protocol::endpoint(to_.path));
    } catch (const boost::system::system_error&) {
      return finish_later(to_system(errc::invalid_endpoint));
    }
    race_to(std::move(only));
  }

  void resolved(system_error_code code, const resolver::results_type& found) {
    if (finished_) return;
    resolving_ = false;
    if (code) return finish(code);
    addresses all;
    for (const auto& one : found) all.emplace_back(one.endpoint());
    race_to(std::move(all));
  }

  void race_to(addresses all) {
    auto ended = [self = shared_from_this()](system_error_code code, socket_type* socket) {
      if (self->cancelled_) return self->finish(to_system(errc::cancelled));
      if (!code) self->connected_ = make_socket_stream(std::move(*socket));
      self->finish(code);
    };
    const auto race = std::make_shared<address_race>(loop_, std::move(all), std::move(ended));
    race_ = race;
    race->start();
  }

  void cancel() {
    cancelled_ = true;
    // A look-up cannot be interrupted. Its caller need not wait for it.
    if (resolving_) return finish_later(to_system(errc::cancelled));
    if (const auto race = race_.lock()) race->cancel();
  }

  void finish_later(system_error_code code) {
    boost::asio::post(loop_.get_executor(), [self = shared_from_this(), code] { self->finish(code); });
  }

  void finish(system_error_code code) {
    if (finished_) return;
    finished_ = true;
    auto slot = handler_.get_cancellation_slot();
    if (slot.is_connected()) slot.clear();
    connect_handler handler(std::move(handler_));
    std::move(handler)(code, std::move(connected_));
  }

  boost::asio::io_context& loop_;
  endpoint to_;
  connect_handler handler_;
  resolver resolver_;
  std::weak_ptr<address_race> race_;  // holds this, as long as it has attempts
  stream_ptr connected_;
  bool resolving_ = false;
  bool cancelled_ = false;
  bool finished_ = false;
};

}  // namespace

void start_connect(boost::asio::io_context& loop, endpoint to, connect_handler handler) {
  std::make_shared<connect_operation>(loop, std::move(to), std::move(handler))->start();
}

}  // namespace epicenter::runtime
