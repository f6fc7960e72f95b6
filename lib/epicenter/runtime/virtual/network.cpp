#include <array>
#include <epicenter/runtime/virtual/network.hpp>
#include <epicenter/runtime/virtual/pipe_stream.hpp>

namespace epicenter::runtime {
namespace {

constexpr std::size_t backlog_bound = 4096;  // Linux: net.core.somaxconn
constexpr duration first_retry = 1s;         // of a SYN that was dropped; doubles
constexpr int most_retries = 6;              // Linux: net.ipv4.tcp_syn_retries

// Two names of one place would otherwise be two places.
endpoint normalised(endpoint where) {
  if (where.host == "localhost" || where.host == "::1") where.host = "127.0.0.1";
  if (where.host == "::" || where.host.empty()) where.host = "0.0.0.0";
  return where;
}

}  // namespace

class virtual_listener final : public listener {
 public:
  virtual_listener(network& net, endpoint key, endpoint shown)
      : net_(net), key_(std::move(key)), shown_(std::move(shown)) {}
  ~virtual_listener() override { close(); }

  void async_accept(accept_handler handler) override {
    auto& loop = net_.world_.loop;
    if (closed_) return stream_slot::post(loop, std::move(handler), to_system(errc::closed), nullptr);
    if (!backlog_.empty()) {
      stream_ptr first = std::move(backlog_.front());
      backlog_.pop_front();
      return stream_slot::post(loop, std::move(handler), {}, std::move(first));
    }
    accepting_.wait(net_.world_.operations, std::move(handler), [this] {
      if (accepting_.is_waiting()) accepting_.complete(net_.world_.loop, to_system(errc::cancelled), nullptr);
    });
  }
  endpoint local_endpoint() const override { return shown_; }
  void close() override {
    if (closed_) return;
    closed_ = true;
    net_.forget(key_);
    if (accepting_.is_waiting()) {
      accepting_.complete(net_.world_.loop, to_system(errc::cancelled), nullptr);
    }
    for (const stream_ptr& waiting : backlog_) waiting->reset();
    backlog_.clear();
  }

  bool is_full() const { return backlog_.size() >= backlog_bound; }
  void arrived(stream_ptr connection) {
    if (accepting_.is_waiting()) {
      accepting_.complete(net_.world_.loop, {}, std::move(connection));
    } else {
      backlog_.push_back(std::move(connection));
    }
  }

 private:
  network& net_;
  endpoint key_;
  endpoint shown_;
  std::deque<stream_ptr> backlog_;
  stream_slot accepting_;
  bool closed_ = false;
};

// A handshake: the request reaches the listener after one latency, and its answer comes back after another.
class connect_operation final : public queued_event {
 public:
  connect_operation(network& net, endpoint to, std::uint64_t id)
      : queued_event(event_kind::connect), id_(id), net_(net), to_(std::move(to)), model_(net.link_to(to_)) {}

  void start(connect_handler handler) {
    waiting_.wait(net_.world_.operations, std::move(handler), [this] { finish(to_system(errc::cancelled)); });
    const bool known = to_.is_unix() || !net_.unknown_.contains(to_.host);
    if (!known) {
      answer(to_system(errc::name_not_found));
    } else {
      later(model_.latency);
    }
  }

  void fire() override {
    if (answered_) return finish(answer_);
    virtual_listener* const there = net_.find(to_);
    if (there == nullptr) return answer(to_system(errc::refused));
    if (there->is_full()) return retry();
    connection_ends ends{{"127.0.0.1", net_.next_client_port(), ""}, to_};
    if (to_.is_unix()) ends.client = endpoint{};
    auto [client, server] = make_connection(net_.world_, model_, ends, net_.next_jitter_seed(to_, model_));
    connection_ = std::move(client);
    there->arrived(std::move(server));
    answer({});
  }

  const std::uint64_t id_;

 private:
  void later(duration delay) { net_.world_.queue.schedule(*this, net_.world_.now + delay); }
  void answer(system_error_code code) {
    answered_ = true;
    answer_ = code;
    later(model_.latency);
  }
  void retry() {
    if (retries_ == most_retries) return answer(to_system(errc::timed_out));
    later(first_retry * (1 << retries_++));
  }
  void finish(system_error_code code) {
    if (code) connection_.reset();
    waiting_.complete(net_.world_.loop, code, std::move(connection_));
    net_.finished(*this);
  }

  network& net_;
  endpoint to_;
  link_model model_;
  stream_slot waiting_;
  stream_ptr connection_;
  system_error_code answer_;
  bool answered_ = false;
  int retries_ = 0;
};

network::network(simulation& world, link_model usual) : world_(world), usual_(usual) {}
network::~network() = default;

result<listener_ptr> network::listen(endpoint where) {
  endpoint key = normalised(where);
  if (!key.is_unix() && key.port == 0) {
    for (int tries = 0; tries < 20000 && (key.port == 0 || find(key) != nullptr); ++tries) {
      key.port = next_port_;
      next_port_ = next_port_ == 59999 ? std::uint16_t{40000} : static_cast<std::uint16_t>(next_port_ + 1);
    }
  }
  if (find(key) != nullptr) return fail(errc::address_in_use, where.to_string());
  where.port = key.port;
  auto made = std::make_unique<virtual_listener>(*this, key, std::move(where));
  listeners_.emplace(std::move(key), made.get());
  return made;
}

void network::connect(endpoint to, connect_handler handler) {
  auto made = std::make_unique<connect_operation>(*this, normalised(std::move(to)), connect_count_++);
  connect_operation& operation = *made;
  connecting_.emplace(operation.id_, std::move(made));
  operation.start(std::move(handler));
}

const link_model& network::link_to(const endpoint& where) const {
  const auto found = links_.find(where.is_unix() ? where.path : where.host);
  return found == links_.end() ? usual_ : found->second;
}

virtual_listener* network::find(const endpoint& where) const {
  const auto exact = listeners_.find(where);
  if (exact != listeners_.end()) return exact->second;
  if (where.is_unix()) return nullptr;
  endpoint everywhere = where;
  everywhere.host = "0.0.0.0";
  const auto any = listeners_.find(everywhere);
  return any == listeners_.end() ? nullptr : any->second;
}

void network::forget(const endpoint& where) {
  listeners_.erase(where);
}
void network::finished(connect_operation& operation) {
  connecting_.erase(operation.id_);
}

std::uint64_t network::next_jitter_seed(const endpoint& where, const link_model& model) {
  if (model.jitter == duration{0}) return 0;
  const std::uint64_t ordinal = connections_to_[where]++;
  return derive_seed(world_.seed, "link " + where.to_string() + " " + std::to_string(ordinal));
}

std::uint16_t network::next_client_port() {
  client_port_ = client_port_ == 39999 || client_port_ == 0 ? std::uint16_t{20000}
                                                            : static_cast<std::uint16_t>(client_port_ + 1);
  return client_port_;
}

}  // namespace epicenter::runtime
