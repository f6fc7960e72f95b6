// Equality of JSON documents as json-unit (and so WireMock's equalToJson) sees it.
#pragma once

#include <epicenter/json/value.hpp>

namespace epicenter::mock::stubs {

struct json_equality_options {
  bool ignore_array_order = false;
  bool ignore_extra_elements = false;
};

/// Key order never matters, 1 equals 1.0. Placeholders of the expected document: ${json-unit.ignore},
/// ${json-unit.ignore-element}, ${json-unit.any-string}, ${json-unit.any-number}, ${json-unit.any-boolean},
/// ${json-unit.regex}…. Work is bounded: documents that need more than a million comparisons are unequal.
bool equal_json(const json::value& expected, const json::value& actual, const json_equality_options&);

/// How many of the two documents' leaves differ, 0 to 1.
double json_distance(const json::value& expected, const json::value& actual);

/// What is wrong with a placeholder (a regular expression that is none), or empty.
std::string check_placeholders(const json::value& expected);

/// Equal as numbers, however they are written.
bool equal_numbers(json::number_view, json::number_view);

}  // namespace epicenter::mock::stubs
