#include "mock-epic/fhir/historian.hpp"

#include <algorithm>
#include <charconv>
#include <epicenter/json/write.hpp>
#include <set>

#include "mock-epic/data/civil.hpp"
#include "mock-epic/fhir/intake.hpp"
#include "mock-epic/fhir/reader.hpp"
#include "mock-epic/fhir/served.hpp"
#include "mock-epic/fhir/versioned_answer.hpp"

namespace epicenter::mock::fhir {
namespace {

std::int64_t seconds_of(wall_time at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

std::optional<std::size_t> number_of(std::string_view text) {
  std::size_t number = 0;
  const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (why != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void write_entry(std::string& out, const resource& r, std::string_view base) {
  const std::string name = fhir::name_of(r);
  const bool first = r.version() == 1;
  out += R"({"fullUrl":)" + json::quote(std::string(base) + "/" + name);
  if (!r.deleted()) {
    out += R"(,"resource":)";
    write_served(out, r, true);
  }
  out += R"(,"request":{"method":")";
  out += r.deleted() ? "DELETE" : first ? "POST" : "PUT";
  out += R"(","url":)" + json::quote(first ? std::string(name_of(r.type())) : name);
  out += R"(},"response":{"status":")";
  out += r.deleted() ? "204 No Content" : first ? "201 Created" : "200 OK";
  out += R"(","etag":)" + json::quote(etag_of(r.version()));
  out += R"(,"lastModified":")" + data::format_instant(r.updated()) + "\"}}";
}

}  // namespace

struct historian::question {
  std::size_t count = default_history_page;
  std::optional<data::date_range> since;
  std::optional<data::date_range> at;
  std::size_t anchor = 0;  ///< how many changes, or versions of the one, there were
  std::size_t skip = 0;    ///< entries of earlier pages
  http::parameters kept;   ///< for the link to the next page
};

std::optional<answer> historian::read(const call& c, question& q) {
  q.anchor = c.asked.id.empty() ? store_.changes().size() : store_.history(*c.asked.type, c.asked.id).size();
  const auto given = http::decode_form(c.request.query());
  if (!given) return refuse(400, "structure", "59105", "The query cannot be read.", "", "history_query");
  const auto bad = [](const std::string& name) {
    return refuse(400, "value", "59111", "Invalid value of " + name, name, "history_parameter");
  };
  for (const auto& [name, value] : *given) {
    if (name == "_count") {
      const auto number = number_of(value);
      if (!number) return bad(name);
      q.count = std::min(*number, max_history_page);
    } else if (name == "_since" || name == "_at") {
      auto range = data::parse_date(value);
      if (!range) return bad(name);
      (name == "_since" ? q.since : q.at) = range;
    } else if (name == "_page") {
      const std::size_t dot = value.find('.');
      const auto anchor = number_of(std::string_view(value).substr(0, dot));
      const auto skip =
          dot == std::string::npos ? std::nullopt : number_of(std::string_view(value).substr(dot + 1));
      if (!anchor || !skip || *anchor > q.anchor) return bad(name);
      q.anchor = *anchor;
      q.skip = *skip;
      continue;
    }
    q.kept.emplace_back(name, value);
  }
  return std::nullopt;
}

template <class Visit>
void historian::each_version(const call& c, const question& q, const Visit& visit) {
  if (!c.asked.id.empty()) {
    const hits all = store_.history(*c.asked.type, c.asked.id);
    for (std::size_t i = q.anchor; i-- > 0;)
      if (!visit(all[i])) return;
    return;
  }
  const auto is_asked = [&](const resource& r) { return !c.asked.type || r.type() == *c.asked.type; };
  const hits& changes = store_.changes();
  for (std::size_t i = q.anchor; i-- > 0;)
    if (is_asked(*changes[i]) && !visit(changes[i])) return;
  // Then what the hospital began with; of what was changed since, the first version.
  std::set<std::string> told;
  for (std::size_t i = 0; i < q.anchor; ++i) {
    const resource& changed = *changes[i];
    if (!changed.who().generated || !is_asked(changed) || !told.insert(fhir::name_of(changed)).second)
      continue;
    if (!visit(store_.history(changed.type(), changed.id()).front())) return;
  }
  // What the hospital began with is as old as its day: nothing of it is newer.
  if (q.since && q.since->begin > seconds_of(store_.hospital().today())) return;
  // What was changed since the first page stays where it was.
  store_.visit([&](const resource_ptr& now) {
    if (!now->who().generated || !is_asked(*now) || told.contains(fhir::name_of(*now))) return true;
    return visit(now->version() == 1 ? now : store_.history(now->type(), now->id()).front());
  });
}

answer historian::history(const call& c) {
  question q;
  if (auto refused = read(c, q)) return std::move(*refused);
  if (c.asked.type)
    if (auto refused = refuse_unpermitted(c, *c.asked.type, c.asked.what, nullptr))
      return std::move(*refused);
  const bool of_one = !c.asked.id.empty();
  if (of_one && store_.history(*c.asked.type, c.asked.id).empty()) return answer_unknown_id();
  hits page;
  std::size_t seen = 0;
  bool more = false;
  // _at: of each resource the version that was current in that stretch, and those made in it.
  std::set<std::string> before;
  each_version(c, q, [&](const resource_ptr& r) {
    const std::int64_t at = seconds_of(r->updated());
    if (q.since && at < q.since->begin) return true;
    if (q.at && at >= q.at->end) return true;
    if (q.at && at <= q.at->begin && !before.insert(fhir::name_of(*r)).second) return true;
    const bool looks_inside =
        c.allowed && !r->deleted() && c.allowed->depends_on_content(r->type(), c.asked.what);
    const json::value* content = looks_inside ? &r->value() : nullptr;
    if (c.allowed && !c.allowed->permits(r->type(), c.asked.what, content)) return true;
    if (c.allowed && !c.allowed->patient().empty() && r->patient() != c.allowed->patient()) return true;
    if (seen++ < q.skip) return true;
    if (page.size() < q.count) {
      page.push_back(r);
    } else {
      more = true;
    }
    return of_one || !more;
  });
  std::string self = c.base;
  if (c.asked.type) self += "/" + std::string(name_of(*c.asked.type));
  if (of_one) self += "/" + c.asked.id;
  self += "/_history";
  std::string out = R"({"resourceType":"Bundle","type":"history")";
  if (of_one) out += R"(,"total":)" + std::to_string(seen);
  const std::string query = http::encode_form(q.kept);
  out +=
      R"(,"link":[{"relation":"self","url":)" + json::quote(self + (query.empty() ? "" : "?" + query)) + "}";
  if (more && q.count > 0) {
    const std::string next = "_page=" + std::to_string(q.anchor) + "." + std::to_string(q.skip + page.size());
    out += R"(,{"relation":"next","url":)" +
           json::quote(self + "?" + (query.empty() ? next : query + "&" + next)) + "}";
  }
  out += ']';
  for (std::size_t i = 0; i < page.size(); ++i) {
    out += i == 0 ? R"(,"entry":[)" : ",";
    write_entry(out, *page[i], c.base);
  }
  if (!page.empty()) out += ']';
  out += '}';
  return answer_fhir(200, std::move(out), "");
}

}  // namespace epicenter::mock::fhir
