#include "harness/scenario/schema.hpp"

#include "harness/scenario/format.hpp"

namespace epicenter::scenario {
namespace {

class schema_writer {
 public:
  json::value write(const shape& type) {
    if (type.defined.empty()) return inline_of(type);
    if (!definitions_.contains(type.defined)) {
      definitions_.set(type.defined, json::value());  // keeps its place while its parts are written
      json::value body = inline_of(type);
      definitions_.set(type.defined, std::move(body));
    }
    return json::object{{"$ref", "#/definitions/" + type.defined}};
  }
  json::object take_definitions() { return std::move(definitions_); }

 private:
  static json::object string_of(std::string_view pattern) {
    json::object out{{"type", "string"}};
    if (!pattern.empty()) out.set("pattern", pattern);
    return out;
  }

  static json::value either(json::value a, json::value b) {
    return json::object{{"anyOf", json::array{std::move(a), std::move(b)}}};
  }

  static json::value bounded(const shape& type, const char* name) {
    json::object out{{"type", name}};
    if (type.least != std::numeric_limits<std::int64_t>::min()) out.set("minimum", type.least);
    if (type.most != std::numeric_limits<std::int64_t>::max()) out.set("maximum", type.most);
    return out;
  }

  json::value inline_of(const shape& type) {
    constexpr const char* times = "^([0-9]+(\\.[0-9]+)?(h|m|s|ms|us|ns))+$";
    switch (type.kind) {
      case shape_kind::text:
        return string_of(type.pattern.empty() ? "." : type.pattern);
      case shape_kind::integer:
        return bounded(type, "integer");
      case shape_kind::number:
        return bounded(type, "number");
      case shape_kind::boolean:
        return json::object{{"type", "boolean"}};
      case shape_kind::duration:
        return either(string_of(times), json::object{{"const", 0}});
      case shape_kind::size:
        return either(string_of("^[0-9]+(\\.[0-9]+)?(B|kB|MB|GB|KiB|MiB|GiB)$"), json::object{{"const", 0}});
      case shape_kind::rate:
        return string_of("^[0-9]+/(s|m|h)$");
      case shape_kind::share:
        return either(string_of("^[0-9]+(\\.[0-9]+)?%$"),
                      json::object{{"type", "number"}, {"minimum", 0}, {"maximum", 1}});
      case shape_kind::choice:
        return choice_of(type);
      case shape_kind::list:
        return list_of_items(type);
      case shape_kind::object:
        return object_of_keys(type);
      case shape_kind::any_of:
        return options_of(type);
    }
    return json::object{};
  }

  static json::value choice_of(const shape& type) {
    if (type.words.size() == 1) return json::object{{"const", type.words.front()}};
    json::array words;
    for (const std::string& one : type.words) words.emplace_back(one);
    return json::object{{"enum", std::move(words)}};
  }

  json::value list_of_items(const shape& type) {
    json::object out{{"type", "array"}, {"items", write(*type.item)}};
    if (type.least_items > 0) out.set("minItems", static_cast<std::int64_t>(type.least_items));
    return out;
  }

  json::value object_of_keys(const shape& type) {
    json::object properties;
    json::array needed;
    for (const shape_key& key : type.keys) {
      json::value described = write(*key.type);
      const std::string help = key.help + (key.supported ? "" : " (not yet supported)");
      // Beside a $ref draft 7 ignores every other word, so the reference is wrapped.
      if (described.find("$ref") != nullptr)
        described = json::object{{"description", help}, {"allOf", json::array{std::move(described)}}};
      else
        described.if_object()->set("description", help);
      properties.set(key.name, std::move(described));
      if (key.required) needed.emplace_back(key.name);
    }
    json::object out{
        {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
    if (!needed.empty()) out.set("required", std::move(needed));
    return out;
  }

  json::value options_of(const shape& type) {
    json::array options;
    for (const shape_ptr& one : type.options) options.push_back(write(*one));
    return json::object{{"anyOf", std::move(options)}};
  }

  json::object definitions_;
};

}  // namespace

json::value json_schema() {
  schema_writer writer;
  json::object out{{"$schema", "http://json-schema.org/draft-07/schema#"},
                   {"title", "Epicenter scenario, version 1"}};
  const json::value root = writer.write(*scenario_format().type);
  for (const auto& [key, value] : *root.if_object()) out.set(key, value);
  if (json::value* version = out.find("properties")->if_object()->find("version"))
    *version = json::object{{"description", "of this format"}, {"const", 1}};
  out.set("definitions", writer.take_definitions());
  return out;
}

}  // namespace epicenter::scenario
