// Handlebars templates, taken apart.
#pragma once

#include <epicenter/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace epicenter::mock::stubs {

struct template_call;

/// A literal, a path such as request.query.[0], or a call in brackets.
struct template_value {
  enum class kind { literal, path, call };
  kind what = kind::literal;
  json::value literal;
  std::vector<std::string> path;  ///< segments; "..", "this" and "@index" stand as they are
  std::shared_ptr<const template_call> call;
};

struct template_call {
  std::string name;       ///< of a helper, or (without arguments) the first segment of a path
  template_value target;  ///< the name as a path
  std::vector<template_value> arguments;
  std::vector<std::pair<std::string, template_value>> hash;
  std::vector<std::string> block_parameters;  ///< as |a b|
};

struct template_node {
  enum class kind { text, output, block };
  kind what = kind::text;
  std::string text;
  std::shared_ptr<const template_call> call;
  std::vector<template_node> body;
  std::vector<template_node> otherwise;
};

/// What is wrong with the text, on failure. At most 32 blocks or brackets deep, 10,000 nodes, 1 MiB.
tl::expected<std::vector<template_node>, std::string> parse_template(std::string_view text);

}  // namespace epicenter::mock::stubs
