// What random timelines run against: a proxy of two routes, their upstreams, and what is known about each
// injection.
#pragma once

#include <epicenter/runtime/task.hpp>
#include <map>
#include <set>

#include "harness/proxy/proxy.hpp"
#include "harness/proxy/tests/random_fault.hpp"
#include "harness/proxy/tests/timeline_messages.hpp"
#include "harness/proxy/tests/wire.hpp"

namespace epicenter::proxy::testing {

/// Defects that the upstreams (or the clients) commit on purpose: each must be found.
enum class defect {
  none,
  changed_byte,
  lost_byte,
  swapped_answers,
  stays_connected,
  slow_in_the_end,
  task_left
};

/// How an opaque connection is announced to its upstream: no method of HTTP begins so.
struct opaque_head {
  static constexpr std::size_t size = 13;
  std::uint32_t number = 0, up = 0, down = 0;

  std::string bytes() const {
    std::string b(1, '\x02');
    for (const auto n : {number, up, down})
      for (int shift = 24; shift >= 0; shift -= 8) b += static_cast<char>(n >> shift & 0xffU);
    return b;
  }
  static opaque_head from(std::string_view b) {
    opaque_head h;
    std::size_t at = 1;
    for (auto* n : {&h.number, &h.up, &h.down})
      for (int i = 0; i < 4; ++i) *n = *n << 8U | static_cast<unsigned char>(b[at++]);
    return h;
  }
  std::string sent_up(std::uint64_t seed) const {
    return bytes() + random_bytes(seed * 1000 + number * 2, up);
  }
  std::string sent_down(std::uint64_t seed) const { return random_bytes(seed * 1000 + number * 2 + 1, down); }
};

class timeline {
 public:
  timeline(runtime::virtual_runtime& world, std::uint64_t seed_of_this, defect d)
      : rt(world),
        seed(seed_of_this),
        planted(d),
        faults(runtime::random_stream(runtime::derive_seed(seed, "faults"))),
        proxy(world, options_for(seed)),
        http_listener(world.listen({"127.0.0.1", 0, {}}).value()),
        opaque_listener(world.listen({"127.0.0.1", 0, {}}).value()) {
    http_at = proxy.add({"http", {"127.0.0.1", 0, {}}, http_listener->local_endpoint()}).value().listen;
    opaque_at = proxy.add({"opaque", {"127.0.0.1", 0, {}}, opaque_listener->local_endpoint()}).value().listen;
    // Which routes may see faults that change bytes: on the others everything arrives whole.
    const auto kind = faults.random().below(10);
    if (kind < 3 || kind == 4) whole.insert("http");
    if (kind < 3 || kind == 3) whole.insert("opaque");
    spawn(rt, "http upstream", accept_all(http_listener, true));
    spawn(rt, "opaque upstream", accept_all(opaque_listener, false));
  }

  void wrong(std::string what) {
    if (violations.size() < 20) violations.push_back(std::move(what));
  }
  bool is_whole(const char* route) const { return whole.contains(route); }

  /// The types of the faults that hit this request so far.
  const std::set<std::string>& hits(const std::string& id) {
    const auto newest = proxy.injections().latest(1);
    if (!newest.empty() && newest.front().number > noted) {
      for (const auto& i : proxy.injections().latest(newest.front().number - noted)) {
        if (!i.request.empty()) by_request[i.request].insert(i.type);
        if (changes_bytes(i.type) && is_whole(i.route.c_str()))
          wrong(i.type + " acts on the wrong route " + i.route);
      }
      injected += newest.front().number - noted;
      noted = newest.front().number;
    }
    return by_request[id];
  }
  bool may_differ(const std::string& id) {
    const auto& types = hits(id);
    return std::any_of(types.begin(), types.end(), [](const auto& t) { return changes_bytes(t); });
  }

  runtime::task<> stop() {
    auto stopping = proxy.stop();
    co_await std::move(stopping);
    http_listener->close();
    opaque_listener->close();
  }

  runtime::virtual_runtime& rt;
  const std::uint64_t seed;
  const defect planted;
  random_faults faults;
  fault_proxy proxy;
  std::shared_ptr<runtime::listener> http_listener, opaque_listener;
  runtime::endpoint http_at, opaque_at;
  std::set<std::string> whole;
  std::set<std::uint32_t> left_early;  ///< opaque connections that their client did not wait for
  std::map<std::string, std::set<std::string>> by_request;
  std::vector<std::string> violations;
  std::uint64_t noted = 0, injected = 0;
  int answered = 0, relayed = 0, exact_after = 0, idle_counters = 0;
  bool over = false;  ///< the faults are gone, and the last exchange is measured

 private:
  static proxy_options options_for(std::uint64_t seed) {
    runtime::random_stream random(runtime::derive_seed(seed, "options"));
    proxy_options o;
    o.buffer_bytes = 1024U << random.below(5);
    if (random.below(2) == 0) o.max_taken_bytes = 200U << random.below(7);
    o.unseen = random.below(2) == 0;
    return o;
  }

