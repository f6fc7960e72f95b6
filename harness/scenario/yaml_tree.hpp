// YAML text to a small tree with marks. Takes the part of YAML that cannot be misread and refuses the rest:
// anchors, tags, block scalars, merge keys, duplicate keys, second documents.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/diagnostic.hpp"
#include "harness/scenario/source_text.hpp"

namespace epicenter::scenario {

struct entry;

struct node {
  enum class kind {
    null,  ///< no value; the mark is the key's (in a list: the dash's)
    scalar,
    list,
    map,
    refused,  ///< already reported: say nothing more about it
  };
  node::kind is = kind::null;
  std::string text;
  bool quoted = false;
  source_mark at;
  std::vector<node> items;
  std::vector<entry> entries;

  /// The value of the key in a map, or nullptr.
  const node* find(std::string_view key) const;
};

struct entry {
  node key;
  node value;
};

struct yaml_result {
  std::optional<node> root;  ///< absent where nothing after it could be trusted
  std::vector<diagnostic> troubles;
};

/// At most 20,000 nodes and 32 levels.
yaml_result parse_yaml(const source_text&);

}  // namespace epicenter::scenario
