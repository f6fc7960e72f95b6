#include "mock-epic/stubs/serve_event.hpp"

#include <algorithm>
#include <epicenter/json/utf8.hpp>

#include "mock-epic/stubs/base64.hpp"
#include "mock-epic/stubs/date_text.hpp"

namespace epicenter::mock::stubs {
namespace {

http::request request_of(const journal_entry& entry) {
  http::request made;
  made.method = entry.method;
  made.target = entry.detail->target;
  made.fields = fields_of(entry.detail->request_head);
  made.body = entry.detail->request_body;
  return made;
}

request_origin origin_of(const journal_entry& entry, std::string id) {
  request_origin made;
  made.client_ip = entry.detail->client_ip;
  made.scheme = entry.detail->scheme;
  made.server_host = entry.detail->server_host;
  made.server_port = entry.detail->server_port;
  made.at = entry.detail->received;
  made.id = std::move(id);
  return made;
}

/// The name with U+FFFD for what is no UTF-8: two names that are written alike must be one member.
std::string readable(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t length = json::utf8_length(name, i);
    out.append(length == 0 ? std::string_view("\xEF\xBF\xBD") : name.substr(i, length));
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

/// {name: value, or [values] where it stands several times}
json::object fields_json(const http::headers& fields) {
  json::object out;
  for (const auto& [name, value] : fields) {
    json::value& at = out[readable(name)];
    if (at.is_null())
      at = value;
    else if (json::array* list = at.if_array())
      list->emplace_back(value);
    else
      at = json::array{at, json::value(value)};
  }
  return out;
}

/// {name: {key, values}}
json::object parameters_json(const http::parameters& pairs) {
  json::object out;
  for (const auto& [name, value] : pairs) {
    json::value& at = out[readable(name)];
    if (at.is_null()) at = json::object{{"key", readable(name)}, {"values", json::array{}}};
    at.if_object()->find("values")->if_array()->emplace_back(value);
  }
  return out;
}

std::int64_t milliseconds(duration d) {
  return std::chrono::floor<std::chrono::milliseconds>(d).count();
}

json::object response_json(const journal_entry& entry) {
  const exchange_detail& detail = *entry.detail;
  json::object out;
  out.set("status", std::uint64_t{entry.status});
  out.set("headers", fields_json(fields_of(detail.response_head)));
  out.set("bodyAsBase64", encode_base64(detail.response_body));
  out.set("body", detail.response_body);
  if (detail.response_body_size > detail.response_body.size()) out.set("bodySize", detail.response_body_size);
  return out;
}

json::object timing_json(const journal_entry& entry) {
  json::object out;
  const std::int64_t delay = milliseconds(entry.detail->added_delay);
  const std::int64_t total =
      entry.responded_at ? milliseconds(*entry.responded_at - entry.received_at) : std::int64_t{0};
  out.set("addedDelay", delay);
  out.set("processTime", 0);
  out.set("responseSendTime", std::max<std::int64_t>(total - delay, 0));
  out.set("serveTime", std::max<std::int64_t>(total - delay, 0));
  out.set("totalTime", total);
  return out;
}

}  // namespace

json::object request_json(const stub_request& r) {
  const http::request& in = r.incoming();
  json::object out;
  if (!r.origin().id.empty()) out.set("id", r.origin().id);
  out.set("url", in.target);
  out.set("absoluteUrl", r.absolute_url());
  out.set("method", in.method);
  out.set("clientIp", r.origin().client_ip);
  out.set("headers", fields_json(in.fields));
  json::object cookies;
  for (const auto& [name, value] : r.cookies()) cookies.set(readable(name), value);
  out.set("cookies", std::move(cookies));
  out.set("browserProxyRequest", false);
  out.set("loggedDate", milliseconds(r.origin().at.time_since_epoch()));
  out.set("bodyAsBase64", encode_base64(in.body));
  out.set("body", in.body);
  out.set("protocol", "HTTP/1.1");
  out.set("scheme", r.origin().scheme);
  out.set("host", r.host());
  out.set("port", std::int64_t{r.port()});
  out.set("loggedDateString", format_iso_millis(r.origin().at));
  out.set("queryParams", parameters_json(r.query()));
  out.set("formParams", parameters_json(r.form()));
  return out;
}

logged_request::logged_request(const journal_entry& entry, std::string id)
    : entry_(entry), request_(request_of(entry)), view_(request_, origin_of(entry, std::move(id))) {}

json::value logged_request::to_json() const {
  json::object out = request_json(view_);
  if (entry_.detail->request_body_size > request_.body.size())
    out.set("bodySize", entry_.detail->request_body_size);
  return out;
}

json::value serve_event(const journal_entry& entry, std::string id, const stub_store& store) {
  const exchange_detail& detail = *entry.detail;
  json::object out;
  out.set("id", id);
  json::value request = logged_request(entry, std::move(id)).to_json();
  request.if_object()->erase("id");
  out.set("request", std::move(request));
  const stub_mapping* stub = detail.stub_id.empty() ? nullptr : store.index().find(detail.stub_id);
  json::object definition;
  if (stub) {
    definition = *stub->stored.find("response")->if_object();
  } else {
    definition.set("status", std::uint64_t{entry.status});
    if (!entry.rule.empty()) definition.set("transformerParameters", json::object{{"rule", entry.rule}});
  }
  out.set("responseDefinition", std::move(definition));
  if (entry.status != 0) out.set("response", response_json(entry));
  out.set("wasMatched", detail.matched);
  out.set("timing", timing_json(entry));
  out.set("subEvents", json::array{});
  if (stub) out.set("stubMapping", stub->shown());
  return out;
}

}  // namespace epicenter::mock::stubs