  runtime::task<> accept_all(std::shared_ptr<runtime::listener> l, bool http) {
    for (;;) {
      auto accepting = accept(*l);
      auto accepted = co_await std::move(accepting);
      if (!accepted) co_return;
      auto serving = http ? serve_http(std::move(*accepted)) : serve_opaque(std::move(*accepted));
      spawn(rt, "upstream connection", std::move(serving));
    }
  }

  runtime::task<> serve_http(runtime::stream_ptr s) {
    message_reader in(*s, http::framer::direction::requests);
    int last = 0;
    std::string swapped;
    for (;;) {
      auto reading = in.next();
      const auto got = co_await std::move(reading);
      if (!got) break;
      const auto x = exchange_of(seed, got->id);
      if (got->raw != x.request && !may_differ(got->id)) wrong("request " + got->id + " arrived changed");
      const int number = std::stoi(got->id.substr(got->id.find('-') + 1));
      if (number <= last) wrong("request " + got->id + " arrived out of order");
      last = number;
      runtime::random_stream random(runtime::derive_seed(seed, "think " + got->id));
      const bool slow = planted == defect::slow_in_the_end && over;
      if ((random.below(4) == 0 && !got->id.starts_with("probe")) || slow) {
        auto thinking = sleep_for(rt, random.between(duration(0ms), duration(40ms)));
        co_await std::move(thinking);
      }
      std::string answer = x.interim + x.response;
      if (planted == defect::changed_byte && number % 20 == 0) answer.back() = '#';
      if (planted == defect::swapped_answers && swapped.empty() && !got->id.starts_with("probe"))
        swapped = std::exchange(answer, {});
      else
        answer += std::exchange(swapped, {});
      auto writing = write_all(*s, boost::asio::buffer(answer));
      const auto written = co_await std::move(writing);
      if (!written || x.closes) break;
    }
    s->shutdown_write();
    co_await drain(*s);
  }

  static runtime::task<> drain(runtime::stream& s) {
    char chunk[4096];
    for (;;) {
      auto reading = read_some(s, boost::asio::buffer(chunk));
      const auto got = co_await std::move(reading);
      if (!got) break;
    }
    s.close();
  }

  runtime::task<> serve_opaque(runtime::stream_ptr s) {
    std::string head(opaque_head::size, ' ');
    auto reading = read_exactly(*s, head);
    const bool complete = co_await std::move(reading);
    if (!complete) co_return;
    if (head[0] != '\x02') {
      wrong("an opaque connection does not begin as it was begun");
      co_return;
    }
    const auto h = opaque_head::from(head);
    auto down = h.sent_down(seed);
    if (planted == defect::lost_byte && down.size() > 1000) down.erase(500, 1);
    std::vector<runtime::task<>> parts;
    parts.push_back(send_in_pieces(*s, std::move(down), runtime::random_stream(seed + h.number)));
    parts.push_back(receive_up(*s, h));
    auto all = when_all(rt, std::move(parts));
    co_await std::move(all);
  }

  static runtime::task<bool> read_exactly(runtime::stream& s, std::string& to) {
    std::size_t have = 0;
    while (have < to.size()) {
      auto reading = read_some(s, boost::asio::buffer(to.data() + have, to.size() - have));
      const auto got = co_await std::move(reading);
      if (!got) co_return false;
      have += *got;
    }
    co_return true;
  }

  runtime::task<> receive_up(runtime::stream& s, opaque_head h) {
    auto receiving = receive(s, h.sent_up(seed), opaque_head::size, "up " + std::to_string(h.number));
    const bool whole_stream = co_await std::move(receiving);
    if (!whole_stream && is_whole("opaque") && !left_early.contains(h.number))
      wrong("opaque connection " + std::to_string(h.number) + " did not arrive whole");
  }

 public:
  /// Ends the direction when all is sent.
  runtime::task<> send_in_pieces(runtime::stream& s, std::string bytes, runtime::random_stream random) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random.below(8000), bytes.size() - at);
      auto writing = write_all(s, boost::asio::buffer(bytes.data() + at, size));
      const auto written = co_await std::move(writing);
      if (!written) co_return;
      at += size;
      auto pausing = sleep_for(rt, random.between(duration(0ms), duration(60ms)));
      co_await std::move(pausing);
    }
    s.shutdown_write();
  }

  /// True where exactly the rest of `expected` came, and then an end in order; what comes is a beginning of
  /// it in any case.
  runtime::task<bool> receive(runtime::stream& s, std::string expected, std::size_t from, std::string name) {
    char chunk[4096];
    std::size_t at = from;
    for (;;) {
      auto reading = read_some(s, boost::asio::buffer(chunk));
      const auto got = co_await std::move(reading);
      if (!got) {
        const bool in_order = got.error() == runtime::make_error_code(runtime::errc::end_of_stream);
        co_return in_order&& at == expected.size();
      }
      if (expected.compare(at, *got, chunk, *got) != 0) {
        wrong("opaque bytes arrived changed: " + name);
        co_return false;
      }
      at += *got;
    }
  }
};

}  // namespace epicenter::proxy::testing
