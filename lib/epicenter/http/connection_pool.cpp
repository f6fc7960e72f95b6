#include <epicenter/http/connection_pool.hpp>

#include <algorithm>

namespace epicenter::http {

namespace {
constexpr std::size_t first_buffer = 16 * 1024;
}

client_connection::client_connection(runtime::runtime& rt, runtime::stream_ptr s, limits bounds)
    : stream(std::move(s)),
      reader(message_reader::kind::response, bounds),
      buffer(first_buffer, '\0'),
      dog(rt, [this] {
        if (when_idle_expires) {
          const auto leave = when_idle_expires;  // destroys this
          leave();
          return;
        }
        expired = true;
        stream->close();
      }) {}

// A request that waits for a place. Whatever it was granted and did not take goes to the next.
struct connection_pool::waiter {
  waiter(connection_pool& p, const origin& o) : pool(p), where(o), woken(p.runtime_) {
    auto& queue = pool.origins_[where].waiters;
    position = queue.insert(queue.end(), this);
  }
  ~waiter() {
    if (!granted)
      pool.origins_[where].waiters.erase(position);
    else if (!taken)
      lease(pool, where, std::move(given)).keep();
  }
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;

  connection_pool& pool;
  origin where;
  runtime::event woken;
  std::list<waiter*>::iterator position;
  bool granted = false;
  bool taken = false;
  std::unique_ptr<client_connection> given;
};

connection_pool::lease::~lease() {
  if (pool_ == nullptr) return;
  connection.reset();
  pool_->free_place(where_);
}

bool connection_pool::lease::keep() {
  connection_pool* pool = std::exchange(pool_, nullptr);
  if (pool == nullptr) return false;
  if (connection) return pool->take_back(where_, std::move(connection));
  return pool->free_place(where_);
}

connection_pool::connection_pool(runtime::runtime& rt, const client_options& options)
    : runtime_(rt),
      max_(std::max<std::size_t>(options.max_connections, 1)),
      idle_timeout_(options.idle_timeout) {}

std::optional<connection_pool::lease> connection_pool::try_acquire(const origin& where) {
  origin_state& state = origins_[where];
  if (!state.waiters.empty()) return std::nullopt;
  while (!state.idle.empty()) {
    auto connection = std::move(state.idle.back());
    state.idle.pop_back();
    connection->when_idle_expires = nullptr;
    if (connection->stream->is_quiet())
      return std::optional<lease>(std::in_place, *this, where, std::move(connection));
    --state.places_taken;
    --open_;
  }
  if (state.places_taken >= max_) return std::nullopt;
  ++state.places_taken;
  ++open_;
  return std::optional<lease>(std::in_place, *this, where, nullptr);
}

runtime::task<result<connection_pool::lease>> connection_pool::acquire(origin where, instant deadline) {
  if (auto at_once = try_acquire(where)) co_return std::move(*at_once);
  waiter self(*this, where);
  while (!self.granted) {
    const result<> woken = co_await self.woken.wait(deadline);
    if (woken || self.granted) continue;
    if (woken.error() == make_error_code(runtime::errc::timed_out)) co_return fail(errc::pool_exhausted);
    co_return fail(errc::cancelled);
  }
  self.taken = true;
  if (self.given && !self.given->stream->is_quiet()) self.given.reset();
  co_return lease(*this, where, std::move(self.given));
}

bool connection_pool::take_back(const origin& where, std::unique_ptr<client_connection> connection) {
  if (closing_ || connection->expired) {
    connection.reset();
    return free_place(where);
  }
  origin_state& state = origins_[where];
  if (!state.waiters.empty()) {
    waiter* next = state.waiters.front();
    state.waiters.pop_front();
    next->given = std::move(connection);
    next->granted = true;
    next->woken.notify_one();
    return true;
  }
  connection->when_idle_expires = [this, key = connection.get()] { idle_expired(key); };
  connection->dog.set(runtime_.now() + idle_timeout_);
  state.idle.push_back(std::move(connection));
  return false;
}

bool connection_pool::free_place(const origin& where) {
  origin_state& state = origins_[where];
  if (!state.waiters.empty()) {
    waiter* next = state.waiters.front();
    state.waiters.pop_front();
    next->granted = true;
    next->woken.notify_one();
    return true;
  }
  --state.places_taken;
  --open_;
  if (state.places_taken == 0) origins_.erase(where);
  return false;
}

// Who expires is looked for: that is rare, and what finds it at once would be made for every exchange.
void connection_pool::idle_expired(const client_connection* which) {
  for (auto& [where, state] : origins_) {
    auto& idle = state.idle;
    const auto place =
        std::find_if(idle.begin(), idle.end(), [which](const auto& c) { return c.get() == which; });
    if (place == idle.end()) continue;
    const std::unique_ptr<client_connection> closed = std::move(*place);
    idle.erase(place);
    free_place(origin(where));
    return;
  }
}

void connection_pool::close_idle() {
  closing_ = true;
  for (auto& [where, state] : origins_) {
    state.places_taken -= state.idle.size();
    open_ -= state.idle.size();
    state.idle.clear();
  }
}

}  // namespace epicenter::http
