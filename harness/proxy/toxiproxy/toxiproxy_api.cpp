#include "harness/proxy/toxiproxy/toxiproxy_api.hpp"

#include <epicenter/runtime/task.hpp>

#include <algorithm>

#include "harness/proxy/toxiproxy/replies.hpp"
#include "harness/proxy/toxiproxy/request_ids.hpp"
#include "harness/proxy/toxiproxy/target.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

/// The original's bound for a handler.
constexpr duration patience = 25s;

template <class T>
http::response json_or_error(const outcome<T>& o, unsigned status) {
  if (!o) return error_reply(o.error());
  return json_reply(status, *o);
}

http::response done_or_error(const outcome<>& o) {
  return o ? empty_reply(204) : error_reply(o.error());
}

http::response toxic_or_error(const outcome<toxic>& o) {
  return o ? json_reply(200, to_json(*o)) : error_reply(o.error());
}

}  // namespace

struct toxiproxy_api::impl {
  impl(runtime::runtime& rt, fleet& f)
      : world(rt), proxies(rt, f), freed(rt), renewed(rt), children(rt), ids(rt) {}

  /// One call at a time changes what is known: a check and the change that follows it are one. Given back by
  /// destruction.
  class turn {
   public:
    explicit turn(impl* of) : of_(of) {}
    turn(turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    turn& operator=(turn&&) = delete;
    ~turn() {
      if (of_ == nullptr) return;
      of_->taken = false;
      of_->freed.notify_one();
    }
    explicit operator bool() const { return of_ != nullptr; }

   private:
    impl* of_;
  };

  runtime::task<turn> take_turn() {
    const instant until = world.now() + patience;
    while (taken) {
      auto waiting = freed.wait(until);
      const auto woken = co_await std::move(waiting);
      if (!woken) co_return turn(nullptr);
    }
    taken = true;
    co_return turn(this);
  }

  runtime::task<http::response> dispatch(target at, std::string method, std::string body);
  runtime::task<http::response> on_proxy(target at, std::string method, std::string body);
  runtime::task<http::response> on_toxics(target at, std::string method, std::string body);
  runtime::task<http::response> on_toxic(target at, std::string method, std::string body);
  void watch_leases();
  runtime::task<> end_leases();

