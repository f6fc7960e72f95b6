// The parts of a JSONPath. Inside of json_path*.cpp only.
#pragma once

#include <functional>

#include "mock-epic/stubs/json_path.hpp"

namespace epicenter::mock::stubs {

/// The values that a walk stands on, and the work that is left to it.
struct json_path_walk {
  const json::value* root = nullptr;
  std::size_t budget = 200'000;
  bool spend() { return budget != 0 && budget-- != 0; }
};

/// A condition of a filter.
class json_path_filter {
 public:
  virtual ~json_path_filter() = default;
  virtual bool holds(const json::value& current, json_path_walk&) const = 0;
};

struct json_path_step {
  enum class kind { names, indices, slice, wildcard, filter };
  kind what = kind::names;
  bool deep = false;  ///< after ..: everywhere below
  std::vector<std::string> names;
  std::vector<std::int64_t> indices;
  std::optional<std::int64_t> from, to;
  std::int64_t stride = 1;
  std::shared_ptr<const json_path_filter> filter;
};

/// Follows the steps; pointers into the document.
std::vector<const json::value*> follow(const std::vector<std::shared_ptr<const json_path_step>>& steps,
                                       const json::value& from, json_path_walk&);

/// Reads text at a place that moves on.
struct json_path_cursor {
  std::string_view text;
  std::size_t at = 0;
  std::string failure;
  std::size_t depth = 0;

  char peek(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  bool take(std::string_view wanted);
  void skip_spaces();
  bool fail(std::string why);
};

/// Reads steps from the cursor until something that is none; false after a mistake.
bool read_steps(json_path_cursor&, std::vector<std::shared_ptr<const json_path_step>>& into, bool& definite,
                std::string* function);
/// Reads what stands between "?(" and ")"; nullptr after a mistake.
std::shared_ptr<const json_path_filter> read_filter(json_path_cursor&);
/// A quoted string, by either quotation mark.
bool read_quoted(json_path_cursor&, std::string& into);
bool read_integer(json_path_cursor&, std::int64_t& into);

}  // namespace epicenter::mock::stubs
