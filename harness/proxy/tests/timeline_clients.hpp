// The clients of random timelines: they send, and judge what comes back.
#pragma once

#include "harness/proxy/tests/timeline_world.hpp"

namespace epicenter::proxy::testing {

/// More than any burst needs on a plain relay.
inline constexpr duration enough = 200ms;

struct client_side {
  explicit client_side(runtime::stream_ptr s)
      : stream(std::move(s)), in(*stream, http::framer::direction::responses) {}
  runtime::stream_ptr stream;
  message_reader in;
};

enum class after { go_on, leave };

/// Sends exchanges at once and reads their answers.
inline runtime::task<result<after>> burst(timeline& t, client_side& c, std::vector<std::string> ids) {
  std::string wire;
  for (const auto& id : ids) {
    const auto x = exchange_of(t.seed, id);
    wire += x.request;
    c.in.expect_response_to(x.method);
  }
  const std::size_t cut = t.seed % 3 == 0 ? wire.size() / 2 : wire.size();
  for (const auto& part : {wire.substr(0, cut), wire.substr(cut)}) {
    auto sending = write_all(*c.stream, boost::asio::buffer(part));
    const auto sent = co_await std::move(sending);
    if (!sent) co_return fail(sent.error());
  }
  for (const auto& id : ids) {
    const auto x = exchange_of(t.seed, id);
    message m;
    for (;;) {
      auto reading = c.in.next();
      auto got = co_await std::move(reading);
      if (!got && t.may_differ(id)) co_return after::leave;
      if (!got) co_return fail(got.error());
      m = std::move(*got);
      if (m.status / 100 != 1) break;
      if (m.raw != x.interim && !t.may_differ(id)) t.wrong("interim answer arrived changed: " + id);
    }
    if (t.may_differ(id)) {
      const auto& types = t.hits(id);
      // What stands behind such an answer may belong to it.
      for (const char* type : {"duplicate_response", "corrupt", "truncate"})
        if (types.contains(type)) co_return after::leave;
      continue;
    }
    if (!m.injected.empty()) t.wrong("an answer of " + m.injected + " to " + id + ", which nothing hit");
    // Where it lasts to the end of the connection, nobody can see that it was cut.
    const bool shortened = x.closes && !t.is_whole("http") && x.response.starts_with(m.raw);
    if (m.raw != x.response && !shortened) t.wrong("answer to " + id + " arrived changed");
    ++t.answered;
    if (x.closes) co_return after::leave;
  }
  co_return after::go_on;
}

inline runtime::task<result<duration>> probe(timeline& t, client_side& c, std::string id) {
  const instant start = t.rt.now();
  std::vector<std::string> one{id};
  auto asking = burst(t, c, std::move(one));
  auto limited = with_timeout(t.rt, start + 5s, std::move(asking));
  const auto done = co_await std::move(limited);
  if (!done) co_return fail(done.error());
  co_return t.rt.now() - start;
}

struct plain_times {
  duration fresh{}, open{};
};

inline runtime::task<result<plain_times>> probe_fresh(timeline& t) {
  plain_times times;
  const instant start = t.rt.now();
  auto dialling = connect(t.rt, t.http_at, start + 5s);
  auto dialled = co_await std::move(dialling);
  if (!dialled) co_return fail(dialled.error());
  client_side c(std::move(*dialled));
  auto first = probe(t, c, "probe-1");
  const auto one = co_await std::move(first);
  if (!one) co_return fail(one.error());
  times.fresh = t.rt.now() - start;
  auto second = probe(t, c, "probe-2");
  const auto two = co_await std::move(second);
  if (!two) co_return fail(two.error());
  times.open = *two;
  co_return times;
}

struct life {
  timeline& t;
  plain_times plain;
  instant until{}, gone_at{};  ///< no fault begins after the one, none is left after the other
};

inline std::vector<std::string> draw_ids(timeline& t, const std::string& name, int& next,
                                         std::uint64_t count) {
  std::vector<std::string> ids;
  while (ids.size() < count) {
    ids.push_back(name + "-" + std::to_string(++next));
    if (exchange_of(t.seed, ids.back()).closes) break;
  }
  return ids;
}

/// False where the connection is not to be used any more.
inline runtime::task<bool> one_burst(life& l, client_side& c, std::vector<std::string> ids) {
  auto& t = l.t;
  const bool whole = t.is_whole("http");
  const auto first = ids.front();
  auto sending = burst(t, c, std::move(ids));
  const instant plain = std::max(l.gone_at, t.rt.now()) + enough;
  const instant limit = whole ? plain : std::min(plain, t.rt.now() + 1500ms);
  auto limited = with_timeout(t.rt, limit, std::move(sending));
  const auto done = co_await std::move(limited);
  if (!done && whole) t.wrong("exchanges from " + first + " ended: " + done.error().message());
  co_return done&&* done == after::go_on;
}

inline runtime::task<> http_client(life& l, int number, runtime::random_stream random) {
  auto& t = l.t;
  const auto name = "c" + std::to_string(number);
  int next = 0;
  while (t.rt.now() < l.until) {
    auto pausing = sleep_for(t.rt, random.between(duration(1ms), duration(200ms)));
    co_await std::move(pausing);
    auto dialling = connect(t.rt, t.http_at, t.rt.now() + 1s);
    auto dialled = co_await std::move(dialling);
    if (!dialled) {
      if (t.is_whole("http")) t.wrong("not accepted: " + dialled.error().message());
      continue;
    }
    client_side c(std::move(*dialled));
    bool usable = true;
    do {
      auto asking = one_burst(l, c, draw_ids(t, name, next, 1 + random.below(4)));
      usable = co_await std::move(asking);
      if (!usable || random.chance_ppm(100'000)) break;
      auto thinking = sleep_for(t.rt, random.between(duration(0ms), duration(80ms)));
      co_await std::move(thinking);
    } while (t.rt.now() < l.until);
    // A connection that lived through it all is as good as new.
    if (usable && t.is_whole("http") && t.rt.now() >= l.gone_at) {
      const auto id = "probe" + name + "-" + std::to_string(++next);
      auto probing = probe(t, c, id);
      const auto took = co_await std::move(probing);
      if (!took) t.wrong("an open connection does not work after clearing");
      if (took && *took != l.plain.open) t.wrong("an open connection is slow after clearing");
      ++t.exact_after;
    }
    if (random.chance_ppm(300'000)) c.stream->reset();
  }
}

inline runtime::task<> watch(timeline& t, runtime::stream& s, runtime::event& done, instant limit,
                             bool meant) {
  const auto woken = co_await done.wait(limit);
  if (woken) co_return;
  if (!meant && t.is_whole("opaque")) t.wrong("an opaque connection hangs");
  s.reset();
}

inline runtime::task<> receive_down(timeline& t, runtime::stream& s, opaque_head h, runtime::event& done) {
  auto receiving = t.receive(s, h.sent_down(t.seed), 0, "down " + std::to_string(h.number));
  const bool whole = co_await std::move(receiving);
  if (!whole && t.is_whole("opaque") && !t.left_early.contains(h.number))
    t.wrong("opaque connection " + std::to_string(h.number) + " did not come back whole");
  if (whole) ++t.relayed;
  done.notify_all();
}

inline runtime::task<> opaque_client(life& l, std::uint32_t number, runtime::random_stream random) {
  auto& t = l.t;
  for (std::uint32_t n = number * 100; t.rt.now() < l.until; ++n) {
    auto pausing = sleep_for(t.rt, random.between(duration(1ms), duration(300ms)));
    co_await std::move(pausing);
    auto dialling = connect(t.rt, t.opaque_at, t.rt.now() + 1s);
    auto dialled = co_await std::move(dialling);
    if (!dialled) {
      if (t.is_whole("opaque")) t.wrong("not accepted: " + dialled.error().message());
      continue;
    }
    const opaque_head h{n, static_cast<std::uint32_t>(random.below(20'000)),
                        static_cast<std::uint32_t>(random.below(20'000))};
    const bool early = random.chance_ppm(150'000);
    instant limit = t.is_whole("opaque") ? std::max(l.gone_at, t.rt.now()) + 2s : t.rt.now() + 2s;
    if (early) {
      t.left_early.insert(n);
      limit = t.rt.now() + random.between(duration(1ms), duration(200ms));
    }
    runtime::event done(t.rt);
    std::vector<runtime::task<>> parts;
    parts.push_back(t.send_in_pieces(**dialled, h.sent_up(t.seed), runtime::random_stream(random.next())));
    parts.push_back(receive_down(t, **dialled, h, done));
    parts.push_back(watch(t, **dialled, done, limit, early));
    auto all = when_all(t.rt, std::move(parts));
    co_await std::move(all);
  }
}

}  // namespace epicenter::proxy::testing