  runtime::runtime& world;
  registry proxies;
  runtime::event freed;
  runtime::event renewed;
  runtime::task_group children;
  request_ids ids;
  bool taken = false;
  bool watching = false;
  bool stopping = false;
};

/// Proxies with a lease are watched for as long as there are any.
void toxiproxy_api::impl::watch_leases() {
  renewed.notify_all();
  if (watching || stopping || proxies.next_end() == runtime::never) return;
  watching = true;
  children.spawn("toxiproxy leases", end_leases());
}

runtime::task<> toxiproxy_api::impl::end_leases() {
  while (!stopping && proxies.next_end() != runtime::never) {
    auto waiting = renewed.wait(proxies.next_end());
    (void)co_await std::move(waiting);
    if (stopping || proxies.next_end() > world.now()) continue;
    auto taking = take_turn();
    const auto mine = co_await std::move(taking);
    if (!mine || stopping) continue;
    auto ending = proxies.end_due();
    co_await std::move(ending);
  }
  watching = false;
}

runtime::task<http::response> toxiproxy_api::impl::on_proxy(target at, std::string method, std::string body) {
  if (method == "GET") co_return json_or_error(proxies.show(at.proxy), 200);
  if (method == "DELETE") {
    auto erasing = proxies.erase(at.proxy);
    const auto erased = co_await std::move(erasing);
    co_return done_or_error(erased);
  }
  const auto there = proxies.show(at.proxy);
  if (!there) co_return error_reply(there.error());
  auto wanted = read_proxy(body);
  if (!wanted) co_return error_reply(wanted.error());
  auto updating = proxies.update(at.proxy, *std::move(wanted));
  const auto updated = co_await std::move(updating);
  co_return json_or_error(updated, 200);
}

runtime::task<http::response> toxiproxy_api::impl::on_toxics(target at, std::string method,
                                                             std::string body) {
  const auto present = proxies.toxics(at.proxy);
  if (!present) co_return error_reply(present.error());
  if (method == "GET") {
    json::array list;
    for (const auto& t : *present) list.push_back(to_json(t));
    co_return json_reply(200, std::move(list));
  }
  const auto read = read_body(body);
  if (!read) co_return error_reply(read.error());
  auto wanted = read_toxic(*read, *present);
  if (!wanted) co_return error_reply(wanted.error());
  auto adding = proxies.add(at.proxy, *std::move(wanted));
  const auto added = co_await std::move(adding);
  co_return toxic_or_error(added);
}

runtime::task<http::response> toxiproxy_api::impl::on_toxic(target at, std::string method, std::string body) {
  auto present = proxies.find(at.proxy, at.toxic);
  if (!present || method == "GET") co_return toxic_or_error(present);
  if (method == "DELETE") {
    auto removing = proxies.remove(at.proxy, at.toxic);
    const auto removed = co_await std::move(removing);
    co_return done_or_error(removed);
  }
  const auto read = read_body(body);
  if (!read) co_return error_reply(read.error());
  auto wanted = merge_toxic(*std::move(present), *read);
  if (!wanted) co_return error_reply(wanted.error());
  auto changing = proxies.change(at.proxy, *std::move(wanted));
  const auto changed = co_await std::move(changing);
  co_return toxic_or_error(changed);
}

runtime::task<http::response> toxiproxy_api::impl::dispatch(target at, std::string method, std::string body) {
  if (at.what == resource::version) co_return version_reply();
  auto taking = take_turn();
  const auto mine = co_await std::move(taking);
  if (!mine) co_return timeout_reply();
  auto refreshing = proxies.refresh();
  co_await std::move(refreshing);
  auto renewing = proxies.renew(at.proxy, at.toxic);
  co_await std::move(renewing);
  http::response reply;
  if (at.what == resource::proxies && method == "GET") {
    reply = json_reply(200, proxies.show_all());
  } else if (at.what == resource::proxies) {
    auto wanted = read_proxy(body);
    if (!wanted) co_return error_reply(wanted.error());
    auto creating = proxies.create(*std::move(wanted));
    const auto created = co_await std::move(creating);
    reply = json_or_error(created, 201);
  } else if (at.what == resource::proxy) {
    auto acting = on_proxy(std::move(at), std::move(method), std::move(body));
    reply = co_await std::move(acting);
  } else if (at.what == resource::toxics) {
    auto acting = on_toxics(std::move(at), std::move(method), std::move(body));
    reply = co_await std::move(acting);
  } else if (at.what == resource::toxic) {
    auto acting = on_toxic(std::move(at), std::move(method), std::move(body));
    reply = co_await std::move(acting);
  } else if (at.what == resource::populate) {
    auto populating = toxiproxy::populate(proxies, std::move(body));
    const auto done = co_await std::move(populating);
    reply = populate_reply(done);
  } else if (at.what == resource::reset) {
    auto resetting = proxies.reset();
    const auto done = co_await std::move(resetting);
    reply = done_or_error(done);
  } else {
    auto all = proxies.renew_all();
    const std::uint64_t count = co_await std::move(all);
    reply = json_reply(200, json::object{{"renewed", json::value(count)}});
  }
  watch_leases();
  co_return reply;
}

toxiproxy_api::toxiproxy_api(runtime::runtime& rt, fleet& f) : impl_(std::make_unique<impl>(rt, f)) {}
toxiproxy_api::~toxiproxy_api() = default;

bool toxiproxy_api::owns(std::string_view path) {
  return find_target(path).has_value();
}

runtime::task<http::response> toxiproxy_api::answer(const http::request& r) {
  auto at = find_target(r.path());
  if (!at) co_return text_reply(404, "404 page not found");
  if (!takes_method(at->what, r.method)) co_return empty_reply(405);
  http::response reply;
  if (r.fields.get("User-Agent").starts_with("Mozilla/")) {
    reply = text_reply(403, "User agent not allowed");
  } else {
    auto dispatching = impl_->dispatch(*std::move(at), r.method, r.body);
    reply = co_await std::move(dispatching);
  }
  reply.fields.add("X-Toxiproxy-Request-Id", impl_->ids.next());
  co_return reply;
}

runtime::task<populated> toxiproxy_api::populate(std::string body) {
  auto taking = impl_->take_turn();
  const auto mine = co_await std::move(taking);
  populated none;
  none.failed = api_error{"another call takes too long", 503};
  if (!mine) co_return none;
  auto refreshing = impl_->proxies.refresh();
  co_await std::move(refreshing);
  auto populating = toxiproxy::populate(impl_->proxies, std::move(body));
  auto done = co_await std::move(populating);
  impl_->watch_leases();
  co_return done;
}

runtime::task<> toxiproxy_api::stop() {
  impl_->stopping = true;
  impl_->children.cancel();
  auto joining = impl_->children.join();
  co_await std::move(joining);
}

}  // namespace epicenter::proxy::toxiproxy
