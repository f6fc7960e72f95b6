#include "mock-epic/fhir/people.hpp"

#include <algorithm>
#include <set>

namespace epicenter::mock::fhir {
namespace {

/// Charts that one search for a patient writes at most.
constexpr std::size_t max_people = 500;

}  // namespace

bool criterion::tells_people_apart() const {
  if (mode_ != mode::plain || !param_) return false;
  for (const std::string_view name : {"birthdate", "gender", "family", "given", "telecom", "phone", "email"})
    if (param_->name == name) return true;
  return false;
}

bool criterion::may_match(const data::demographics& who) const {
  if (!tells_people_apart()) return true;
  const std::string_view name = param_->name;
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const alternative& one) {
    if (const auto* date = std::get_if<date_value>(&one)) {
      const auto born = data::parse_date(who.birth_date);
      return born && date->matches(*born);
    }
    if (const auto* text = std::get_if<text_value>(&one)) {
      if (name == "family") return text->matches(std::string_view(who.family));
      return text->matches(std::string_view(who.given)) ||
             (!who.middle.empty() && text->matches(std::string_view(who.middle)));
    }
    const auto* token = std::get_if<token_value>(&one);
    if (!token || token->code.empty()) return true;
    if (name == "gender") return token->code == who.gender;
    return token->code == who.home_phone || token->code == who.mobile_phone || token->code == who.email;
  });
}

std::optional<hits> people_for(const search_task& a, const search_target& target) {
  if (target.type != type_id::patient) return std::nullopt;
  if (std::none_of(target.criteria.begin(), target.criteria.end(),
                   [](const criterion& one) { return one.tells_people_apart(); }))
    return std::nullopt;
  store& records = a.world.records;
  const auto numbers = records.hospital().find_people([&](const data::demographics& who) {
    return std::all_of(target.criteria.begin(), target.criteria.end(),
                       [&](const criterion& one) { return one.may_match(who); });
  });
  if (numbers.size() > max_people) return std::nullopt;
  hits found;
  std::set<std::string, std::less<>> known;
  const auto add = [&](const resource_ptr& one) {
    if (one && !one->deleted() && known.insert(one->id()).second) found.push_back(one);
  };
  for (const std::size_t number : numbers)
    add(records.find(type_id::patient, records.hospital().key(number).patient));
  // Clients file people that the hospital does not know, and change the names of those it knows.
  for (const resource_ptr& one : records.changes())
    if (one->type() == type_id::patient) add(records.find(type_id::patient, one->id()));
  return found;
}

}  // namespace epicenter::mock::fhir
