// Response templates: the part of Handlebars and of WireMock's helpers that stubs use.
#pragma once

#include <epicenter/runtime/random.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/stubs/stub_request.hpp"
#include "mock-epic/stubs/template_parse.hpp"

namespace epicenter::mock::stubs {

/// What a template may use.
struct template_world {
  const stub_request* request = nullptr;
  const http::parameters* path_variables = nullptr;  ///< of the stub's urlPathTemplate
  const json::object* parameters = nullptr;          ///< transformerParameters
  runtime::random_stream* random = nullptr;
};

/// A compiled template. Nothing is escaped: bodies are JSON more often than HTML.
class text_template {
 public:
  static tl::expected<text_template, std::string> compile(std::string_view text);
  /// The text; on failure what went wrong (an unknown helper, output beyond 4 MiB, more than 200,000 steps).
  /// A helper that fails leaves "[ERROR: …]" in its place, as WireMock's do.
  tl::expected<std::string, std::string> render(const template_world&) const;
  /// Whether it has no tags at all.
  bool is_plain() const;

 private:
  std::vector<template_node> nodes_;
};

}  // namespace epicenter::mock::stubs
