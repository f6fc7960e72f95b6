#include "harness/proxy/http_injector.hpp"

#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "harness/proxy/wire.hpp"

namespace epicenter::proxy {

namespace {

http::client_options control_client() {
  http::client_options o;
  o.max_connections = 4;
  o.response_limits.max_body_bytes = 1024 * 1024;
  return o;
}

/// The proxy's own words for why not.
error refusal(const http::response& r) {
  const auto body = json::parse(r.body);
  std::string words(body ? body->string_at("error") : std::string_view());
  errc what = errc::control_failed;
  if (r.status == 400) what = errc::bad_parameter;
  if (r.status == 404) what = errc::fault_not_found;
  if (r.status == 409) what = errc::fault_exists;
  if (r.status == 503) what = errc::not_listening;
  if (words.empty()) words = "status " + std::to_string(r.status);
  return error(make_error_code(words.starts_with("status ") ? errc::control_failed : what), std::move(words));
}

std::string lease_body(duration lease) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(lease).count();
  return json::write(json::object{{"lease_ms", json::value(std::int64_t{ms})}});
}

}  // namespace

http_injector::http_injector(runtime::runtime& rt, http::origin control, duration limit)
    : runtime_(rt), control_(std::move(control)), limit_(limit), client_(rt, control_client()) {}

runtime::task<result<json::value>> http_injector::call(std::string method, std::string target,
                                                       std::string body) {
  http::request r;
  r.method = std::move(method);
  r.target = std::move(target);
  if (!body.empty()) r.fields.add("Content-Type", "application/json");
  r.body = std::move(body);
  auto sending = client_.send(control_, std::move(r), runtime_.now() + limit_);
  auto sent = co_await std::move(sending);
  if (!sent) {
    co_return fail(
        error(make_error_code(errc::control_failed), control_.to_string()).caused_by(sent.error().why));
  }
  if (sent->status / 100 != 2) co_return fail(refusal(*sent));
  auto parsed = json::parse(sent->body);
  if (!parsed) co_return fail(error(make_error_code(errc::control_failed)).caused_by(parsed.error()));
  co_return std::move(*parsed);
}

runtime::task<result<>> http_injector::apply(faults::fault_spec spec) {
  auto calling = call("POST", "/faults", json::write(to_json(spec)));
  const auto done = co_await std::move(calling);
  if (!done) co_return fail(done.error());
  co_return result<>{};
}

runtime::task<result<>> http_injector::renew(std::string id, duration lease) {
  auto calling = call("PUT", "/faults/" + http::percent_encode(id) + "/lease", lease_body(lease));
  const auto done = co_await std::move(calling);
  if (!done) co_return fail(done.error());
  co_return result<>{};
}

runtime::task<result<faults::fault_status>> http_injector::remove(std::string id) {
  auto calling = call("DELETE", "/faults/" + http::percent_encode(id), {});
  const auto last = co_await std::move(calling);
  if (!last) co_return fail(last.error());
  co_return parse_fault_status(*last);
}

runtime::task<result<std::vector<faults::fault_status>>> http_injector::status() {
  auto calling = call("GET", "/faults", {});
  const auto answer = co_await std::move(calling);
  if (!answer) co_return fail(answer.error());
  const auto* list = answer->find("faults");
  if (list == nullptr || !list->is_array()) co_return fail(errc::control_failed, "an answer without faults");
  std::vector<faults::fault_status> all;
  for (const auto& one : *list->if_array()) {
    auto read = parse_fault_status(one);
    if (!read) co_return fail(read.error());
    all.push_back(std::move(*read));
  }
  co_return all;
}

runtime::task<result<std::size_t>> http_injector::in_flight() {
  auto calling = call("GET", "/traffic", {});
  const auto answer = co_await std::move(calling);
  if (!answer) co_return fail(answer.error());
  const auto* count = answer->find("in_flight");
  const auto read = count != nullptr ? count->to_int64() : result<std::int64_t>(0);
  if (count == nullptr || !read || *read < 0)
    co_return fail(errc::control_failed, "an answer without in_flight");
  co_return static_cast<std::size_t>(*read);
}

runtime::task<result<>> http_injector::clear() {
  auto calling = call("DELETE", "/faults", {});
  const auto done = co_await std::move(calling);
  if (!done) co_return fail(done.error());
  co_return result<>{};
}

runtime::task<> http_injector::stop() {
  auto stopping = client_.stop();
  co_await std::move(stopping);
}

}  // namespace epicenter::proxy
