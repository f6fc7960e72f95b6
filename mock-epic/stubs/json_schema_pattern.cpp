#include <epicenter/json/parse.hpp>

#include "mock-epic/stubs/json_schema.hpp"
#include "mock-epic/stubs/pattern_makers.hpp"

namespace epicenter::mock::stubs {
namespace {

class json_schema_match final : public pattern {
 public:
  explicit json_schema_match(json_schema schema) : schema_(std::move(schema)) {}
  bool matches(subject value, wall_time) const override {
    if (!value || value->size() > max_costly_text) return false;
    const auto document = json::parse(*value);
    // WireMock takes what is not JSON for a bare string.
    return schema_.is_valid(document ? *document : json::value(*value));
  }

 private:
  json_schema schema_;
};

}  // namespace

pattern_ptr make_json_schema_pattern(object_reader& reader, std::string_view op, std::size_t) {
  const auto version = reader.text("schemaVersion");
  if (version && *version != "V4" && *version != "V6" && *version != "V7" && *version != "V201909" &&
      *version != "V202012")
    reader.refuse("schemaVersion", "V4, V6, V7, V201909 or V202012");
  const json::value* given = reader.any(op);
  json::value schema = given ? *given : json::value();
  if (given && given->is_string()) {
    auto parsed = json::parse(*given->if_string());
    if (!parsed) {
      reader.refuse(op, "the schema is not JSON: " + parsed.error().message());
      return nullptr;
    }
    schema = std::move(*parsed);
  }
  auto compiled = json_schema::compile(std::move(schema));
  if (!compiled) {
    reader.refuse(op, "not a usable schema: " + compiled.error());
    return nullptr;
  }
  return std::make_shared<json_schema_match>(std::move(*compiled));
}

}  // namespace epicenter::mock::stubs
