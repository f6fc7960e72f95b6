#include <algorithm>
#include <epicenter/json/parse.hpp>

#include "mock-epic/stubs/json_equality.hpp"
#include "mock-epic/stubs/pattern_makers.hpp"

namespace epicenter::mock::stubs {
namespace {

class equal_to_json final : public pattern {
 public:
  equal_to_json(json::value expected, json_equality_options o)
      : expected_(std::move(expected)), options_(o) {}
  bool matches(subject value, wall_time) const override {
    if (!value) return false;
    const auto actual = json::parse(*value);
    return actual && equal_json(expected_, *actual, options_);
  }
  double distance(subject value, wall_time) const override {
    if (!value || value->size() > max_costly_text) return 1;
    const auto actual = json::parse(*value);
    if (!actual) return 1;
    if (equal_json(expected_, *actual, options_)) return 0;
    // Never 0: extra elements may be all that differs.
    return std::max(json_distance(expected_, *actual), 0.001);
  }

 private:
  json::value expected_;
  json_equality_options options_;
};

}  // namespace

pattern_ptr make_json_pattern(object_reader& reader, std::string_view op, std::size_t) {
  json_equality_options options;
  options.ignore_array_order = reader.flag("ignoreArrayOrder").value_or(false);
  options.ignore_extra_elements = reader.flag("ignoreExtraElements").value_or(false);
  const json::value* given = reader.any(op);
  json::value expected = given ? *given : json::value();
  if (given && given->is_string()) {
    auto parsed = json::parse(*given->if_string());
    if (!parsed) {
      reader.refuse(op, "the expected text is not JSON: " + parsed.error().message());
      return nullptr;
    }
    expected = std::move(*parsed);
  }
  if (std::string wrong = check_placeholders(expected); !wrong.empty()) {
    reader.refuse(op, "not a usable regular expression: " + wrong);
    return nullptr;
  }
  return std::make_shared<equal_to_json>(std::move(expected), options);
}

}  // namespace epicenter::mock::stubs
