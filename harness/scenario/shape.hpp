// What a part of the format looks like, as data: validation messages and the JSON Schema both come from it.
#pragma once

#include <cstdint>
#include <epicenter/json/value.hpp>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace epicenter::scenario {

struct shape;
using shape_ptr = std::shared_ptr<const shape>;

struct shape_key {
  std::string name;
  std::string help;
  bool required = false;
  bool supported = true;
  shape_ptr type;
};

enum class shape_kind {
  text,
  integer,
  number,
  boolean,
  duration,
  size,
  rate,
  share,
  choice,
  list,
  object,
  any_of
};

struct shape {
  shape_kind kind = shape_kind::text;
  std::string what;     ///< for messages: "a duration such as 500ms"
  std::string defined;  ///< a name under which the JSON Schema defines it once; empty: in place
  std::string pattern;  ///< text: a regular expression of the JSON Schema; empty: any
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string> words;  ///< choice
  std::size_t least_items = 0;     ///< list
  shape_ptr item;                  ///< list
  std::vector<shape_key> keys;     ///< object
  std::vector<shape_ptr> options;  ///< any_of
};

}  // namespace epicenter::scenario
