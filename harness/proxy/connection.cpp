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

connection::connection(link_context shared, both_sides& sides)
    : shared_(shared),
      sides_(sides),
      requests_(http::framer::direction::requests, framing_limits(shared.options)),
      responses_(http::framer::direction::responses, framing_limits(shared.options)),
      up_(shared.rt, shared.faults, *this, shared.options.buffer_bytes,
          shared.counters.bytes.forward_written),
      down_(shared.rt, shared.faults, *this, shared.options.buffer_bytes,
            shared.counters.bytes.backward_written),
      released_(shared.rt) {
  down_.write_to(*sides_.client);
  if (sides_.upstream) up_.write_to(*sides_.upstream);
  attach_stages();
}

connection::~connection() {
  subtract_from(shared_.counters.in_flight, unanswered_);
}

void connection::go_on_from(runtime::unseen_outcome& before) {
  opaque_up_ = opaque_down_ = resumes_ = true;
  // What the kernel's pipes held may be more than fits in a lane.
  for (const auto& [rest, to] :
       {std::pair{&before.forward_rest, &up_}, std::pair{&before.backward_rest, &down_}}) {
    auto more = std::make_unique<attachment>();
    more->payload = std::move(*rest);
    to->insert(std::move(more), shared_.rt.now());
  }
  if (before.a_ended) {
    client_left_ = true;
    up_.end_stream();
  }
  if (before.b_ended) {
    upstream_left_ = true;
    end_responses();
  }
}

runtime::task<> connection::run(runtime::task<result<runtime::stream_ptr>> dialling) {
  std::vector<runtime::task<>> parts;
  parts.push_back(read_requests());
  parts.push_back(read_responses(std::move(dialling)));
  parts.push_back(up_.run_writer());
  parts.push_back(down_.run_writer());
  auto all = when_all(shared_.rt, std::move(parts));
  co_await std::move(all);
}

/// False where there is no upstream to talk to; the client has been closed then, as other proxies do.
runtime::task<bool> connection::dial(runtime::task<result<runtime::stream_ptr>> dialling) {
  // A silent link answers no SYN: the upstream is not asked before the link moves again.
  while (shared_.faults.held() && !dead_) {
    const auto woken = co_await released_.wait(runtime::never);
    if (!woken) tear_down();
  }
  if (dead_) co_return false;
  auto dialled = co_await std::move(dialling);
  if (!dialled || dead_) {
    if (dialled) (*dialled)->reset();
    close_both();
    co_return false;
  }
  sides_.upstream = std::move(*dialled);
  up_.write_to(*sides_.upstream);
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
  while (!client_left_) {
    if (up_.full() || unanswered_ >= max_unanswered) {
      const bool readable = co_await wait_until_readable(up_);
      if (!readable) co_return;
    }
    const auto space = up_.free_space();
    auto reading = read_some(*sides_.client, space);
    const auto got = co_await std::move(reading);
    if (dead_) co_return;
    if (got) {
      add_to(shared_.counters.bytes.forward_read, *got);
      up_.commit(*got);
      take_request_bytes(std::string_view(static_cast<const char*>(space.data()), *got));
    } else {
      client_ended(got.error());
    }
    if (!dead_) up_.flush_now();
    if (!dead_ && up_.can_flush()) co_await up_.flush();
    if (dead_) co_return;
    up_.wake_if_pending();
    down_.wake_if_pending();
  }
}

runtime::task<> connection::read_responses(runtime::task<result<runtime::stream_ptr>> dialling) {
  if (!sides_.upstream) {
    auto connecting = dial(std::move(dialling));
    const bool dialled = co_await std::move(connecting);
    if (!dialled) co_return;
  }
  while (!upstream_left_) {
    if (down_.full()) {
      const bool readable = co_await wait_until_readable(down_);
      if (!readable) co_return;
    }
    const auto space = down_.free_space();
    auto reading = read_some(*sides_.upstream, space);
    const auto got = co_await std::move(reading);
    if (dead_) co_return;
    if (got) {
      add_to(shared_.counters.bytes.backward_read, *got);
      down_.commit(*got);
      take_response_bytes(std::string_view(static_cast<const char*>(space.data()), *got));
    } else {
      upstream_ended(got.error());
    }
    if (!dead_) down_.flush_now();
    if (!dead_ && down_.can_flush()) co_await down_.flush();
    if (dead_) co_return;
    down_.wake_if_pending();
    up_.wake_if_pending();
  }
}

void connection::faults_changed() {
  if (dead_) return;
  attach_stages();
  if (dead_) return;
  if (drop_ended_stages()) return close_both();
  up_.release_ended(shared_.rt.now());
  down_.release_ended(shared_.rt.now());
  up_.wake();
  down_.wake();
  released_.notify_all();
}

void connection::exchange_answered() {
  --unanswered_;
  subtract_from(shared_.counters.in_flight, 1);
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
  sides_.client->reset();
  if (sides_.upstream) sides_.upstream->reset();
  end();
}

void connection::close_both() {
  if (dead_) return;
  sides_.client->close();
  if (sides_.upstream) sides_.upstream->close();
  end();
}

void connection::end() {
  dead_ = true;
  up_.stop();
  down_.stop();
  released_.notify_all();
  for (auto& e : exchanges_) note_end(e, "cut", 0, shared_.rt.now());
  // Faults count what they hold: nothing is held any more.
  exchanges_.clear();
  arriving_.reset();
  retired_up_.clear();
  retired_down_.clear();
  up_.stages().clear();
  down_.stages().clear();
  subtract_from(shared_.counters.in_flight, unanswered_);
  unanswered_ = 0;
}

}  // namespace epicenter::proxy
