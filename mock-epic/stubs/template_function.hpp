// What a helper of templates is given, and where it is found.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/stubs/text_template.hpp"

namespace epicenter::mock::stubs {

/// The arguments of one call, evaluated.
struct helper_call {
  std::vector<json::value> arguments;
  json::object hash;
  const template_world& world;

  /// The argument, or null.
  const json::value& at(std::size_t i) const;
  std::string text(std::size_t i) const;
  std::optional<std::string> option(std::string_view key) const;
  std::optional<std::int64_t> number_option(std::string_view key) const;
};

/// The value, or what stands in its way.
using helper_result = tl::expected<json::value, std::string>;
using helper_function = helper_result (*)(const helper_call&);

struct helper {
  std::string_view name;
  helper_function run = nullptr;
  /// As a block: its value decides which branch is rendered, instead of the body being an argument.
  bool decides = false;
  /// As a block: the body is the last argument, not the first.
  bool body_last = false;
  /// Wants every value of a request's parameter, not the first.
  bool takes_lists = false;
};

/// nullptr where there is none.
const helper* find_helper(std::string_view name);

// The families (template_*_functions.cpp).
const std::vector<helper>& text_helpers();
const std::vector<helper>& json_helpers();
const std::vector<helper>& date_helpers();
const std::vector<helper>& random_helpers();

/// A value as a template prints it: texts bare, null empty, all else JSON.
std::string printed(const json::value&);
/// false, null, "", 0 and [] are not.
bool is_truthy(const json::value&);

}  // namespace epicenter::mock::stubs
