#include "harness/proxy/shared_stream.hpp"

namespace epicenter::proxy {
namespace {

class shared_stream final : public runtime::stream {
 public:
  explicit shared_stream(std::shared_ptr<runtime::stream> kept) : kept_(std::move(kept)) {}
  ~shared_stream() override { kept_->close(); }

  runtime::executor get_executor() override { return kept_->get_executor(); }
  void async_read_some(std::span<const boost::asio::mutable_buffer> into,
                       runtime::io_handler handler) override {
    kept_->async_read_some(into, std::move(handler));
  }
  void async_write_some(std::span<const boost::asio::const_buffer> from,
                        runtime::io_handler handler) override {
    kept_->async_write_some(from, std::move(handler));
  }
  void shutdown_write() override { kept_->shutdown_write(); }
  void close() override { kept_->close(); }
  void reset() override { kept_->reset(); }
  bool is_quiet() const override { return kept_->is_quiet(); }
  runtime::endpoint local_endpoint() const override { return kept_->local_endpoint(); }
  runtime::endpoint remote_endpoint() const override { return kept_->remote_endpoint(); }

 private:
  std::shared_ptr<runtime::stream> kept_;
};

}  // namespace

runtime::stream_ptr share(std::shared_ptr<runtime::stream> kept) {
  return std::make_unique<shared_stream>(std::move(kept));
}

}  // namespace epicenter::proxy
