#include "harness/engine/remote_mock_injector.hpp"

#include <epicenter/http/url.hpp>
#include <epicenter/json/write.hpp>

namespace epicenter::engine {
namespace {

std::int64_t milliseconds(duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

std::uint64_t number_at(const json::value& v, std::string_view key) {
  const auto* found = v.find(key);
  const auto n = found != nullptr ? found->to_int64() : result<std::int64_t>(0);
  return n && *n > 0 ? static_cast<std::uint64_t>(*n) : 0;
}

faults::fault_status status_of(const json::value& v) {
  faults::fault_status s;
  s.id = std::string(v.string_at("id"));
  s.type = std::string(v.string_at("type"));
  s.touched = number_at(v, "touched");
  s.injected = number_at(v, "injected");
  s.skipped = number_at(v, "skipped");
  s.lease_left = std::chrono::milliseconds(number_at(v, "lease_left_ms"));
  return s;
}

json::object match_of(const faults::selection& s) {
  json::object m;
  const auto text = [&m](const char* name, const std::optional<std::string>& value) {
    if (value) m.set(name, *value);
  };
  const auto count = [&m](const char* name, std::optional<std::uint64_t> value) {
    if (value) m.set(name, *value);
  };
  text("operation", s.operation);
  text("method", s.method);
  text("path", s.path);
  text("header", s.header);
  text("client", s.client);
  count("first", s.first);
  count("nth", s.nth);
  count("every", s.every);
  count("after", s.after);
  return m;
}

}  // namespace

runtime::task<result<>> remote_mock_injector::apply(faults::fault_spec spec) {
  json::object body{
      {"id", spec.id}, {"lease_ms", milliseconds(spec.lease)}, {"parameters", std::move(spec.parameters)}};
  json::object match = match_of(spec.match);
  if (!match.empty()) body.set("match", std::move(match));
  if (spec.match.rate != faults::selection{}.rate) body.set("rate", format_share(spec.match.rate));
  auto answer = co_await admin_.ask("POST", "/epic/" + http::percent_encode(spec.type), json::write(body));
  if (!answer) co_return fail(std::move(answer.error()));
  co_return result<>{};
}

runtime::task<result<>> remote_mock_injector::renew(std::string id, duration lease) {
  const json::object body{{"lease_ms", milliseconds(lease)}};
  auto answer = co_await admin_.ask("PUT", "/epic/" + http::percent_encode(id) + "/lease", json::write(body));
  if (!answer) co_return fail(std::move(answer.error()));
  co_return result<>{};
}

runtime::task<result<faults::fault_status>> remote_mock_injector::remove(std::string id) {
  auto answer = co_await admin_.ask("DELETE", "/epic/" + http::percent_encode(id));
  if (!answer) co_return fail(std::move(answer.error()));
  co_return status_of(*answer);
}

runtime::task<result<std::vector<faults::fault_status>>> remote_mock_injector::status() {
  auto answer = co_await admin_.ask("GET", "/epic");
  if (!answer) co_return fail(std::move(answer.error()));
  std::vector<faults::fault_status> all;
  const auto* levers = answer->find("levers");
  if (levers != nullptr && levers->is_array()) {
    for (const auto& lever : *levers->if_array()) all.push_back(status_of(lever));
  }
  co_return all;
}

}  // namespace epicenter::engine
