// Does the log still say what was written?
#pragma once

#include <cstdint>
#include <epicenter/audit/chain.hpp>
#include <epicenter/audit/head.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::audit {

enum class flaw {
  edited,         ///< an entry is not what its hash covers
  broken_link,    ///< an entry does not follow the one before it: put in, rewritten or moved
  gap,            ///< entries are missing before this one
  cut_short,      ///< a head names an entry after the last
  head_differs,   ///< a head names another hash for this entry: the log was rewritten
  bad_signature,  ///< a head that nobody trusted has signed
};
std::string_view name_of(flaw);

struct finding {
  flaw what;
  std::uint64_t seq;
};

struct verification {
  std::uint64_t first = 0;    ///< entry; 0: the log is empty
  std::uint64_t last = 0;     ///< entry
  std::uint64_t entries = 0;  ///< read
  std::uint64_t signed_up_to =
      0;  ///< the newest entry under a good head: a loss after it shows only in the gap
  std::vector<finding> findings;  ///< the first max_findings
  bool intact() const { return findings.empty(); }

  static constexpr std::size_t max_findings = 1000;
};

/// Takes the entries in their order, and answers at the end. Pure.
class chain_check {
 public:
  /// `heads`: the log's own and those kept outside.
  chain_check(std::string log_id, std::vector<signed_head> heads, const std::vector<std::string>& trusted);

  void add(const chained_entry&);
  verification finish();

 private:
  void note(flaw, std::uint64_t seq);
  void begin(const chained_entry& first);
  void compare_heads(std::uint64_t seq, const std::string& hash);

  std::string log_id_;
  std::multimap<std::uint64_t, signed_head> heads_;  ///< with a good signature
  std::string previous_;
  verification so_far_;
  bool purge_is_recorded_ = false;
};

}  // namespace epicenter::audit
