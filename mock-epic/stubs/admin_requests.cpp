// /__admin/requests… and /__admin/near-misses…
#include <algorithm>
#include <epicenter/json/write.hpp>

#include "mock-epic/stubs/admin_call.hpp"
#include "mock-epic/stubs/date_text.hpp"
#include "mock-epic/stubs/near_misses.hpp"
#include "mock-epic/stubs/serve_event.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_near_misses_of = 100;

/// The request of POST /near-misses/request: a subset of what a logged request has.
http::request read_request(const json::object& from) {
  http::request made;
  const json::value whole(from);
  made.method = whole.string_at("method", "GET");
  made.target = whole.string_at("url", "/");
  made.body = whole.string_at("body");
  const std::string absolute(whole.string_at("absoluteUrl"));
  if (const json::value* fields = whole.find("headers"); fields && fields->is_object())
    for (const auto& [name, value] : *fields->if_object())
      made.fields.add(name, value.is_string() ? std::string(*value.if_string()) : json::write(value));
  if (!from.contains("url") && !absolute.empty()) {
    const auto parsed = http::parse_url(absolute);
    if (parsed) made.target = parsed->target;
  }
  return made;
}

}  // namespace

http::response admin_call::requests(std::string_view rest) {
  if (rest.empty()) {
    if (is("GET")) return list_requests();
    if (!is("DELETE")) return admin_empty(404);
    world_.journal.hide_all(scope_.isolation);
    for (stub_mapping* one : store_.all(scope_)) one->hits = 0;
    return admin_json(200, json::object());
  }
  rest.remove_prefix(1);
  if (is("POST")) {
    if (rest == "reset") {
      // 404 in WireMock 3.13.2, though documented and called by its clients.
      world_.journal.hide_all(scope_.isolation);
      for (stub_mapping* one : store_.all(scope_)) one->hits = 0;
      return admin_json(200, json::object());
    }
    if (rest == "count" || rest == "find" || rest == "remove") return requests_by_pattern(rest);
    if (rest == "remove-by-metadata") return requests_by_metadata();
    return admin_empty(404);
  }
  if (is("GET") && rest == "unmatched") return unmatched_requests();
  if (is("GET") && rest == "unmatched/near-misses") return near_misses_of_unmatched();
  if (rest.find('/') != std::string_view::npos) return admin_empty(404);
  return one_request(rest);
}

http::response admin_call::list_requests() const {
  const std::string since_text = query_parameter("since");
  const auto since = since_text.empty() ? std::optional<wall_time>() : parse_date_text(since_text);
  const std::string stub = query_parameter("matchingStub");
  stub_error wrong;
  wrong.status = 400;
  if (!since_text.empty() && !since) {
    wrong.title = since_text + " is not a valid ISO8601 date";
    return admin_error(wrong);
  }
  if (!stub.empty() && !is_uuid(stub)) {
    wrong.title = stub + " is not a valid UUID";
    return admin_error(wrong);
  }
  std::vector<const journal_entry*> list = entries();
  const bool unmatched = query_parameter("unmatched") == "true";
  std::erase_if(list, [&](const journal_entry* one) {
    return (since && one->detail->received < *since) || (unmatched && one->detail->matched) ||
           (!stub.empty() && one->detail->stub_id != stub);
  });
  const std::size_t total = list.size();
  const std::size_t limit = read_count(query_parameter("limit")).value_or(total);
  std::reverse(list.begin(), list.end());
  if (list.size() > limit) list.resize(limit);
  json::array shown;
  for (const journal_entry* one : list)
    shown.push_back(serve_event(*one, world_.journal.id_of(one->seq), store_));
  json::object out;
  out.set("requests", std::move(shown));
  out.set("meta", json::object{{"total", std::uint64_t{total}}});
  out.set("requestJournalDisabled", !world_.journal.keeps_detail());
  return admin_json(200, std::move(out));
}

http::response admin_call::one_request(std::string_view given_id) {
  const std::string id = decoded_segment(given_id).value_or("");
  if (!is_uuid(id)) {
    stub_error wrong;
    wrong.status = 400;
    wrong.title = id.substr(0, 200) + " is not a valid UUID";
    return admin_error(wrong);
  }
  const journal_entry* found = world_.journal.find_by_id(id);
  if (found && !scope_.isolation.empty() && found->detail->isolation != scope_.isolation) found = nullptr;
  if (is("DELETE")) {
    if (found) world_.journal.hide(found->seq);
    return admin_json(200, json::object());
  }
  if (!is("GET") || !found) return admin_empty(404);
  return admin_json(200, serve_event(*found, id, store_));
}

