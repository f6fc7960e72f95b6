#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/stubs/json_path.hpp"
#include "mock-epic/stubs/pattern_makers.hpp"

namespace epicenter::mock::stubs {
namespace {

/// A value as WireMock hands it to a matcher of text: strings bare, all else as JSON.
std::string as_text(const json::value& v) {
  return v.is_string() ? std::string(*v.if_string()) : json::write(v);
}

bool is_something(const json::value& v) {
  if (v.is_null()) return false;
  if (v.is_array()) return !v.if_array()->empty();
  return !v.is_object() || !v.if_object()->empty();
}

class json_path_match final : public pattern {
 public:
  json_path_match(json_path path, pattern_ptr inner) : path_(std::move(path)), inner_(std::move(inner)) {}

  bool matches(subject value, wall_time now) const override {
    if (!value) return false;
    const auto document = json::parse(*value);
    if (!document) return false;
    const auto found = path_.read(*document);
    if (!inner_) return found && is_something(*found);
    if (!found || found->is_null() ||
        (!path_.is_definite() && found->if_array() && found->if_array()->empty()))
      return inner_->matches(std::nullopt, now);
    if (inner_->matches(as_text(*found), now)) return true;
    const json::array* list = found->if_array();
    if (!list) return false;
    std::vector<std::string> values;
    for (const json::value& one : *list) values.push_back(as_text(one));
    return !values.empty() && inner_->matches_any(values, now);
  }

 private:
  json_path path_;
  pattern_ptr inner_;
};

}  // namespace

pattern_ptr make_json_path_pattern(object_reader& reader, std::string_view op, std::size_t depth) {
  const json::value* given = reader.any(op);
  const json::object* members = given ? given->if_object() : nullptr;
  std::string expression;
  pattern_ptr inner;
  if (members) {
    const auto text = members->find("expression") ? members->find("expression")->if_string() : nullptr;
    if (text) expression = *text;
    json::object rest = *members;
    rest.erase("expression");
    if (!rest.empty()) {
      inner = read_pattern(json::value(std::move(rest)), reader.pointer_to(op), reader.failure(), depth + 1);
      if (!inner) return nullptr;
    }
  } else if (given && given->is_string()) {
    expression = *given->if_string();
  }
  auto path = json_path::parse(expression);
  if (!path) {
    reader.refuse(op, "not a usable JSONPath: " + path.error());
    return nullptr;
  }
  return std::make_shared<json_path_match>(std::move(*path), std::move(inner));
}

}  // namespace epicenter::mock::stubs
