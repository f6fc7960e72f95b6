#include "mock-epic/stubs/object_reader.hpp"

#include <algorithm>
#include <cmath>

namespace epicenter::mock::stubs {

std::string pointer_segment(std::string_view key) {
  std::string out = "/";
  for (const char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

object_reader::object_reader(const json::object& from, std::string pointer,
                             std::optional<stub_error>& failure)
    : from_(from), pointer_(std::move(pointer)), failure_(failure) {}

std::string object_reader::pointer_to(std::string_view key) const {
  return pointer_ + pointer_segment(key);
}

void object_reader::refuse(std::string_view key, std::string detail) {
  if (failure_) return;
  stub_error made;
  made.pointer = key.empty() ? pointer_ : pointer_to(key);
  made.detail = std::move(detail);
  failure_ = std::move(made);
}

const json::value* object_reader::any(std::string_view key) {
  taken_.emplace_back(key);
  const json::value* found = from_.find(key);
  return found && !found->is_null() ? found : nullptr;
}

std::optional<std::string> object_reader::text(std::string_view key) {
  const json::value* found = any(key);
  if (!found) return std::nullopt;
  if (const auto text = found->if_string()) return *text;
  if (const auto digits = found->if_number()) return digits->text;
  if (const bool* flag = found->if_bool()) return *flag ? "true" : "false";
  refuse(key, "a string is needed here");
  return std::nullopt;
}

std::optional<bool> object_reader::flag(std::string_view key) {
  const json::value* found = any(key);
  if (!found) return std::nullopt;
  if (const bool* flag = found->if_bool()) return *flag;
  if (const auto text = found->if_string(); text && (*text == "true" || *text == "false"))
    return *text == "true";
  refuse(key, "true or false is needed here");
  return std::nullopt;
}

std::optional<std::int64_t> object_reader::integer(std::string_view key, std::int64_t low,
                                                   std::int64_t high) {
  const json::value* found = any(key);
  if (!found) return std::nullopt;
  const auto number = found->to_int64();
  if (!number) {
    refuse(key, "a whole number is needed here");
    return std::nullopt;
  }
  if (*number < low || *number > high) {
    refuse(key, "the number is not from " + std::to_string(low) + " to " + std::to_string(high));
    return std::nullopt;
  }
  return *number;
}

std::optional<double> object_reader::real(std::string_view key, double low, double high) {
  const json::value* found = any(key);
  if (!found) return std::nullopt;
  const auto number = found->to_double();
  if (!number || !std::isfinite(*number)) {
    refuse(key, "a number is needed here");
    return std::nullopt;
  }
  if (*number < low || *number > high) {
    refuse(key, "the number is out of range");
    return std::nullopt;
  }
  return *number;
}

const json::object* object_reader::object(std::string_view key) {
  const json::value* found = any(key);
  if (!found) return nullptr;
  if (const json::object* members = found->if_object()) return members;
  refuse(key, "an object is needed here");
  return nullptr;
}

const json::array* object_reader::array(std::string_view key) {
  const json::value* found = any(key);
  if (!found) return nullptr;
  if (const json::array* elements = found->if_array()) return elements;
  refuse(key, "an array is needed here");
  return nullptr;
}

void object_reader::end() {
  for (const auto& [key, value] : from_) {
    if (std::find(taken_.begin(), taken_.end(), key) != taken_.end()) continue;
    refuse(key, "Unrecognized field \"" + std::string(key) + "\", not marked as ignorable");
    return;
  }
}

}  // namespace epicenter::mock::stubs
