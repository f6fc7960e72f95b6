#include "mock-epic/fhir/xml_reader.hpp"

#include <epicenter/json/parse.hpp>
#include <epicenter/json/utf8.hpp>
#include <optional>

#include "mock-epic/fhir/structure.hpp"
#include "mock-epic/fhir/xml_cursor.hpp"

namespace epicenter::mock::fhir {
namespace {

constexpr std::size_t max_bytes = std::size_t{16} << 20;
constexpr std::size_t max_depth = 64;

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = json::utf8_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

/// As JSON has it; text that is none of the type's stays text, for the validator to refuse.
json::value value_of(primitive type, std::string text) {
  if (type == primitive::boolean && (text == "true" || text == "false")) return text == "true";
  if (is_number(type)) {
    auto parsed = json::parse(text);
    if (parsed && parsed->is_number()) return std::move(*parsed);
  }
  return text;
}

/// The occurrences of one element: values, and what stands beside primitive ones.
struct occurrences {
  std::string name;
  const element* known = nullptr;
  json::array values;
  json::array extras;
  bool has_value = false;
  bool has_extra = false;
};

class document {
 public:
  explicit document(std::string_view text) : in_(text) {}

  result<json::value> read() {
    in_.skip_misc();
    json::value made = resource(0);
    in_.skip_misc();
    if (in_.failed() || !in_.at_end())
      return fail(json::errc::syntax, "no FHIR XML, offset " + std::to_string(in_.offset()));
    return made;
  }

 private:
  json::value resource(std::size_t depth) {
    const xml_tag tag = in_.open_tag();
    json::object made{{"resourceType", tag.name}};
    const structure* type = structures::r4().find(tag.name);
    if (!tag.empty) members(made, type, tag.name, depth + 1);
    return made;
  }

  /// What is between the start and the end tag of `name`.
  void members(json::object& into, const structure* type, const std::string& name, std::size_t depth) {
    if (depth > max_depth) in_.fail_here();
    std::vector<occurrences> all;
    while (!in_.failed() && !in_.close_tag(name)) one(all, type, depth);
    for (occurrences& each : all) set(into, each);
  }

  void one(std::vector<occurrences>& all, const structure* type, std::size_t depth) {
    if (in_.next_is("<div")) {
      add(all, "div", type, std::string(in_.raw_element()), nullptr);
      return;
    }
    const xml_tag tag = in_.open_tag();
    if (in_.failed()) return;
    const element* known = type ? type->find(tag.name) : nullptr;
    if (known && known->is_resource && !tag.empty) {
      in_.skip_misc();
      json::value inner = resource(depth + 1);
      if (!in_.close_tag(tag.name)) in_.fail_here();
      add(all, tag.name, type, std::move(inner), nullptr);
      return;
    }
    json::object inside;
    for (const auto& [key, text] : tag.attributes)
      if (key == "id" || key == "url") inside.set(key, text);
    const bool simple = known ? known->simple != primitive::none : tag.attribute("value") != nullptr;
    static const structure* const plain = structures::r4().find("Element");
    if (!tag.empty) members(inside, known && !simple ? known->type : plain, tag.name, depth + 1);
    if (!simple) {
      add(all, tag.name, type, std::move(inside), nullptr);
      return;
    }
    const std::string* text = tag.attribute("value");
    json::value value;
    if (text) value = value_of(known ? known->simple : primitive::string, *text);
    add(all, tag.name, type, std::move(value),
        inside.empty() ? json::value() : json::value(std::move(inside)));
  }

  static void add(std::vector<occurrences>& all, const std::string& name, const structure* type,
                  json::value v, json::value extra) {
    auto at = all.begin();
    while (at != all.end() && at->name != name) ++at;
    if (at == all.end()) {
      all.push_back({name, type ? type->find(name) : nullptr, {}, {}});
      at = all.end() - 1;
    }
    at->has_value = at->has_value || !v.is_null();
    at->has_extra = at->has_extra || !extra.is_null();
    at->values.push_back(std::move(v));
    at->extras.push_back(std::move(extra));
  }

  static void set(json::object& into, occurrences& all) {
    const bool list = all.values.size() > 1 || (all.known && all.known->many);
    if (all.has_value || !all.has_extra) {
      if (list) {
        into.set(all.name, std::move(all.values));
      } else {
        into.set(all.name, std::move(all.values[0]));
      }
    }
    if (!all.has_extra) return;
    if (list) {
      into.set("_" + all.name, std::move(all.extras));
    } else {
      into.set("_" + all.name, std::move(all.extras[0]));
    }
  }

  xml_cursor in_;
};

}  // namespace

result<json::value> read_xml(std::string_view text) {
  if (text.size() > max_bytes) return fail(json::errc::too_large);
  if (!is_utf8(text)) return fail(json::errc::bad_encoding);
  document made(text);
  return made.read();
}

}  // namespace epicenter::mock::fhir
