#include "mock-epic/bulk/type_filter.hpp"

#include <algorithm>
#include <epicenter/http/url.hpp>

#include "mock-epic/fhir/operations/input.hpp"

namespace epicenter::mock::bulk {
namespace {

bool begins_query(std::string_view text) {
  const std::size_t mark = text.find_first_of("?,=&");
  return mark != std::string_view::npos && text[mark] == '?' && text.front() >= 'A' && text.front() <= 'Z';
}

}  // namespace

std::optional<type_filter> type_filter::read(std::string_view text) {
  const std::size_t mark = text.find('?');
  const auto type = fhir::type_named(text.substr(0, mark));
  if (!type) return std::nullopt;
  type_filter made(*type);
  if (mark == std::string_view::npos) return made;
  const auto query = http::decode_form(text.substr(mark + 1));
  if (!query) return std::nullopt;
  for (const auto& [name, value] : *query)
    if (!made.add(name, value)) return std::nullopt;
  return made;
}

bool type_filter::add(const std::string& name, const std::string& value) {
  if (name == "_id") {
    std::vector<std::string> ids;
    for (const std::string_view one : fhir::split_list(value)) ids.emplace_back(one);
    ids_.push_back(std::move(ids));
    return true;
  }
  const auto params = fhir::rules_of(type_).params;
  const auto param = std::find_if(params.begin(), params.end(),
                                  [&](const fhir::search_param& one) { return one.name == name; });
  if (param == params.end()) return false;
  auto made = fhir::criterion::read(*param, value);
  if (!made) return false;
  criteria_.push_back(std::move(*made));
  return true;
}

bool type_filter::matches(const fhir::resource& r) const {
  for (const std::vector<std::string>& ids : ids_)
    if (std::find(ids.begin(), ids.end(), r.id()) == ids.end()) return false;
  return std::all_of(criteria_.begin(), criteria_.end(),
                     [&](const fhir::criterion& c) { return c.matches(r.value()); });
}

std::vector<std::string_view> split_filters(std::string_view text) {
  std::vector<std::string_view> queries;
  std::size_t begin = 0;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos;
       comma = text.find(',', comma + 1)) {
    if (comma + 1 < text.size() && !begins_query(text.substr(comma + 1))) continue;
    queries.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  if (begin < text.size()) queries.push_back(text.substr(begin));
  return queries;
}

}  // namespace epicenter::mock::bulk
