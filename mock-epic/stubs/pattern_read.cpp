#include <array>

#include "mock-epic/stubs/pattern_makers.hpp"

namespace epicenter::mock::stubs {
namespace {

struct named_maker {
  std::string_view op;
  pattern_maker make;
};

constexpr std::array makers{
    named_maker{"equalTo", make_text_pattern},
    named_maker{"contains", make_text_pattern},
    named_maker{"doesNotContain", make_text_pattern},
    named_maker{"matches", make_text_pattern},
    named_maker{"doesNotMatch", make_text_pattern},
    named_maker{"absent", make_text_pattern},
    named_maker{"anything", make_text_pattern},
    named_maker{"binaryEqualTo", make_text_pattern},
    named_maker{"before", make_date_pattern},
    named_maker{"after", make_date_pattern},
    named_maker{"equalToDateTime", make_date_pattern},
    named_maker{"equalToJson", make_json_pattern},
    named_maker{"matchesJsonPath", make_json_path_pattern},
    named_maker{"matchesJsonSchema", make_json_schema_pattern},
    named_maker{"equalToXml", make_xml_pattern},
    named_maker{"matchesXPath", make_xpath_pattern},
    named_maker{"and", make_logic_pattern},
    named_maker{"or", make_logic_pattern},
    named_maker{"not", make_logic_pattern},
    named_maker{"hasExactly", make_logic_pattern},
    named_maker{"includes", make_logic_pattern},
};

}  // namespace

bool pattern::matches_any(const std::vector<std::string>& values, wall_time now) const {
  if (values.empty()) return matches(std::nullopt, now);
  for (const std::string& one : values)
    if (matches(std::string_view(one), now)) return true;
  return false;
}

pattern_ptr read_pattern(const json::value& from, const std::string& pointer,
                         std::optional<stub_error>& failure, std::size_t depth) {
  static const json::object nothing;
  const json::object* members = from.if_object();
  object_reader reader(members ? *members : nothing, pointer, failure);
  if (!members) {
    reader.refuse({}, "a matcher is an object such as {\"equalTo\": \"…\"}");
    return nullptr;
  }
  if (depth > max_pattern_depth) {
    reader.refuse({}, "matchers are nested too deep");
    return nullptr;
  }
  for (const named_maker& one : makers) {
    if (!members->contains(one.op)) continue;
    pattern_ptr made = one.make(reader, one.op, depth);
    reader.end();
    return failure ? nullptr : made;
  }
  std::string ops;
  for (const auto& [key, value] : *members) ops += (ops.empty() ? "" : ", ") + std::string(key);
  reader.refuse({}, "{" + ops + "} is not a valid match operation");
  return nullptr;
}

}  // namespace epicenter::mock::stubs
