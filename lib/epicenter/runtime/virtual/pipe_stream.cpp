#include <epicenter/runtime/virtual/pipe_stream.hpp>

namespace epicenter::runtime {
namespace {

class pipe_stream final : public stream {
 public:
  pipe_stream(std::shared_ptr<connection> whole, std::size_t side) : whole_(std::move(whole)), side_(side) {}
  ~pipe_stream() override { whole_->close(side_); }

  executor get_executor() override { return whole_->loop().get_executor(); }
  void async_read_some(std::span<const boost::asio::mutable_buffer> buffers, io_handler handler) override {
    whole_->read(side_, buffers, std::move(handler));
  }
  void async_write_some(std::span<const boost::asio::const_buffer> buffers, io_handler handler) override {
    whole_->write(side_, buffers, std::move(handler));
  }
  void shutdown_write() override { whole_->shutdown_write(side_); }
  void close() override { whole_->close(side_); }
  void reset() override { whole_->reset(side_); }
  bool is_quiet() const override { return whole_->is_quiet(side_); }
  endpoint local_endpoint() const override { return whole_->address(side_); }
  endpoint remote_endpoint() const override { return whole_->address(1 - side_); }

 private:
  std::shared_ptr<connection> whole_;
  std::size_t side_;
};

}  // namespace

std::pair<stream_ptr, stream_ptr> make_connection(simulation& world, const link_model& model,
                                                  connection_ends ends, std::uint64_t jitter_seed) {
  auto whole = std::make_shared<connection>(world, model, std::move(ends), jitter_seed);
  stream_ptr client = std::make_unique<pipe_stream>(whole, 0);
  stream_ptr server = std::make_unique<pipe_stream>(std::move(whole), 1);
  return {std::move(client), std::move(server)};
}

}  // namespace epicenter::runtime
