#include <fmt/format.h>

#include <algorithm>

#include "mock-epic/fhir/operations/handlers.hpp"
#include "mock-epic/fhir/operations/searchset.hpp"
#include "mock-epic/fhir/walk.hpp"

namespace epicenter::mock::fhir {
namespace {

// Of the same name and birth date: nobody needs more to see that the question is too wide.
constexpr std::size_t max_people = 200;
constexpr std::size_t max_results = 100;

/// Hundredths. Name, birth date and sex together are certain, none of them alone is.
constexpr int certain = 80;
constexpr int probable = 60;
constexpr int possible = 40;

struct candidate {
  resource_ptr patient;
  int score = 0;
};

std::string_view grade_of(int score) {
  return score >= certain ? "certain" : score >= probable ? "probable" : "possible";
}

bool equal_texts(std::string_view a, std::string_view b) {
  return !a.empty() && http::equal_ignoring_case(a, b);
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  return digits.size() > 10 ? digits.substr(digits.size() - 10) : digits;
}

bool shares_identifier(const json::value& wanted, const json::value& held) {
  const json::value* mine = wanted.find("identifier");
  const json::value* theirs = held.find("identifier");
  if (!mine || !theirs) return false;
  return walk(*mine, "", [&](const json::value& a) {
    return walk(*theirs, "", [&](const json::value& b) {
      const std::string_view system = a.string_at("system");
      return equal_texts(a.string_at("value"), b.string_at("value")) &&
             (system.empty() || system == b.string_at("system"));
    });
  });
}

/// What speaks for it, less what speaks against it.
int score_of(const json::value& wanted, const json::value& held) {
  int score = 0;
  const auto compare = [&](std::string_view path, int agree, int differ) {
    const std::string_view mine = first_string(wanted, path);
    const std::string_view theirs = first_string(held, path);
    if (mine.empty() || theirs.empty()) return;
    score += equal_texts(mine, theirs) ? agree : -differ;
  };
  compare("name.family", 25, 25);
  compare("name.given", 20, 10);
  compare("birthDate", 30, 40);
  compare("gender", 5, 10);
  compare("address.line", 10, 0);
  const std::string phone = digits_of(first_string(wanted, "telecom.value"));
  if (phone.size() >= 7 && phone == digits_of(first_string(held, "telecom.value"))) score += 10;
  if (shares_identifier(wanted, held)) score += 60;
  return std::clamp(score, 0, 100);
}

/// Those of the hospital that could reach a score worth telling, by what is known without their charts.
std::vector<std::size_t> find_numbers(const data::hospital& hospital, const json::value& wanted) {
  const std::string_view family = first_string(wanted, "name.family");
  const std::string_view given = first_string(wanted, "name.given");
  const std::string_view born = first_string(wanted, "birthDate");
  std::vector<std::size_t> numbers = hospital.find_people([&](const data::demographics& who) {
    const int alike = (equal_texts(family, who.family) ? 1 : 0) + (equal_texts(given, who.given) ? 1 : 0) +
                      (equal_texts(born, who.birth_date) ? 1 : 0);
    return alike >= 2;
  });
  if (numbers.size() > max_people) numbers.resize(max_people);
  walk(wanted, "identifier.value", [&](const json::value& value) {
    if (const auto text = value.if_string())
      for (const std::size_t one : hospital.holders_of(*text)) numbers.push_back(one);
    return numbers.size() > 2 * max_people;
  });
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::vector<candidate> find_candidates(const call& c, store& records, const json::value& wanted) {
  std::vector<candidate> found;
  const auto weigh = [&](const resource_ptr& one) {
    if (!one || one->type() != type_id::patient || !one->searchable() || !may_show(c, *one)) return;
    const int score = score_of(wanted, one->value());
    if (score >= possible) found.push_back({one, score});
  };
  for (const std::size_t number : find_numbers(records.hospital(), wanted)) {
    const hits& chart = records.made_chart(number);
    const auto made = std::find_if(chart.begin(), chart.end(),
                                   [](const resource_ptr& one) { return one->type() == type_id::patient; });
    // What clients changed is met below.
    if (made != chart.end() && records.find(type_id::patient, (*made)->id()) == *made) weigh(*made);
  }
  records.visit_written([&](const hits& versions) { weigh(versions.back()); });
  std::stable_sort(found.begin(), found.end(),
                   [](const candidate& a, const candidate& b) { return a.score > b.score; });
  return found;
}

const json::value* parameter(const json::value& body, std::string_view name, std::string_view member) {
  const json::value* list = body.find("parameter");
  if (!list || !list->if_array()) return nullptr;
  for (const json::value& one : *list->if_array())
    if (one.string_at("name") == name) return one.find(member);
  return nullptr;
}

answer refuse_match(std::string_view epic_code, std::string_view issue_code, std::string text) {
  return refuse_operation(400, issue_code, epic_code, std::move(text), "match");
}

/// How many results are wanted, or nothing where the parameter is wrong.
std::optional<std::size_t> count_of(const json::value& body) {
  const json::value* given = parameter(body, "count", "valueInteger");
  if (!given) return max_results;
  const auto count = given->to_int64();
  if (!count || *count < 1) return std::nullopt;
  return std::min<std::size_t>(static_cast<std::size_t>(*count), max_results);
}

}  // namespace

answer run_match(const call& c, operation_world& world) {
  const auto input = read_input(c);
  if (!input) return input.error();
  if (auto refused = refuse_unknown(c, *input, {"onlyCertainMatches", "count"})) return std::move(*refused);
  const json::value* wanted = parameter(input->body, "resource", "resource");
  if (!wanted || wanted->string_at("resourceType") != "Patient")
    return refuse_match("59108", "required", "The parameter resource must be a Patient.");
  const json::value* only = parameter(input->body, "onlyCertainMatches", "valueBoolean");
  const bool is_true = only && only->if_bool() && *only->if_bool();
  if (!world.orders && !is_true)
    return refuse_match("59109", "value", "onlyCertainMatches must be the boolean true.");
  if (only && !only->if_bool()) return refuse_match("59109", "value", "onlyCertainMatches is a boolean.");
  const auto count = count_of(input->body);
  if (!count) return refuse_match("59109", "value", "count is a positive integer.");
  std::vector<candidate> found = find_candidates(c, world.store, *wanted);
  if (is_true) std::erase_if(found, [](const candidate& one) { return one.score < certain; });
  if (!world.orders && found.empty()) return refuse_match("59013", "not-found", "");
  if (!world.orders && found.size() > 1) return refuse_match("59011", "multiple-matches", "");
  // Certain is one: where two are equally good, neither is (the operation's own definition).
  if (is_true && found.size() > 1) found.clear();
  searchset made;
  made.total = found.size();
  found.resize(std::min(found.size(), *count));
  for (const candidate& one : found)
    made.entries.push_back(
        {one.patient, "match",
         fmt::format(
             R"(,"score":{}.{:02},"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/match-grade",)"
             R"("valueCode":"{}"}}])",
             one.score / 100, one.score % 100, grade_of(one.score))});
  return answer_fhir(200, write_searchset(c, made, world.orders), "");
}

}  // namespace epicenter::mock::fhir
