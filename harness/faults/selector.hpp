// Which calls a fault hits.
#pragma once

#include "harness/faults/errc.hpp"
#include "harness/faults/fault.hpp"
#include "harness/faults/injector.hpp"

namespace epicenter::faults {

/// Counts the calls that match and chooses among them. The order of the questions is: the call's own
/// properties, then the counts (all that are given must hold), then the rate.
class selector {
 public:
  enum class choice {
    no_match,  ///< not one of the calls meant
    spared,    ///< meant, and spared by count or rate
    hit
  };
  explicit selector(selection);

  choice select(const call&, runtime::random_stream&);
  /// For bytes that are no calls: no property can match, counts and rate hold.
  choice select_chunk(runtime::random_stream&);
  /// True where every call is meant and none is spared: only then a fault may act on whole connections.
  bool takes_everything() const;
  std::uint64_t matched() const { return matched_; }

 private:
  bool matches(const call&) const;
  bool has_properties() const;
  choice counted(runtime::random_stream&);

  selection selection_;
  std::string header_name_;
  std::optional<std::string> header_value_;
  std::uint64_t matched_ = 0;
};

/// errc::bad_selection where a count is 0, the rate outside 0 to 1, or a pattern longer than 1024 characters.
result<> check_selection(const selection&);

}  // namespace epicenter::faults
