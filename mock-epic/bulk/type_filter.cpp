#include "mock-epic/bulk/type_filter.hpp"

#include <algorithm>
#include <epicenter/http/url.hpp>

#include "mock-epic/fhir/operations/input.hpp"

namespace epicenter::mock::bulk {
namespace {

constexpr std::size_t max_criteria = 50;

bool begins_query(std::string_view text) {
  const std::size_t mark = text.find_first_of("?,=&");
  return mark != std::string_view::npos && text[mark] == '?' && text.front() >= 'A' && text.front() <= 'Z';
}

}  // namespace

std::optional<type_filter> type_filter::read(std::string_view text,
                                             std::shared_ptr<const fhir::search_world> world) {
  const std::size_t mark = text.find('?');
  const auto type = fhir::type_named(text.substr(0, mark));
  if (!type) return std::nullopt;
  type_filter made(*type, std::move(world));
  if (mark == std::string_view::npos) return made;
  const auto query = http::decode_form(text.substr(mark + 1));
  if (!query || query->size() > max_criteria) return std::nullopt;
  for (const auto& [name, value] : *query)
    if (!made.add(name, value)) return std::nullopt;
  return made;
}

bool type_filter::add(const std::string& name, const std::string& value) {
  if (name.find('.') != std::string::npos || name.starts_with("_has:")) return false;
  auto made = fhir::criterion::read(type_, name, value, *world_);
  auto* criterion = std::get_if<fhir::criterion>(&made);
  if (!criterion) return false;
  criteria_.push_back(std::move(*criterion));
  return true;
}

bool type_filter::matches(const fhir::resource& r) const {
  return std::all_of(criteria_.begin(), criteria_.end(),
                     [&](const fhir::criterion& c) { return c.matches(r, *world_); });
}

std::shared_ptr<const fhir::search_world> filter_world(fhir::store& records, const fhir::call& c,
                                                       bool orders) {
  return std::make_shared<const fhir::search_world>(fhir::search_world{records, c.base, c.at.wall, orders});
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
