// A strict reader of Prometheus's text format (exposition format, version 0.0.4): says what is wrong with it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::operations::test {

struct exposition {
  std::vector<std::string> mistakes;
  std::map<std::string, double> samples;  ///< by name and labels as written: `a_total{b="c"}`
};

/// Stricter than Prometheus: every family has HELP and TYPE, in this order, once, ahead of its samples and
/// apart from others; counters end in _total; no series twice; buckets ascend, end at +Inf and agree with
/// _count.
exposition read_exposition(std::string_view text);

}  // namespace epicenter::operations::test
