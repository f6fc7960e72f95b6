#include <algorithm>
#include <cmath>

#include "mock-epic/stubs/base64.hpp"
#include "mock-epic/stubs/json_equality.hpp"
#include "mock-epic/stubs/regex.hpp"
#include "mock-epic/stubs/template_function.hpp"

namespace epicenter::mock::stubs {
namespace {

std::string changed(std::string text, bool to_upper) {
  for (char& c : text) {
    if (to_upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!to_upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

helper_result upper(const helper_call& c) {
  return changed(c.text(0), true);
}
helper_result lower(const helper_call& c) {
  return changed(c.text(0), false);
}

helper_result capitalize(const helper_call& c) {
  std::string text = c.text(0);
  bool at_start = true;
  for (char& one : text) {
    if (at_start && one >= 'a' && one <= 'z') one = static_cast<char>(one - 'a' + 'A');
    at_start = one == ' ';
  }
  return text;
}

helper_result trim(const helper_call& c) {
  const std::string text = c.text(0);
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return std::string();
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

helper_result substring(const helper_call& c) {
  const std::string text = c.text(0);
  const auto begin = c.at(1).to_int64();
  const auto end = c.at(2).to_int64();
  const auto size = static_cast<std::int64_t>(text.size());
  if (!begin || *begin < 0 || *begin > size || (end && (*end < *begin || *end > size)))
    return tl::unexpected(std::string("substring is beyond the text"));
  return text.substr(static_cast<std::size_t>(*begin),
                     static_cast<std::size_t>((end ? *end : size) - *begin));
}

helper_result replace(const helper_call& c) {
  const std::string text = c.text(0);
  const std::string what = c.text(1);
  const std::string by = c.text(2);
  if (what.empty()) return text;
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = 0; (found = text.find(what, at)) != std::string::npos; at = found + what.size())
    out.append(text, at, found - at).append(by);
  if (out.size() > 4 * 1024 * 1024) return tl::unexpected(std::string("the replacement is too large"));
  return out.append(text, at);
}

helper_result base64(const helper_call& c) {
  if (c.option("decode") != "true") {
    std::string made = encode_base64(c.text(0));
    while (c.option("padding") == "false" && made.ends_with('=')) made.pop_back();
    return made;
  }
  auto bytes = decode_base64(c.text(0));
  if (!bytes) return tl::unexpected(std::string("not base64"));
  return std::move(*bytes);
}

helper_result url_encode(const helper_call& c) {
  if (c.option("decode") != "true") return http::percent_encode(c.text(0));
  auto plain = http::percent_decode(c.text(0), true);
  if (!plain) return tl::unexpected(std::string("not percent-encoded"));
  return std::move(*plain);
}

bool same(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return equal_numbers(*a.if_number(), *b.if_number());
  return a == b || printed(a) == printed(b);
}

helper_result eq(const helper_call& c) {
  return same(c.at(0), c.at(1));
}
helper_result neq(const helper_call& c) {
  return !same(c.at(0), c.at(1));
}

/// -1, 0, 1: as numbers where both are, else as texts.
int order(const helper_call& c) {
  const auto number = [](const json::value& v) { return json::value(json::number{printed(v)}).to_double(); };
  const auto a = number(c.at(0));
  const auto b = number(c.at(1));
  if (a && b) return *a < *b ? -1 : *a > *b ? 1 : 0;
  const int sign = c.text(0).compare(c.text(1));
  return sign < 0 ? -1 : sign > 0 ? 1 : 0;
}
helper_result less(const helper_call& c) {
  return order(c) < 0;
}
helper_result less_or_equal(const helper_call& c) {
  return order(c) <= 0;
}
helper_result greater(const helper_call& c) {
  return order(c) > 0;
}
helper_result greater_or_equal(const helper_call& c) {
  return order(c) >= 0;
}
helper_result all(const helper_call& c) {
  return std::all_of(c.arguments.begin(), c.arguments.end(), is_truthy);
}
helper_result any(const helper_call& c) {
  return std::any_of(c.arguments.begin(), c.arguments.end(), is_truthy);
}
helper_result none(const helper_call& c) {
  return !is_truthy(c.at(0));
}

helper_result contains(const helper_call& c) {
  if (const json::array* list = c.at(0).if_array())
    return std::any_of(list->begin(), list->end(),
                       [&c](const json::value& one) { return same(one, c.at(1)); });
  return c.text(0).find(c.text(1)) != std::string::npos;
}

helper_result matches(const helper_call& c) {
  const std::string expression = c.text(1);
  if (const auto wrong = regex::check(expression)) return tl::unexpected(*wrong);
  return regex(expression).matches_whole(c.text(0));
}

helper_result regex_extract(const helper_call& c) {
  const std::string expression = c.text(1);
  if (const auto wrong = regex::check(expression)) return tl::unexpected(*wrong);
  const std::vector<std::string> found = regex(expression).first_match(c.text(0));
  if (!found.empty()) return found.front();
  if (const json::value* fallback = c.hash.find("default")) return *fallback;
  return tl::unexpected("Nothing matched " + expression);
}

helper_result math(const helper_call& c) {
  const auto number = [](const json::value& v) { return json::value(json::number{printed(v)}).to_double(); };
  const auto a = number(c.at(0));
  const auto b = number(c.at(2));
  const std::string op = c.text(1);
  if (!a || !b) return tl::unexpected(std::string("math takes number, operator, number"));
  double value = 0;
  if (op == "+") {
    value = *a + *b;
  } else if (op == "-") {
    value = *a - *b;
  } else if (op == "*" || op == "x") {
    value = *a * *b;
  } else if (op == "/" || op == "%") {
    if (*b == 0) return tl::unexpected(std::string("division by zero"));
    value = op == "/" ? *a / *b : std::fmod(*a, *b);
  } else {
    return tl::unexpected(op + " is not a valid mathematical operator");
  }
  if (std::floor(value) == value && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

helper_result size(const helper_call& c) {
  if (const json::array* list = c.at(0).if_array()) return std::uint64_t{list->size()};
  if (const json::object* members = c.at(0).if_object()) return std::uint64_t{members->size()};
  return std::uint64_t{c.text(0).size()};
}

helper_result join(const helper_call& c) {
  // {{join list ', '}} and {{join a b c ', '}}
  const json::array* list = c.at(0).if_array();
  if (c.arguments.empty()) return std::string();
  const std::string separator = printed(c.arguments.back());
  std::string out = c.option("prefix").value_or("");
  bool first = true;
  const auto add = [&](const json::value& one) {
    if (!first) out += separator;
    first = false;
    out += printed(one);
  };
  if (list)
    std::for_each(list->begin(), list->end(), add);
  else
    std::for_each(c.arguments.begin(), c.arguments.end() - 1, add);
  return out + c.option("suffix").value_or("");
}

helper_result range(const helper_call& c) {
  const auto from = c.at(0).to_int64();
  const auto to = c.at(1).to_int64();
  if (!from || !to || *from < -1'000'000'000 || *to > 1'000'000'000 || *to - *from >= 10'000)
    return tl::unexpected(std::string("range takes two whole numbers, at most 10,000 apart"));
  json::array out;
  for (std::int64_t i = *from; i <= *to; ++i) out.emplace_back(i);
  return out;
}

helper_result list_of(const helper_call& c) {
  return json::array(c.arguments.begin(), c.arguments.end());
}

helper_result hostname(const helper_call& c) {
  return c.world.request->origin().server_host;
}

helper_result system_value(const helper_call& c) {
  return tl::unexpected("Access to " + c.option("key").value_or("") + " is denied");
}

/// {{val x or='fallback'}}
helper_result val(const helper_call& c) {
  if (!c.at(0).is_null() && !(c.at(0).is_string() && c.at(0).if_string()->empty())) return c.at(0);
  const json::value* fallback = c.hash.find("or");
  return fallback ? *fallback : json::value();
}

}  // namespace

const std::vector<helper>& text_helpers() {
  static const std::vector<helper> all_of_them{
      {"upper", upper},
      {"lower", lower},
      {"capitalize", capitalize},
      {"trim", trim},
      {"substring", substring},
      {"replace", replace},
      {"base64", base64},
      {"urlEncode", url_encode},
      {"eq", eq, true},
      {"neq", neq, true},
      {"lt", less, true},
      {"lte", less_or_equal, true},
      {"gt", greater, true},
      {"gte", greater_or_equal, true},
      {"and", all, true},
      {"or", any, true},
      {"not", none, true},
      {"contains", contains, true, false, true},
      {"matches", matches, true},
      {"regexExtract", regex_extract},
      {"math", math},
      {"size", size, false, false, true},
      {"join", join, false, false, true},
      {"range", range},
      {"array", list_of},
      {"hostname", hostname},
      {"systemValue", system_value},
      {"val", val},
  };
  return all_of_them;
}

}  // namespace epicenter::mock::stubs
