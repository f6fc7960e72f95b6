// A client and an upstream that send any bytes in any pieces, through faults that come and go: nothing
// crashes or hangs, and where no fault may change bytes each side gets exactly what the other sent.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "harness/proxy/proxy.hpp"
#include "harness/proxy/tests/random_fault.hpp"

namespace {

using namespace epicenter;  // NOLINT: a program of one file
using namespace std::chrono_literals;
using runtime::task;

/// Reads the input from its front; what is beyond its end is 0.
class script {
 public:
  script(const std::uint8_t* data, std::size_t size) : left_(data, data + size) {}
  bool over() const { return at_ >= left_.size(); }
  std::uint8_t byte() { return over() ? std::uint8_t{0} : static_cast<std::uint8_t>(left_[at_++]); }
  std::string bytes(std::size_t count) {
    auto part = left_.substr(std::min(at_, left_.size()), count);
    at_ += part.size();
    return part;
  }

 private:
  std::string left_;
  std::size_t at_ = 0;
};

struct side {
  std::shared_ptr<runtime::stream> stream;
  std::string sent, got;
  bool ended = false;     ///< has ended what it sends
  bool in_order = false;  ///< has seen the end of what it is sent
};

struct world {
  world(runtime::virtual_runtime& r, script s)
      : rt(r),
        input(std::move(s)),
        flags(input.byte()),
        faults(runtime::random_stream(input.byte())),
        proxy(r, options()),
        listener(r.listen({"127.0.0.1", 0, {}}).value()) {
    where = proxy.add({"any", {"127.0.0.1", 0, {}}, listener->local_endpoint()}).value().listen;
  }
  proxy::proxy_options options() const {
    proxy::proxy_options o;
    o.buffer_bytes = 512U << (flags & 7U);
    o.unseen = (flags & 8U) != 0;
    o.max_taken_bytes = (flags & 16U) != 0 ? 100 : 100'000;
    return o;
  }
  bool harmful() const { return (flags & 32U) != 0; }

  runtime::virtual_runtime& rt;
  script input;
  std::uint8_t flags;
  proxy::testing::random_faults faults;
  proxy::fault_proxy proxy;
  std::shared_ptr<runtime::listener> listener;
  runtime::endpoint where;
  side client, upstream;
  int begun = 0;
  bool torn = false;  ///< somebody was reset: bytes on their way may be lost
};

task<> receive(side& s) {
  const auto stream = s.stream;
  char chunk[1024];
  for (;;) {
    auto reading = read_some(*stream, boost::asio::buffer(chunk));
    const auto got = co_await std::move(reading);
    if (!got) {
      s.in_order = got.error() == runtime::make_error_code(runtime::errc::end_of_stream);
      co_return;
    }
    s.got.append(chunk, *got);
  }
}

task<> send(side& s, std::string bytes) {
  if (!s.stream || s.ended || bytes.empty()) co_return;
  auto writing = write_all(*s.stream, boost::asio::buffer(bytes));
  const auto written = co_await std::move(writing);
  if (written) s.sent += bytes;
}

task<> serve(world& w) {
  auto accepting = accept(*w.listener);
  auto accepted = co_await std::move(accepting);
  if (!accepted) co_return;
  w.upstream.stream = std::move(*accepted);
  co_await receive(w.upstream);
}

task<> begin_fault(world& w) {
  if (w.begun >= 8) co_return;
  auto spec = w.faults.draw("f" + std::to_string(++w.begun), w.harmful());
  if (w.input.byte() % 4 == 0) spec.match = {};
  auto applying = w.proxy.injector().apply(std::move(spec));
  const auto applied = co_await std::move(applying);
  EPICENTER_CHECK(applied.has_value(), "faults that are valid are applied");
}

task<> pause(world& w, duration time) {
  auto sleeping = sleep_for(w.rt, time);
  co_await std::move(sleeping);
}

task<> one_step(world& w) {
  const auto what = w.input.byte();
  auto& from = what % 2 == 0 ? w.client : w.upstream;
  switch (what / 2 % 16) {
    default: {
      auto sending = send(from, w.input.bytes(w.input.byte()));
      co_await std::move(sending);
      break;
    }
    case 8:
    case 9: {
      // Any length, with few bytes of input.
      std::string bytes = w.input.bytes(w.input.byte() % 16);
      const std::size_t times = w.input.byte();
      std::string all;
      for (std::size_t i = 0; i < times; ++i) all += bytes;
      auto sending = send(from, std::move(all));
      co_await std::move(sending);
      break;
    }
    case 10: {
      auto pausing = pause(w, duration(1ms) * w.input.byte());
      co_await std::move(pausing);
      break;
    }
    case 11:
    case 12: {
      auto beginning = begin_fault(w);
      co_await std::move(beginning);
      break;
    }
    case 13:
      w.proxy.clear_faults();
      break;
    case 14:
      if (from.stream && !from.ended) from.stream->shutdown_write();
      from.ended = from.ended || from.stream;
      break;
    case 15:
      if (from.stream && what >= 224) {
        from.stream->reset();
        from.ended = w.torn = true;
      }
  }
}

void finish(side& s) {
  if (s.stream && !std::exchange(s.ended, true)) s.stream->shutdown_write();
}

task<> whole_life(world& w) {
  for (int n = w.flags >> 6U; n > 0; --n) co_await begin_fault(w);
  auto dialling = connect(w.rt, w.where, w.rt.now() + 1s);
  auto dialled = co_await std::move(dialling);
  if (dialled) {
    w.client.stream = std::move(*dialled);
    runtime::task_group readers(w.rt);
    readers.spawn("client", receive(w.client));
    readers.spawn("upstream", serve(w));
    while (!w.input.over()) {
      auto stepping = one_step(w);
      co_await std::move(stepping);
    }
    w.proxy.clear_faults();
    auto settling = pause(w, 6s);  // a lookup that is silent lasts 5 s
    co_await std::move(settling);
    finish(w.client);
    finish(w.upstream);
    auto ending = pause(w, 1s);
    co_await std::move(ending);
    if (!w.harmful() && !w.torn) {
      EPICENTER_CHECK(w.upstream.got == w.client.sent, "the upstream gets what the client sent");
      EPICENTER_CHECK(w.client.got == w.upstream.sent, "the client gets what the upstream sent");
      EPICENTER_CHECK(w.client.in_order && w.upstream.in_order, "both see the end in order");
    }
    w.client.stream->close();
    if (w.upstream.stream) w.upstream.stream->close();
    w.listener->close();
    auto joining = readers.join();
    co_await std::move(joining);
    auto leaving = pause(w, 1s);
    co_await std::move(leaving);
  }
  EPICENTER_CHECK(w.proxy.connections() == 0, "no connection is left");
  EPICENTER_CHECK(w.proxy.in_flight() == 0, "no request is left");
  auto stopping = w.proxy.stop();
  co_await std::move(stopping);
  w.listener->close();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  runtime::virtual_options options;
  options.seed = 1;
  options.link.latency = 1ms;
  options.link.buffer = 1024 * 1024;
  runtime::virtual_runtime rt(options);
  world w(rt, script(data, size));
  spawn(rt, "all", whole_life(w));
  EPICENTER_CHECK(rt.run(rt.now() + 1h) == runtime::run_end::finished, "it ends");
  return 0;
}
