#include <epicenter/http/server.hpp>

#include <epicenter/base/check.hpp>
#include <epicenter/http/server_connection.hpp>
#include <epicenter/runtime/task.hpp>
#include <map>
#include <vector>

namespace epicenter::http {
namespace {

constexpr duration accept_pause = 20ms;  // after a failure that may pass: the process is out of descriptors

std::string two_digits(unsigned n) {
  return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)};
}

std::string format_date(std::chrono::sys_seconds at) {
  static constexpr std::string_view days = "SunMonTueWedThuFriSat";
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto seconds = static_cast<unsigned>((at - day).count());
  std::string out(days.substr(std::chrono::weekday(day).c_encoding() * 3, 3));
  out += ", " + two_digits(unsigned{date.day()}) + ' ';
  out += months.substr((unsigned{date.month()} - 1) * 3, 3);
  out += ' ' + std::to_string(int{date.year()}) + ' ' + two_digits(seconds / 3600) + ':' +
         two_digits(seconds / 60 % 60) + ':' + two_digits(seconds % 60) + " GMT";
  return out;
}

}  // namespace

std::string_view server_shared::date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(world.wall());
  if (now != date_of_) {
    date_of_ = now;
    date_ = format_date(now);
  }
  return date_;
}

struct server::impl {
  impl(runtime::runtime& rt, server_options o, handler h)
      : shared(rt, std::move(o), std::move(h)), ended(rt), tasks(std::make_unique<runtime::task_group>(rt)) {}

  static runtime::task<> accept_all(std::shared_ptr<impl> self, std::shared_ptr<runtime::listener> from);
  static runtime::task<> serve(std::shared_ptr<impl> self, runtime::stream_ptr stream, std::uint64_t id);
  void stop_listening();
  std::uint64_t next_id() {
    return shared.options.next_connection_id ? shared.options.next_connection_id() : ++last_id;
  }

  // An accepted connection, from before its TLS handshake to its end.
  struct counted {
    explicit counted(impl& i) : self(i) { ++self.open; }
    ~counted() {
      if (--self.open == 0) self.ended.notify_all();
    }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    impl& self;
  };
  struct listed {
    listed(impl& i, std::uint64_t n, server_connection& c) : self(i), id(n) { self.live.emplace(id, &c); }
    ~listed() { self.live.erase(id); }
    listed(const listed&) = delete;
    listed& operator=(const listed&) = delete;
    impl& self;
    std::uint64_t id;
  };

  server_shared shared;
  runtime::event ended;
  std::vector<std::shared_ptr<runtime::listener>> listeners;
  std::map<std::uint64_t, server_connection*> live;
  std::size_t open = 0;
  std::uint64_t last_id = 0;
  std::unique_ptr<runtime::task_group> tasks;  // empty once the server is gone
};

runtime::task<> server::impl::accept_all(std::shared_ptr<impl> self,
                                         std::shared_ptr<runtime::listener> from) {
  while (!self->shared.stopping) {
    auto stream = co_await runtime::accept(*from);
    if (self->shared.stopping) co_return;
    if (stream) {
      if (self->open >= self->shared.options.max_connections)
        (*stream)->close();
      else
        self->tasks->spawn("http.connection", serve(self, std::move(*stream), self->next_id()));
      continue;
    }
    const std::error_code why = stream.error().code();
    if (why == make_error_code(runtime::errc::closed) || why == make_error_code(runtime::errc::cancelled))
      co_return;
    const instant again = self->shared.world.now() + accept_pause;
    const result<> paused = co_await runtime::sleep_until(self->shared.world, again);
    if (!paused) co_return;
  }
}

runtime::task<> server::impl::serve(std::shared_ptr<impl> self, runtime::stream_ptr stream,
                                    std::uint64_t id) {
  const counted one(*self);
  const server_options& o = self->shared.options;
  if (o.tls) {
    const instant limit = self->shared.world.now() + o.header_timeout;
    auto secured = co_await tls_accept(self->shared.world, o.tls, std::move(stream), limit);
    if (!secured) co_return;
    stream = std::move(*secured);
  }
  server_connection connection(self->shared, std::move(stream), id);
  const listed here(*self, id, connection);
  co_await connection.run();
}

void server::impl::stop_listening() {
  shared.stopping = true;
  for (const auto& one : listeners) one->close();
  listeners.clear();
}

server::server(runtime::runtime& rt, server_options options, handler h)
    : impl_(std::make_shared<impl>(rt, std::move(options), std::move(h))) {}

server::~server() {
  impl_->stop_listening();
  for (const auto& [id, connection] : impl_->live) connection->close();
  impl_->tasks.reset();
}

result<runtime::endpoint> server::listen(runtime::endpoint where) {
  if (impl_->shared.stopping) return fail(errc::stopped);
  auto opened = impl_->shared.world.listen(std::move(where));
  if (!opened) return fail(std::move(opened.error()));
  const runtime::endpoint chosen = (*opened)->local_endpoint();
  serve(std::move(*opened));
  return chosen;
}

void server::serve(runtime::listener_ptr from) {
  EPICENTER_CHECK(!impl_->shared.stopping, "a server that was stopped serves no more");
  std::shared_ptr<runtime::listener> listener(std::move(from));
  impl_->listeners.push_back(listener);
  impl_->tasks->spawn("http.accept", impl::accept_all(impl_, std::move(listener)));
}

std::size_t server::connections() const {
  return impl_->open;
}

runtime::task<> server::stop(duration grace) {
  const std::shared_ptr<impl> self = impl_;
  self->stop_listening();
  for (const auto& [id, connection] : self->live)
    if (!connection->busy()) connection->close();
  const instant limit = self->shared.world.now() + grace;
  while (self->open != 0 && self->shared.world.now() < limit) {
    const result<> woken = co_await self->ended.wait(limit);
    if (!woken) break;
  }
  for (const auto& [id, connection] : self->live) connection->close();
  self->tasks->cancel();
  co_await self->tasks->join();
}

}  // namespace epicenter::http
