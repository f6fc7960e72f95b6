// JSON Schema: the validating keywords of draft-07 (json-schema.org/draft-07), with $defs of 2019-09.
#pragma once

#include <epicenter/json/value.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "mock-epic/stubs/regex.hpp"

namespace epicenter::mock::stubs {

/// type enum const; properties required additionalProperties patternProperties propertyNames minProperties
/// maxProperties dependencies dependentRequired; items additionalItems contains minItems maxItems
/// uniqueItems; minLength maxLength pattern format (date, date-time, time, email, uri, uuid, ipv4; others
/// hold always, as the specification allows); minimum maximum exclusiveMinimum exclusiveMaximum multipleOf;
/// allOf anyOf oneOf not if then else; $ref into the same document ("#", "#/…"). Annotations are passed over.
class json_schema {
 public:
  /// What is wrong with the schema, on failure: unknown types, bad expressions, references that lead nowhere.
  static tl::expected<json_schema, std::string> compile(json::value schema);
  /// Work is bounded: a document that needs more than a million steps, or references that go round, is
  /// invalid.
  bool is_valid(const json::value& document) const;

 private:
  struct check;
  std::string prepare(const json::value& schema, std::size_t depth);
  json::value schema_;
  std::map<std::string, std::shared_ptr<const regex>, std::less<>> expressions_;
};

}  // namespace epicenter::mock::stubs
