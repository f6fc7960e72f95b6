// An egress proxy that does what a test wants, in either world.
#pragma once

#include <epicenter/base/cause.hpp>
#include <epicenter/http/egress_proxy.hpp>

#include "lib/epicenter/http/tests/rig.hpp"

namespace epicenter::http {

/// Answers each connection by `answer` and, where that opens a tunnel, relays to the server, whatever name
/// the client asked for.
class scripted_proxy {
 public:
  explicit scripted_proxy(world& rt, runtime::endpoint server)
      : rt_(rt), server_(std::move(server)), tasks_(rt) {
    listener_ = rt.listen(any_port()).value();
    tasks_.spawn("proxy", accept_all());
  }

  egress_proxy settings() const {
    egress_proxy made;
    made.where.server = listener_->local_endpoint();
    return made;
  }
  task<> stop() {
    listener_->close();
    tasks_.cancel();
    co_await tasks_.join();
  }

  tls_context_ptr tls;  ///< clients speak TLS to the proxy itself
  std::vector<std::string> answer{"HTTP/1.1 200 Connection established\r\n\r\n"};  ///< written part by part
  duration pause{};                                                                ///< before each part
  bool hangs_up = false;                                                           ///< after the answer
  std::vector<std::string> heads;  ///< of the requests, as they came

 private:
  task<> accept_all() {
    for (;;) {
      auto next = co_await runtime::accept(*listener_);
      if (!next) co_return;
      tasks_.spawn("proxied", serve(std::move(*next)));
    }
  }

  task<> serve(runtime::stream_ptr client) {
    if (tls) {
      const instant patience = rt_.now() + 5s;
      auto plain = co_await tls_accept(rt_, tls, std::move(client), patience);
      if (!plain) co_return;
      client = std::move(*plain);
    }
    std::string head;
    std::string buffer(1, '\0');
    while (!head.ends_with("\r\n\r\n")) {
      auto got = co_await runtime::read_some(*client, boost::asio::buffer(buffer));
      if (!got) co_return;
      head += buffer;
    }
    heads.push_back(head);
    const std::vector<std::string> parts = answer;
    for (const std::string& part : parts) {
      if (pause != 0ns) co_await runtime::sleep_for(rt_, pause);
      const result<> sent = co_await runtime::write_all(*client, boost::asio::buffer(part));
      if (!sent) co_return;
    }
    if (hangs_up) co_return;
    const instant limit = rt_.now() + 5s;
    auto server = co_await runtime::connect(rt_, server_, limit);
    if (!server) co_return;
    const auto moved = co_await runtime::relay(rt_, *client, **server);
    static_cast<void>(moved);
  }

  world& rt_;
  runtime::endpoint server_;
  runtime::listener_ptr listener_;
  runtime::task_group tasks_;
};

}  // namespace epicenter::http
