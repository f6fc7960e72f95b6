#include <boost/asio/post.hpp>
#include <epicenter/runtime/real/bound_acceptor.hpp>
#include <epicenter/runtime/real/loop_handler.hpp>

namespace epicenter::runtime {
namespace {

class socket_listener final : public listener {
 public:
  explicit socket_listener(bound_acceptor bound) : bound_(std::move(bound)) {}
  ~socket_listener() override { close(); }

  void async_accept(accept_handler handler) override {
    auto& acceptor = bound_.acceptor;
    if (!acceptor.is_open()) {
      auto call = [h = std::move(handler)]() mutable { std::move(h)(to_system(errc::closed), nullptr); };
      boost::asio::post(acceptor.get_executor(), std::move(call));
      return;
    }
    loop_handler<accept_handler> direct(std::move(handler), cancel_);
    acceptor.async_accept(accepted(std::move(direct)));
  }
  endpoint local_endpoint() const override { return bound_.local; }
  void close() override { bound_.close(); }

 private:
  struct accepted {
    using cancellation_slot_type = boost::asio::cancellation_slot;
    explicit accepted(loop_handler<accept_handler>&& handler) : inner(std::move(handler)) {}
    cancellation_slot_type get_cancellation_slot() const noexcept { return inner.get_cancellation_slot(); }
    void operator()(system_error_code code, socket_type socket) {
      inner(code, code ? nullptr : make_socket_stream(std::move(socket)));
    }
    loop_handler<accept_handler> inner;
  };

  bound_acceptor bound_;
  std::shared_ptr<boost::asio::cancellation_signal> cancel_ =
      std::make_shared<boost::asio::cancellation_signal>();
};

}  // namespace

result<listener_ptr> make_socket_listener(boost::asio::io_context& loop, const endpoint& where) {
  auto bound = open_acceptor(loop, where);
  if (!bound) return fail(std::move(bound.error()));
  return std::make_unique<socket_listener>(std::move(*bound));
}

}  // namespace epicenter::runtime
