#include "mock-epic/fhir/route.hpp"

#include <algorithm>
#include <epicenter/http/url.hpp>
#include <vector>

namespace epicenter::mock::fhir {
namespace {

constexpr std::size_t max_segments = 5;
// R4 bounds ids at 64 characters; some of Epic's are longer.
constexpr std::size_t max_id = 255;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  }) && text.front() != '_';
}

std::optional<std::vector<std::string>> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    if (path.front() != '/' || segments.size() == max_segments) return std::nullopt;
    path.remove_prefix(1);
    const std::size_t slash = path.find('/');
    auto decoded = http::percent_decode(path.substr(0, slash));
    if (!decoded || decoded->empty()) return std::nullopt;
    segments.push_back(std::move(*decoded));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return segments;
}

bool is_get(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

route of(interaction what) {
  route made;
  made.what = what;
  return made;
}

/// The interaction of the method, or what the path would take.
struct choice {
  std::string_view method;
  interaction what;
};
void choose(route& made, std::string_view method, std::initializer_list<choice> choices,
            std::string_view allow) {
  for (const choice& one : choices)
    if (one.method == method || (one.method == "GET" && is_get(method))) {
      made.what = one.what;
      return;
    }
  made.what = interaction::not_allowed;
  made.allow = allow;
}

route operation_of(route made, std::string_view method, const std::string& name) {
  made.operation = name;
  choose(
      made, method,
      {{"GET", interaction::operation}, {"POST", interaction::operation}, {"DELETE", interaction::operation}},
      "GET, POST, DELETE");
  return made;
}

route of_system(std::string_view method, const std::vector<std::string>& at) {
  route made;
  if (at.empty()) {
    choose(made, method, {{"POST", interaction::batch}, {"GET", interaction::search}}, "GET, POST");
  } else if (at[0] == "metadata" && at.size() == 1) {
    choose(made, method, {{"GET", interaction::capabilities}}, "GET");
  } else if (at[0] == "_history" && at.size() == 1) {
    choose(made, method, {{"GET", interaction::history}}, "GET");
  } else if (at[0] == "_search" && at.size() == 1) {
    choose(made, method, {{"POST", interaction::search}}, "POST");
  } else if (at[0].starts_with('$') && at.size() <= 2) {
    made = operation_of(std::move(made), method, at[0]);
    if (at.size() == 2) made.id = at[1];
  }
  return made;
}

route of_type(std::string_view method, const std::vector<std::string>& at, type_id type) {
  route made;
  made.type = type;
  if (at.size() == 1) {
    choose(made, method,
           {{"GET", interaction::search},
            {"POST", interaction::create},
            {"PUT", interaction::update},
            {"PATCH", interaction::patch},
            {"DELETE", interaction::erase}},
           "GET, POST");
  } else if (at[1] == "_search" && at.size() == 2) {
    choose(made, method, {{"POST", interaction::search}}, "POST");
  } else if (at[1] == "_history" && at.size() == 2) {
    choose(made, method, {{"GET", interaction::history}}, "GET");
  } else if (at[1].starts_with('$') && at.size() == 2) {
    made = operation_of(std::move(made), method, at[1]);
  }
  return made;
}

route of_instance(std::string_view method, const std::vector<std::string>& at, type_id type) {
  route made;
  made.type = type;
  made.id = at[1];
  if (at.size() == 2) {
    choose(made, method,
           {{"GET", interaction::read},
            {"PUT", interaction::update},
            {"PATCH", interaction::patch},
            {"DELETE", interaction::erase}},
           "GET");
  } else if (at[2] == "_history" && at.size() == 3) {
    choose(made, method, {{"GET", interaction::history}}, "GET");
  } else if (at[2] == "_history" && at.size() == 4) {
    made.version = at[3];
    choose(made, method, {{"GET", interaction::vread}}, "GET");
  } else if (at[2].starts_with('$') && at.size() == 3) {
    made = operation_of(std::move(made), method, at[2]);
  } else if (const auto inner = type_named(at[2]);
             (inner || at[2] == "*") && (at.size() == 3 || (at.size() == 4 && at[3] == "_search"))) {
    made.compartment = type;
    made.compartment_id = std::exchange(made.id, {});
    made.type = inner;
    if (at.size() == 3) {
      choose(made, method, {{"GET", interaction::search}}, "GET");
    } else {
      choose(made, method, {{"POST", interaction::search}}, "POST");
    }
  }
  return made;
}

}  // namespace

route find_route(std::string_view method, std::string_view path) {
  if (path == "/") path = {};  // clients post bundles with and without it
  const auto at = split(path);
  if (!at) return of(interaction::unknown);
  const auto type = at->empty() ? std::nullopt : type_named(at->front());
  if (!type) return of_system(method, *at);
  if (at->size() == 1 || (*at)[1].starts_with('_') || (*at)[1].starts_with('$'))
    return of_type(method, *at, *type);
  if (!is_id((*at)[1])) return of(interaction::unknown);
  return of_instance(method, *at, *type);
}

}  // namespace epicenter::mock::fhir
