#include "mock-epic/fhir/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/inclusion.hpp"
#include "mock-epic/fhir/interference.hpp"
#include "mock-epic/fhir/search_rules.hpp"

namespace epicenter::mock::fhir {
namespace {

std::string path_of(const route& asked) {
  const std::string type(asked.type ? name_of(*asked.type) : "");
  if (!asked.compartment) return type;
  return fmt::format("{}/{}/{}", name_of(*asked.compartment), asked.compartment_id,
                     type.empty() ? "*" : type);
}

std::vector<type_id> types_of(const call& c) {
  if (c.asked.type) return {*c.asked.type};
  std::vector<type_id> all;
  for (std::size_t i = 0; i < type_count; ++i) all.push_back(static_cast<type_id>(i));
  return all;
}

answer refuse(unsigned status, std::string_view code, std::string_view epic_code, std::string diagnostics,
              std::string location, std::string rule) {
  return answer_outcome(status, issue{"fatal", code, epic_code, std::move(diagnostics), std::move(location)},
                        std::move(rule));
}

/// "p12i3": behind the third match in the twelfth part of the store.
struct position {
  std::size_t part = 0;
  std::size_t index = 0;
  std::string text() const { return fmt::format("p{}i{}", part, index); }
  static std::optional<position> read(std::string_view text) {
    position made;
    const std::size_t mark = text.find('i');
    if (!text.starts_with('p') || mark == std::string_view::npos) return std::nullopt;
    const auto number = [](std::string_view digits, std::size_t& into) {
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
      return error == std::errc{} && end == digits.data() + digits.size();
    };
    if (!number(text.substr(1, mark - 1), made.part) || !number(text.substr(mark + 1), made.index))
      return std::nullopt;
    return made;
  }
};

}  // namespace

std::string search_task::url(http::parameters with) const {
  std::stable_sort(with.begin(), with.end(), [](const auto& a, const auto& b) {
    const auto key = [](const std::string& name) {
      return std::pair<bool, const std::string&>(name.starts_with('_'), name);
    };
    return key(a.first) < key(b.first);
  });
  std::string made(c.base);
  if (!path.empty()) made += '/' + path;
  if (!with.empty()) made += "?" + http::encode_form(with);
  return made;
}

searcher::searcher(store& s, search_options options, runtime::random_stream sessions,
                   runtime::random_stream uuids)
    : store_(s),
      orders_(options.orders),
      small_hospital_(options.small_hospital),
      pager_(sessions),
      uuids_(uuids) {}

answer searcher::search(const call& c, const http::parameters& parameters) {
  const std::vector<type_id> types = types_of(c);
  if (c.allowed && std::none_of(types.begin(), types.end(), [&](type_id type) {
        return c.allowed->permits(type, interaction::search, nullptr);
      }))
    return answer_insufficient_scope();
  search_task made{
      c, parameters, {store_, c.base, c.at.wall, orders_, small_hospital_}, path_of(c.asked), {}};
  for (const auto& [name, value] : parameters)
    if (name == (orders_ ? "_page" : "sessionID")) return next_page(made, value);
  const std::string_view prefer = c.request.fields.get("Prefer");
  const bool strict_handling = orders_ && prefer.find("handling=strict") != std::string_view::npos;
  auto read = read_query({types, parameters, strict_handling}, made.world);
  if (auto* refused = std::get_if<answer>(&read)) return std::move(*refused);
  made.query = std::get<search_query>(std::move(read));
  if (c.meddler) made.query.page_size = c.meddler->page_size(c, made.query.page_size);
  if (!orders_)
    if (auto refused = refuse_unscoped(made)) return std::move(*refused);
  const auto candidates = candidates_of(made);
  if (!candidates && store_.hospital().size() > small_hospital_) return scan(made);
  hits found;
  if (candidates) {
    found = matches_among(made, *candidates);
  } else {
    for (std::size_t i = 0; i < store_.parts(); ++i) {
      const hits some = matches_among(made, store_.part(i));
      found.insert(found.end(), some.begin(), some.end());
    }
  }
  if (!orders_ && c.asked.type == type_id::patient && found.size() > 100)
    return refuse(400, "too-costly", "4127", "", "", "search_too_many");
  std::vector<issue> issues = told_by_epic(made, found.empty());
  if (c.meddler) c.meddler->found(c, found, issues);
  if (!made.query.sort.empty()) sort_hits(found, made.query.sort, orders_);
  return write_all(made, std::move(found), std::move(issues));
}

std::variant<hits, answer> searcher::find_all(const call& c, type_id type,
                                              const http::parameters& parameters) {
  search_task made{
      c, parameters, {store_, c.base, c.at.wall, orders_, small_hospital_}, std::string(name_of(type)), {}};
  auto read = read_query({{type}, parameters, true}, made.world);
  if (auto* refused = std::get_if<answer>(&read)) return std::move(*refused);
  made.query = std::get<search_query>(std::move(read));
  if (const auto candidates = candidates_of(made)) return matches_among(made, *candidates);
  if (store_.hospital().size() > small_hospital_)
    return refuse(412, "too-costly", "4100", "The condition would look through every chart.", "",
                  "search_costly");
  return matches_among(made, store_.of_type(type));
}

std::vector<issue> searcher::told_by_epic(const search_task& a, bool empty) const {
  std::vector<issue> issues = a.query.notes;
  if (orders_) return issues;
  const auto category = std::find_if(a.parameters.begin(), a.parameters.end(),
                                     [](const auto& one) { return one.first == "category"; });
  std::string_view asked_for = category == a.parameters.end() ? std::string_view() : category->second;
  if (const std::size_t bar = asked_for.find('|'); bar != std::string_view::npos)
    asked_for.remove_prefix(bar + 1);
  for (const suppressed_kind& kind : suppressed_kinds()) {
    if (kind.type != *a.c.asked.type || a.query.is_given("_id")) continue;
    if (!kind.category.empty() && kind.category != asked_for) continue;
    issues.push_back(
        {"warning", "suppressed", kind.user ? "59205" : "59204",
         fmt::format("{} not authorized for {}. Search results of this type have not been included.",
                     kind.user ? "User" : "Client", kind.name),
         ""});
  }
  if (empty) issues.push_back({"warning", "processing", "4101", "", ""});
  return issues;
}

answer searcher::write_page(search_task& a, const search_query& query, bundle_parts parts, const hits& page,
                            const std::vector<issue>& issues) {
  const hits included = find_included(
      page, query, a.world, [&](const resource& r) { return is_permitted(a.c, r, interaction::read); });
  parts.base = a.c.base;
  parts.orders = orders_;
  parts.page = page;
  parts.included = included;
  parts.subset = &query.parts;
  if (!issues.empty()) {
    parts.outcome = write_outcome(issues);
    parts.outcome_uuid = data::make_uuid(uuids_);
  }
  const bool none = page.empty() && query.parts.how != summary::count;
  return answer_fhir(200, write_bundle(parts), none ? "no_results" : "");
}

answer searcher::write_all(search_task& a, hits found, std::vector<issue> issues) {
  const search_query& query = a.query;
  bundle_parts parts;
  if (query.parts.how == summary::count) {
    parts.total = found.size();
    parts.links.push_back({"self", a.self()});
    return write_page(a, query, std::move(parts), {}, orders_ ? issues : std::vector<issue>());
  }
  const std::size_t size = std::min(found.size(), query.page_size);
  const hits page(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(size));
  if (!orders_) {
    parts.total = size;
  } else if (query.total != total_wanted::none) {
    parts.total = found.size();
  }
  std::string next;
  const bool more = size < found.size();
  if (more) {
    const std::string session = pager_.keep(
        search_session{a.path, std::move(found), query, std::move(issues), parts.total}, a.c.at.now);
    issues.clear();
    next = fmt::format("{}/{}?{}={}", a.c.base, a.path, orders_ ? "_page" : "sessionID", session);
  }
  if (orders_) {
    parts.links.push_back({"self", a.self()});
    if (more) parts.links.push_back({"first", a.self()});
    if (more) parts.links.push_back({"next", next});
  } else {
    if (more) parts.links.push_back({"next", next});
    parts.links.push_back({"self", a.self()});
  }
  return write_page(a, query, std::move(parts), page, issues);
}

answer searcher::next_page(search_task& a, std::string_view session) {
  const bool expired = a.c.meddler && a.c.meddler->page_expired(a.c);
  const auto page = expired ? std::nullopt : pager_.fetch(session, a.path, a.c.at.now);
  if (!page) return refuse(orders_ ? 410 : 400, "processing", "4113", "", "", "session_expired");
  const auto url = [&](std::string_view id) {
    return fmt::format("{}/{}?{}={}", a.c.base, a.path, orders_ ? "_page" : "sessionID", id);
  };
  bundle_parts parts;
  if (orders_) {
    parts.links.push_back({"self", url(session)});
    parts.links.push_back({"first", url(page->first)});
    if (!page->previous.empty()) parts.links.push_back({"previous", url(page->previous)});
    if (!page->next.empty()) parts.links.push_back({"next", url(page->next)});
    parts.total = page->session->total;
  } else {
    if (!page->next.empty()) parts.links.push_back({"next", url(page->next)});
    parts.links.push_back({"self", url(session)});
    parts.total = page->resources.size();
  }
  // Whoever brings the page may be permitted less than who searched.
  hits shown;
  for (const resource_ptr& one : page->resources)
    if (is_permitted(a.c, *one, interaction::search)) shown.push_back(one);
  if (!orders_) parts.total = shown.size();
  const search_query query = page->session->query;
  const std::vector<issue> issues = page->last ? page->session->issues : std::vector<issue>();
  return write_page(a, query, std::move(parts), shown, issues);
}

answer searcher::scan(search_task& a) {
  const search_query& query = a.query;
  if (!query.sort.empty() || query.parts.how == summary::count || query.total == total_wanted::accurate)
    return refuse(400, "too-costly", "4100",
                  "Sorting and counting would look through every chart: name a patient or an identifier.", "",
                  "search_costly");
  const auto from = query.cursor.empty() ? std::optional<position>(position()) : position::read(query.cursor);
  if (!from || from->part >= store_.parts())
    return refuse(400, "value", "4115", "Invalid value of parameter: _cursor", "_cursor", "search_value");
  hits page;
  position at = *from;
  for (std::size_t looked = 0; at.part < store_.parts() && looked < max_charts_a_page; ++looked) {
    const hits all = matches_among(a, store_.part(at.part));
    while (at.index < all.size() && page.size() < query.page_size) page.push_back(all[at.index++]);
    if (at.index < all.size()) break;
    at = {at.part + 1, 0};
    if (page.size() == query.page_size) break;
  }
  std::vector<issue> issues = query.notes;
  if (a.c.meddler) a.c.meddler->found(a.c, page, issues);
  bundle_parts parts;
  parts.links.push_back({"self", a.self()});
  http::parameters onward;
  for (const auto& one : a.parameters)
    if (one.first != "_cursor") onward.push_back(one);
  parts.links.push_back({"first", a.url(onward)});
  if (at.part < store_.parts()) {
    onward.emplace_back("_cursor", at.text());
    parts.links.push_back({"next", a.url(onward)});
  }
  return write_page(a, query, std::move(parts), page, issues);
}

}  // namespace epicenter::mock::fhir
