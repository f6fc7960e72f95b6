#include "harness/proxy/link.hpp"

#include "harness/proxy/dialler.hpp"
#include "harness/proxy/handshakes.hpp"
#include "harness/proxy/shared_stream.hpp"

namespace epicenter::proxy {

link::link(link_context shared, std::uint64_t number, runtime::stream_ptr client)
    : shared_(shared), changed_(shared.rt) {
  sides_.number = number;
  sides_.client_address = client->remote_endpoint();
  sides_.reached_address = client->local_endpoint();
  sides_.peer = sides_.client_address.host;
  sides_.client = std::move(client);
}

link::~link() = default;

bool link::may_go_unseen() const {
  const auto& tls = shared_.way.tls;
  const bool plain = !tls || (!tls->faces && !tls->upstream);
  return plain && shared_.options.unseen && shared_.recorder == nullptr && shared_.faults.unseen();
}

/// What happens before the first byte is relayed; false where the connection is over then. The client has
/// seen how: an alert, the end, or a reset.
runtime::task<bool> link::begin_client() {
  const whose of{sides_.number, {}};
  const auto bad = shared_.faults.decide_handshake(sides_.peer, of);
  auto ends = shared_.way.tls;
  if (!ends) {
    if (!bad) co_return true;
    ends = std::make_shared<const tls_ends>();
  }
  if (!needs_handshake(*ends, bad)) co_return true;
  handshaking_ = std::shared_ptr<runtime::stream>(std::move(sides_.client));
  auto shaking = handshake_with_client(shared_.rt, ends, share(handshaking_), bad,
                                       shared_.rt.now() + shared_.options.handshake_timeout);
  auto secured = co_await std::move(shaking);
  if (!secured) {
    over_ = true;
    co_return false;
  }
  sides_.client = std::move(*secured);
  co_return true;
}

runtime::task<> link::run() {
  const bool begun = co_await begin_client();
  if (!begun || over_) co_return;
  if (may_go_unseen()) {
    co_await run_unseen();
    if (over_) co_return;
  }
  co_await run_seen();
}

/// The client sees the end in order: to close with bytes unread would be to reset.
runtime::task<> link::end_client() {
  constexpr duration longest = 1s;
  const instant until = shared_.rt.now() + longest;
  char ignored[4096];
  sides_.client->shutdown_write();
  while (!over_) {
    auto reading = read_some(*sides_.client, boost::asio::buffer(ignored));
    auto limited = with_timeout(shared_.rt, until, std::move(reading));
    const auto got = co_await std::move(limited);
    if (!got) break;
  }
  close_both();
}

/// Returns when the connection is over, or when somebody has to look at it.
runtime::task<> link::run_unseen() {
  auto dialling = dial_upstream(shared_, sides_);
  auto dialled = co_await std::move(dialling);
  if (over_) co_return;
  if (!dialled) {
    co_await end_client();
    co_return;
  }
  sides_.upstream = std::move(*dialled);
  if (!may_go_unseen()) co_return;
  unseen_ = shared_.rt.relay_unseen(*sides_.client, *sides_.upstream, shared_.counters.bytes,
                                    [this] { changed_.notify_all(); });
  while (unseen_ && !unseen_->done()) {
    const auto woken = co_await changed_.wait(runtime::never);
    if (!woken) tear_down();
  }
  if (!unseen_ || over_) co_return;
  const auto why = unseen_->outcome().reason;
  if (why == runtime::unseen_outcome::why::ended) close_both();
  if (why == runtime::unseen_outcome::why::broken) tear_down();
}

runtime::task<> link::run_seen() {
  seen_ = std::make_unique<connection>(shared_, sides_);
  if (unseen_) {
    seen_->go_on_from(unseen_->outcome());
    unseen_.reset();
  }
  auto dialling = dial_upstream(shared_, sides_);
  auto running = seen_->run(std::move(dialling));
  co_await std::move(running);
  over_ = true;
}

void link::tear_down() {
  over_ = true;
  if (unseen_) unseen_->interrupt();
  if (seen_) return seen_->tear_down();
  if (handshaking_) handshaking_->reset();
  if (sides_.client) sides_.client->reset();
  if (sides_.upstream) sides_.upstream->reset();
  changed_.notify_all();
}

void link::close_both() {
  over_ = true;
  if (unseen_) unseen_->interrupt();
  if (seen_) return seen_->close_both();
  if (handshaking_) handshaking_->close();
  if (sides_.client) sides_.client->close();
  if (sides_.upstream) sides_.upstream->close();
  changed_.notify_all();
}

void link::faults_changed() {
  if (seen_) return seen_->faults_changed();
  if (!unseen_ || may_go_unseen()) return;
  unseen_->interrupt();
  changed_.notify_all();
}

}  // namespace epicenter::proxy
