#include "mock-epic/server/admin_levers.hpp"

#include <algorithm>
#include <array>
#include <epicenter/base/units.hpp>

#include "mock-epic/levers/lever_type.hpp"
#include "mock-epic/server/admin_json.hpp"

namespace epicenter::mock::server {
namespace {

/// By the error's code: unknown_type and not_found 404, exists and too_many 409, else 400.
http::response reply_lever_error(const error& why) {
  if (why == make_error_code(lever_errc::unknown_type))
    return reply_error(404, "unknown_type", why.message());
  if (why == make_error_code(lever_errc::not_found)) return reply_error(404, "not_found", why.message());
  if (why == make_error_code(lever_errc::exists)) return reply_error(409, "exists", why.message());
  if (why == make_error_code(lever_errc::too_many)) return reply_error(409, "too_many", why.message());
  return reply_error(400, "bad_parameter", why.message());
}

tl::unexpected<error> bad(std::string why) {
  return fail(lever_errc::bad_parameter, std::move(why));
}

json::value to_json(const lever_status& status) {
  json::object made;
  made.set("id", status.id);
  made.set("type", status.type);
  made.set("touched", status.touched);
  made.set("injected", status.injected);
  made.set("skipped", status.skipped);
  made.set("lease_left_ms",
           std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(status.lease_left).count()});
  if (!status.details.empty()) made.set("details", status.details);
  return made;
}

/// A bound as people would write the value.
json::value bound_of(const lever_parameter& p, std::int64_t bound) {
  if (p.kind == lever_value::duration) return format_duration(duration(bound));
  if (p.kind == lever_value::share) return format_share(share{bound});
  return bound;
}

json::value to_json(const lever_parameter& p) {
  json::object made;
  made.set("name", p.name);
  made.set("kind", name_of(p.kind));
  made.set("required", p.required);
  if (!p.default_text.empty()) made.set("default", p.default_text);
  made.set("help", p.help);
  json::array choices;
  for (const std::string_view one : p.choices) choices.emplace_back(one);
  if (!choices.empty()) made.set("choices", std::move(choices));
  const bool bounded = p.kind == lever_value::integer || p.kind == lever_value::duration;
  if (bounded || p.kind == lever_value::share) {
    made.set("minimum", bound_of(p, p.minimum));
    made.set(
        "maximum",
        bound_of(p, p.kind == lever_value::share ? std::min<std::int64_t>(p.maximum, 1'000'000) : p.maximum));
  }
  return made;
}

json::value to_json(const lever_type& type) {
  json::object made;
  made.set("name", type.name);
  made.set("layer", type.layer == lever_layer::identity ? "identity" : "epic");
  made.set("acts", type.kind == lever_kind::instant ? "at once" : "until its lease ends");
  made.set("help", type.help);
  json::array parameters;
  for (const lever_parameter& p : type.parameters) parameters.push_back(to_json(p));
  made.set("parameters", std::move(parameters));
  return made;
}

result<duration> read_lease(const json::object& body) {
  const json::value* milliseconds = body.find("lease_ms");
  const json::value* text = body.find("lease");
  if (milliseconds && text) return bad("lease: write lease or lease_ms, not both");
  if (milliseconds) {
    const auto count = milliseconds->to_int64();
    // A day at most, checked by the board: this bound only keeps the product from overflowing.
    if (!count || *count < 0 || *count > 1'000'000'000)
      return bad("lease_ms: write a whole number of milliseconds");
    return std::chrono::milliseconds(*count);
  }
  if (!text) return lever_spec{}.lease;
  const auto written = text->if_string();
  const auto parsed = parse_duration(written ? *written : json::text_view());
  if (!parsed) return bad("lease: write a time such as 90s");
  return *parsed;
}

result<std::optional<std::uint64_t>> read_count(const json::object& from, std::string_view name) {
  const json::value* given = from.find(name);
  if (!given) return std::optional<std::uint64_t>();
  const auto count = given->to_int64();
  if (!count || *count < 1 || *count > 1'000'000'000)
    return bad(std::string(name) + ": write a whole number from 1 to 1000000000");
  return std::optional(static_cast<std::uint64_t>(*count));
}

result<> read_texts(const json::object& from, lever_match& into) {
  struct part {
    std::string_view name;
    std::optional<std::string> lever_match::*where;
  };
  static constexpr auto parts = std::to_array<part>({{"operation", &lever_match::operation},
                                                     {"method", &lever_match::method},
                                                     {"path", &lever_match::path},
                                                     {"header", &lever_match::header},
                                                     {"client", &lever_match::client}});
  static constexpr auto counts = std::to_array<std::string_view>({"first", "nth", "every", "after"});
  for (const auto& [name, value] : from) {
    if (std::find(counts.begin(), counts.end(), name) != counts.end()) continue;
    const auto at = std::find_if(parts.begin(), parts.end(), [&](const part& p) { return p.name == name; });
    if (at == parts.end())
      return bad("match has no " + std::string(name) +
                 "; it has operation, method, path, header, client, first, nth, every, after");
    const auto text = value.if_string();
    if (!text) return bad("match: " + std::string(name) + " is a text");
    into.*(at->where) = *text;
  }
  return {};
}

result<std::int64_t> read_rate(const json::object& body) {
  const json::value* given = body.find("rate");
  if (!given) return lever_match{}.rate_ppm;
  const auto text = given->if_string();
  const auto digits = given->if_number();
  const auto parsed = parse_share(text ? *text : digits ? digits->text : json::text_view());
  if (!parsed) return bad("rate: write a share such as 30% or 0.3");
  return parsed->ppm;
}

result<lever_match> read_match(const json::object& body) {
  lever_match made;
  const json::value* given = body.find("match");
  if (given && !given->is_object())
    return bad("match: write an object such as {\"operation\": \"order-lab\"}");
  const json::object none;
  const json::object& parts = given ? *given->if_object() : none;
  if (auto good = read_texts(parts, made); !good) return fail(std::move(good.error()));
  struct count {
    std::string_view name;
    std::optional<std::uint64_t> lever_match::*where;
  };
  for (const count& one : {count{"first", &lever_match::first}, count{"nth", &lever_match::nth},
                           count{"every", &lever_match::every}, count{"after", &lever_match::after}}) {
    auto read = read_count(parts, one.name);
    if (!read) return fail(std::move(read.error()));
    made.*(one.where) = *read;
  }
  auto times = read_count(body, "times");
  if (!times) return fail(std::move(times.error()));
  if (*times && made.first) return bad("times: write times or match.first, not both");
  if (*times) made.first = *times;
  auto rate = read_rate(body);
  if (!rate) return fail(std::move(rate.error()));
  made.rate_ppm = *rate;
  return made;
}

/// "maintenance-1", or the next number that no active lever bears.
std::string free_id(const lever_board& board, std::string_view type) {
  const auto active = board.status();
  for (std::size_t n = 1;; ++n) {
    std::string id = std::string(type) + "-" + std::to_string(n);
    if (std::none_of(active.begin(), active.end(), [&](const lever_status& one) { return one.id == id; }))
      return id;
  }
}

result<lever_spec> read_spec(const lever_board& board, std::string type, const json::object& body) {
  lever_spec spec;
  spec.type = std::move(type);
  const json::value* id = body.find("id");
  if (id && !id->if_string()) return bad("id: write a text");
  spec.id = id ? std::string(*id->if_string()) : free_id(board, spec.type);
  const json::value* parameters = body.find("parameters");
  if (parameters && !parameters->is_object()) return bad("parameters: write an object");
  if (parameters) spec.parameters = *parameters->if_object();
  const auto lease = read_lease(body);
  if (!lease) return fail(lease.error());
  spec.lease = *lease;
  auto match = read_match(body);
  if (!match) return fail(std::move(match.error()));
  spec.match = std::move(*match);
  return spec;
}

http::response reply_status(const lever_board& board, std::string_view id, unsigned status) {
  for (const lever_status& one : board.status())
    if (one.id == id) return reply_json(status, to_json(one));
  return reply_lever_error(error(make_error_code(lever_errc::not_found), std::string(id)));
}

http::response apply(lever_board& board, const http::request& request, std::string type) {
  const auto body =
      request.body.empty()
          ? tl::expected<json::object, std::string>(json::object{})
          : read_body(request, {"id", "lease_ms", "lease", "parameters", "match", "rate", "times"});
  if (!body) return bad_request(body.error());
  auto spec = read_spec(board, std::move(type), *body);
  if (!spec) return reply_lever_error(spec.error());
  const std::string id = spec->id;
  const auto applied = board.apply(std::move(*spec));
  return applied ? reply_status(board, id, 201) : reply_lever_error(applied.error());
}

http::response renew(lever_board& board, const http::request& request, std::string_view id) {
  if (request.method != "PUT") return bad_method();
  const auto body = read_body(request, {"lease_ms", "lease"});
  if (!body) return bad_request(body.error());
  if (body->empty()) return bad_request("lease or lease_ms is needed");
  const auto lease = read_lease(*body);
  if (!lease) return reply_lever_error(lease.error());
  const auto renewed = board.renew(id, *lease);
  return renewed ? reply_nothing() : reply_lever_error(renewed.error());
}

http::response list(const lever_board& board) {
  json::array levers;
  for (const lever_status& one : board.status()) levers.push_back(to_json(one));
  json::array types;
  for (const lever_type& one : lever_catalog()) types.push_back(to_json(one));
  json::object body;
  body.set("levers", std::move(levers));
  body.set("types", std::move(types));
  return reply_json(200, std::move(body));
}

}  // namespace

http::response handle_levers(lever_board& board, const http::request& request, std::string_view path) {
  if (path.empty()) {
    if (request.method == "GET") return list(board);
    if (request.method != "DELETE") return bad_method();
    board.clear();
    return reply_nothing();
  }
  const std::size_t slash = path.find('/');
  const auto name = decode_segment(path.substr(0, slash));
  if (!name) return unknown_route();
  if (slash != std::string_view::npos)
    return path.substr(slash + 1) == "lease" ? renew(board, request, *name) : unknown_route();
  if (request.method == "GET") return reply_status(board, *name, 200);
  if (request.method == "POST") return apply(board, request, *name);
  if (request.method != "DELETE") return bad_method();
  const auto removed = board.remove(*name);
  return removed ? reply_json(200, to_json(*removed)) : reply_lever_error(removed.error());
}

}  // namespace epicenter::mock::server
