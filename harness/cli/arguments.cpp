#include <fmt/core.h>

#include <charconv>

#include "harness/cli/command.hpp"

namespace epicenter::cli {
namespace {

std::string_view sentence_of(int) {
  return "wrong command line";
}

const error_sentences category{"cli", sentence_of};
const std::vector<std::string> nothing;

}  // namespace

std::error_code make_error_code(errc e) {
  return {static_cast<int>(e), category};
}

std::string arguments::get(std::string_view name, std::string_view fallback) const {
  const auto it = given_.find(name);
  return it == given_.end() || it->second.empty() ? std::string(fallback) : it->second.back();
}

std::vector<std::string> arguments::all(std::string_view name) const {
  const auto it = given_.find(name);
  return it == given_.end() ? std::vector<std::string>{} : it->second;
}

const std::vector<std::string>& arguments::positional() const {
  const auto it = given_.find("");
  return it == given_.end() ? nothing : it->second;
}

result<std::optional<std::uint64_t>> arguments::number(std::string_view name, std::uint64_t minimum) const {
  if (!has(name)) return std::optional<std::uint64_t>{};
  const auto text = get(name);
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < minimum) {
    const auto least = minimum == 0 ? std::string() : fmt::format(" of at least {}", minimum);
    return fail(errc::usage, fmt::format("{} takes a whole number{}, not '{}'", name, least, text));
  }
  return std::optional(value);
}

int complain(const std::string& message, int exit_code) {
  fmt::print(stderr, "epicenter: {}\n", message);
  return exit_code;
}

}  // namespace epicenter::cli
