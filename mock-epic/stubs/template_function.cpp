#include "mock-epic/stubs/template_function.hpp"

namespace epicenter::mock::stubs {

const json::value& helper_call::at(std::size_t i) const {
  static const json::value nothing;
  return i < arguments.size() ? arguments[i] : nothing;
}

std::string helper_call::text(std::size_t i) const {
  return printed(at(i));
}

std::optional<std::string> helper_call::option(std::string_view key) const {
  const json::value* found = hash.find(key);
  return found && !found->is_null() ? std::optional<std::string>(printed(*found)) : std::nullopt;
}

std::optional<std::int64_t> helper_call::number_option(std::string_view key) const {
  const auto text = option(key);
  const auto number = text ? json::value(json::number{*text}).to_int64() : result<std::int64_t>(0);
  return text && number ? std::optional<std::int64_t>(*number) : std::nullopt;
}

const helper* find_helper(std::string_view name) {
  for (const auto* family : {&text_helpers(), &json_helpers(), &date_helpers(), &random_helpers()})
    for (const helper& one : *family)
      if (one.name == name) return &one;
  return nullptr;
}

}  // namespace epicenter::mock::stubs
