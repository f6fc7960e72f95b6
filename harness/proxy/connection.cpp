#include "harness/proxy/connection.hpp"

namespace epicenter::proxy {

namespace {

/// Heads must fit in what a lane holds, because they are decided about as a whole. Bodies only pass through.
http::limits framing_limits(const proxy_options& options) {
  http::limits bounds;
  bounds.max_header_bytes = options.buffer_bytes;
  bounds.max_body_bytes = SIZE_MAX / 2;
  return bounds;
}

/// A client that pipelines more than this waits: what is owed to it is bounded.
constexpr std::size_t max_unanswered = 256;

}  // namespace

connection::connection(connection_context shared, runtime::stream_ptr client)
    : shared_(shared),
      client_(std::move(client)),
      peer_(client_->remote_endpoint().host),
      requests_(http::framer::direction::requests, framing_limits(shared.options)),
      responses_(http::framer::direction::responses, framing_limits(shared.options)),
      up_(shared.rt, shared.board, *this, shared.options.buffer_bytes),
      down_(shared.rt, shared.board, *this, shared.options.buffer_bytes),
      released_(shared.rt) {
  down_.write_to(*client_);
}

connection::~connection() {
  shared_.in_flight -= unanswered_;
}

runtime::task<> connection::run(runtime::endpoint upstream) {
  std::vector<runtime::task<>> parts;
  parts.push_back(read_requests());
  parts.push_back(read_responses(std::move(upstream)));
  parts.push_back(up_.run_writer());
  parts.push_back(down_.run_writer());
  auto all = when_all(shared_.rt, std::move(parts));
  co_await std::move(all);
}

/// False where there is no upstream to talk to; the client has been reset then.
runtime::task<bool> connection::dial(runtime::endpoint upstream) {
  // A silent link answers no SYN: the upstream is not asked before the link moves again.
  while (shared_.board.held() && !dead_) {
    const auto woken = co_await released_.wait(runtime::never);
    if (!woken) tear_down();
  }
  if (dead_) co_return false;
  auto dialling =
      connect(shared_.rt, std::move(upstream), shared_.rt.now() + shared_.options.connect_timeout);
  auto dialled = co_await std::move(dialling);
  if (!dialled || dead_) {
    if (dialled) (*dialled)->reset();
    tear_down();
    co_return false;
  }
  upstream_ = std::move(*dialled);
  up_.write_to(*upstream_);
  up_.wake();
  co_return true;
}

/// False where the connection is over.
runtime::task<bool> connection::wait_until_readable(lane& into) {
  while (!dead_ && (into.full() || (&into == &up_ && unanswered_ >= max_unanswered))) {
    const bool woken = co_await into.wait_for_room();
    if (!woken) tear_down();
  }
  co_return !dead_;
}

runtime::task<> connection::read_requests() {
  for (;;) {
    const bool readable = co_await wait_until_readable(up_);
    if (!readable) co_return;
    const auto space = up_.free_space();
    auto reading = read_some(*client_, space);
    const auto got = co_await std::move(reading);
    if (dead_) co_return;
    if (got) {
      up_.commit(*got);
      take_request_bytes(std::string_view(static_cast<const char*>(space.data()), *got));
    } else {
      client_ended(got.error());
    }
    if (!dead_ && up_.can_flush()) co_await up_.flush();
    if (dead_) co_return;
    up_.wake_if_pending();
    down_.wake_if_pending();
    if (!got) co_return;
  }
}

runtime::task<> connection::read_responses(runtime::endpoint upstream) {
  auto dialling = dial(std::move(upstream));
  const bool dialled = co_await std::move(dialling);
  if (!dialled) co_return;
  for (;;) {
    const bool readable = co_await wait_until_readable(down_);
    if (!readable) co_return;
    const auto space = down_.free_space();
    auto reading = read_some(*upstream_, space);
    const auto got = co_await std::move(reading);
    if (dead_) co_return;
    if (got) {
      down_.commit(*got);
      take_response_bytes(std::string_view(static_cast<const char*>(space.data()), *got));
    } else {
      upstream_ended(got.error());
    }
    if (!dead_ && down_.can_flush()) co_await down_.flush();
    if (dead_) co_return;
    down_.wake_if_pending();
    up_.wake_if_pending();
    if (!got) co_return;
  }
}

void connection::faults_changed() {
  up_.wake();
  down_.wake();
  released_.notify_all();
}

void connection::exchange_answered() {
  --unanswered_;
  --shared_.in_flight;
  if (unanswered_ + 1 == max_unanswered) up_.wake_reader();
}

void connection::lane_ended() {
  // A client that is gone for good cannot be answered; what it sent may still be on its way to the upstream.
  if (down_.broken()) ignore_responses_ = true;
  // Closing with bytes unread would send a reset after the last answer, and could destroy it on its way.
  if (up_.ended() && down_.ended() && (!ignore_requests_ || client_left_)) close_both();
}

void connection::tear_down() {
  if (dead_) return;
  client_->reset();
  if (upstream_) upstream_->reset();
  end();
}

void connection::close_both() {
  if (dead_) return;
  client_->close();
  if (upstream_) upstream_->close();
  end();
}

void connection::end() {
  dead_ = true;
  up_.stop();
  down_.stop();
  released_.notify_all();
  // Faults count what they hold: nothing is held any more.
  exchanges_.clear();
  shared_.in_flight -= unanswered_;
  unanswered_ = 0;
}

}  // namespace epicenter::proxy
