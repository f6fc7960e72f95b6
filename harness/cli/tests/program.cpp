#include "harness/cli/tests/program.hpp"

#include <epicenter/http/client.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <stdexcept>

namespace epicenter::cli {
namespace {

runtime::task<> sleep_once(runtime::runtime& rt, duration length) {
  (void)co_await sleep_for(rt, length);
}

runtime::task<> get_once(runtime::runtime& rt, http::url from, answer& to) {
  http::client client(rt, {});
  http::request request;
  request.target = from.target;
  const instant deadline = rt.now() + 2s;
  auto answered = co_await client.send(from.where, std::move(request), deadline);
  if (answered) {
    to.status = answered->status;
    if (auto body = json::parse(answered->body)) to.body = std::move(*body);
  }
  co_await client.stop();
}

}  // namespace

program::program(const scratch& where, std::vector<std::string> args)
    : child_process(where, EPICENTER_PROGRAM, std::move(args)) {}

finished run_to_end(const scratch& where, const std::vector<std::string>& args) {
  program p(where, args);
  const int code = p.wait();
  return {code, p.out(), p.err()};
}

void pause_for(duration length) {
  runtime::real_runtime rt;
  runtime::spawn(rt, "pause", sleep_once(rt, length));
  rt.run();
}

answer get(const std::string& url) {
  auto from = http::parse_url(url);
  if (!from) throw std::runtime_error(from.error().message());
  runtime::real_runtime rt;
  answer found;
  runtime::spawn(rt, "get", get_once(rt, std::move(*from), found));
  rt.run();
  return found;
}

}  // namespace epicenter::cli
