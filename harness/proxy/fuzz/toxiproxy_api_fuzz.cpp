// Calls to Toxiproxy's API, all hostile: each line is method, path and body. Whatever comes, every call is
// answered at once, JSON where it says so, and the server knows its proxies afterwards.
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "harness/proxy/tests/fake_fleet.hpp"
#include "harness/proxy/toxiproxy/toxiproxy_api.hpp"

namespace {

using epicenter::proxy::testing::fake_fleet;
using epicenter::proxy::toxiproxy::toxiproxy_api;
namespace http = epicenter::http;
namespace runtime = epicenter::runtime;

std::string take(std::string_view& text, char until) {
  const std::size_t end = std::min(text.find(until), text.size());
  std::string word(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

runtime::task<> answer(toxiproxy_api& api, http::request r, std::optional<http::response>& got) {
  auto answering = api.answer(r);
  auto answered = co_await std::move(answering);
  got = std::move(answered);
}

http::response call(runtime::virtual_runtime& rt, toxiproxy_api& api, http::request r) {
  std::optional<http::response> got;
  runtime::spawn(rt, "call", answer(api, std::move(r), got));
  rt.run(rt.now());
  EPICENTER_CHECK(got.has_value(), "every call is answered");
  return *std::move(got);
}

/// One letter stands for a method, so that mutations find their way: g, p, d, a (PATCH).
std::string method_of(const std::string& word) {
  if (word == "g") return "GET";
  if (word == "p") return "POST";
  if (word == "d") return "DELETE";
  return word == "a" ? "PATCH" : word;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  std::string_view text = bytes;
  runtime::virtual_runtime rt{runtime::virtual_options{}};
  fake_fleet fleet(rt);
  toxiproxy_api api(rt, fleet);
  for (int calls = 0; calls < 16 && !text.empty(); ++calls) {
    std::string_view one;
    const std::string line = take(text, '\n');
    one = line;
    http::request r;
    r.method = method_of(take(one, ' '));
    r.target = take(one, ' ');
    r.body = one;
    const bool owned = toxiproxy_api::owns(r.path());
    const auto reply = call(rt, api, std::move(r));
    EPICENTER_CHECK(reply.status >= 200 && reply.status < 504, "a status of the API");
    EPICENTER_CHECK(owned || reply.status == 404, "what it does not own is not there");
    if (reply.content_type() == "application/json")
      EPICENTER_CHECK(epicenter::json::parse(reply.body).has_value(), "JSON is JSON");
    if (calls % 4 == 3) rt.run(rt.now() + epicenter::duration(1'000'000'000));
  }
  http::request all;
  all.target = "/proxies";
  const auto listed = call(rt, api, all);
  const auto shown = epicenter::json::parse(listed.body);
  EPICENTER_CHECK(shown && shown->is_object(), "the proxies can be listed");
  EPICENTER_CHECK(shown->if_object()->size() == fleet.routes().size(), "the list is whole");
  runtime::spawn(rt, "stop", api.stop());
  rt.run();
  return 0;
}