http::response admin_call::requests_by_pattern(std::string_view what) {
  const auto wanted = pattern_of_body();
  if (!wanted) return admin_error(wanted.error());
  json::array found;
  std::vector<std::uint64_t> seqs;
  std::uint64_t count = 0;
  for (const journal_entry* one : entries()) {
    const std::string id = world_.journal.id_of(one->seq);
    const logged_request logged(*one, id);
    if (!wanted->matches(logged.view())) continue;
    ++count;
    if (what == "find") found.push_back(logged.to_json());
    if (what == "remove") found.push_back(serve_event(*one, id, store_));
    seqs.push_back(one->seq);
  }
  json::object out;
  if (what == "remove") {
    for (const std::uint64_t seq : seqs) world_.journal.hide(seq);
    out.set("serveEvents", std::move(found));
    return admin_json(200, std::move(out));
  }
  if (what == "count")
    out.set("count", count);
  else
    out.set("requests", std::move(found));
  out.set("requestJournalDisabled", !world_.journal.keeps_detail());
  return admin_json(200, std::move(out));
}

http::response admin_call::requests_by_metadata() {
  const auto given = body();
  if (!given) return admin_error(given.error());
  std::optional<stub_error> failure;
  const pattern_ptr wanted = read_pattern(*given, "", failure);
  if (failure) return admin_error(*failure);
  json::array removed;
  for (const journal_entry* one : entries()) {
    const stub_mapping* stub = store_.find(one->detail->stub_id, {});
    const json::value* metadata = stub ? stub->stored.find("metadata") : nullptr;
    const std::string text = metadata ? json::write(*metadata) : "";
    if (!metadata || !wanted->matches(std::string_view(text), world_.wall)) continue;
    removed.push_back(serve_event(*one, world_.journal.id_of(one->seq), store_));
    world_.journal.hide(one->seq);
  }
  json::object out;
  out.set("serveEvents", std::move(removed));
  return admin_json(200, std::move(out));
}

http::response admin_call::unmatched_requests() const {
  json::array shown;
  std::vector<const journal_entry*> list = entries();
  std::reverse(list.begin(), list.end());
  for (const journal_entry* one : list)
    if (!one->detail->matched)
      shown.push_back(logged_request(*one, world_.journal.id_of(one->seq)).to_json());
  json::object out;
  out.set("requests", std::move(shown));
  out.set("requestJournalDisabled", !world_.journal.keeps_detail());
  return admin_json(200, std::move(out));
}

json::value admin_call::near_miss(const json::value& request, std::string_view other_name, json::value other,
                                  double distance) const {
  json::object result;
  result.set("distance", distance);
  result.set("subEvents", json::array{});
  result.set("diffDescriptions", json::array{});
  json::object out;
  out.set("request", request);
  out.set(std::string(other_name), std::move(other));
  out.set("matchResult", std::move(result));
  return out;
}

http::response admin_call::near_misses_of_unmatched() const {
  json::array list;
  std::vector<const journal_entry*> all = entries();
  std::reverse(all.begin(), all.end());
  std::size_t looked_at = 0;
  for (const journal_entry* one : all) {
    if (one->detail->matched) continue;
    if (++looked_at > most_near_misses_of) break;
    const logged_request logged(*one, world_.journal.id_of(one->seq));
    for (const near_stub& near : nearest_stubs(store_, logged.view()))
      list.push_back(near_miss(logged.to_json(), "stubMapping", near.stub->shown(), near.distance));
  }
  return admin_json(200, json::object{{"nearMisses", std::move(list)}});
}

http::response admin_call::near_misses(std::string_view rest) {
  if (!is("POST")) return admin_empty(404);
  const auto given = body();
  if (!given) return admin_error(given.error());
  json::array list;
  if (rest == "/request") {
    stub_error wrong;
    wrong.detail = "an object is needed here";
    if (!given->is_object()) return admin_error(wrong);
    http::request asked = read_request(*given->if_object());
    request_origin origin;
    origin.client_ip = given->string_at("clientIp");
    origin.scheme = given->string_at("scheme", "http");
    origin.at = world_.wall;
    if (!scope_.isolation.empty()) asked.fields.set(isolation_header, scope_.isolation);
    const stub_request view(asked, origin);
    for (const near_stub& near : nearest_stubs(store_, view))
      list.push_back(near_miss(request_json(view), "stubMapping", near.stub->shown(), near.distance));
  } else if (rest == "/request-pattern") {
    const auto wanted = pattern_of_body();
    if (!wanted) return admin_error(wanted.error());
    std::vector<std::pair<double, const journal_entry*>> near;
    for (const journal_entry* one : entries()) {
      const double distance = wanted->distance(logged_request(*one, "").view());
      if (distance == 0) continue;
      near.emplace_back(distance, one);
      std::stable_sort(near.begin(), near.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      if (near.size() > near_misses_shown) near.pop_back();
    }
    for (const auto& [distance, one] : near)
      list.push_back(near_miss(logged_request(*one, world_.journal.id_of(one->seq)).to_json(),
                               "requestPattern", *given, distance));
  } else {
    return admin_empty(404);
  }
  return admin_json(200, json::object{{"nearMisses", std::move(list)}});
}

}  // namespace epicenter::mock::stubs
