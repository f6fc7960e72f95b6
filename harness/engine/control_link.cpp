#include "harness/engine/control_link.hpp"

#include <epicenter/json/parse.hpp>

#include "harness/engine/error.hpp"

namespace epicenter::engine {
namespace {

constexpr duration answer_limit = 5s;

}  // namespace

runtime::task<result<json::value>> control_link::ask(std::string method, std::string path, std::string body) {
  http::request request;
  request.method = std::move(method);
  request.target = base_.target;
  while (request.target.ends_with('/')) request.target.pop_back();
  request.target += path;
  if (!body.empty()) request.fields.set("Content-Type", "application/json");
  request.body = std::move(body);
  const std::string what = request.method + " " + base_.where.to_string() + request.target;
  const instant deadline = runtime_.now() + answer_limit;
  auto answer = co_await client_.send(base_.where, std::move(request), deadline);
  if (!answer) co_return fail(error(errc::environment, what).caused_by(std::move(answer.error().why)));
  json::value content;
  if (!answer->body.empty()) {
    auto parsed = json::parse(answer->body);
    if (!parsed) co_return fail(error(errc::environment, what).caused_by(std::move(parsed.error())));
    content = std::move(*parsed);
  }
  if (answer->status / 100 != 2) {
    std::string why(content.string_at("message", content.string_at("error")));
    co_return fail(errc::environment, what + ": " + std::to_string(answer->status) + " " + why);
  }
  co_return content;
}

}  // namespace epicenter::engine
