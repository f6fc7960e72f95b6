// The fault types of the format that nothing carries out yet, with their parameters, as data: files that use
// them are checked in full and then refused. What is carried out comes from the catalog of harness/faults.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace epicenter::scenario {

enum class param_kind {
  duration,   ///< nanoseconds
  delay,      ///< a constant, a range or a distribution
  integer,    ///< at least `least`
  size,       ///< bytes
  size_rate,  ///< bytes a second, written 64kB/s
  rate,       ///< {"events", "period"}
  boolean,
  choice,  ///< one of `words`, separated by blanks
  text,
};

struct later_param {
  std::string_view name;
  param_kind kind;
  std::string_view help;
  std::string_view words = {};
  std::string_view fallback = {};  ///< value where the key is absent, as JSON; empty: none
  bool required = false;
  int least = 0;
};

struct later_fault {
  std::string_view name;
  std::string_view layer;  ///< network, http, process
  std::string_view help;
  std::span<const later_param> params;
  bool instant = false;  ///< acts at one moment: takes no `lasting`
};

std::span<const later_fault> later_faults();

/// True for a fault that acts at one moment and takes no `lasting`: what it did stays done.
bool is_instant(std::string_view type);

}  // namespace epicenter::scenario
