// Whether an answer is all there is, and if not, why.
#pragma once

#include <cstdint>
#include <epicenter/fhir/operation_outcome.hpp>
#include <initializer_list>
#include <string>

namespace epicenter::fhir {

/// partial: results are missing or may be. Never to be read as «none»: an allergy may be among them.
enum class completeness { full, partial };

/// Why results may be missing. Epic's codes are those of fhir.epic.com, api 1048.
enum class missing : std::uint8_t {
  client_not_authorized,  ///< 59204: for a sub-resource
  user_not_authorized,    ///< 59205
  more_may_exist,         ///< 4119, 59133 (more than 100 results)
  restricted,             ///< 4134: break-the-glass
  withheld,               ///< FHIR's «suppressed» without one of these codes
  sources_missing,        ///< FHIR's «incomplete»: not all sources answered
  server_error,           ///< an error came among the results
  page_limit,             ///< this side followed no more links
  resource_limit,         ///< this side took no more resources
  byte_limit,             ///< this side took no more bytes
  link_loop,              ///< the server's links turn in a circle
};
inline constexpr std::size_t missing_count = 11;
/// "client_not_authorized", …: stable, for logs and metrics.
std::string_view name_of(missing);

/// A small set of reasons.
class missing_set {
 public:
  missing_set() = default;
  missing_set(std::initializer_list<missing> reasons) {
    for (const missing one : reasons) insert(one);
  }
  void insert(missing one) { bits_ |= bit(one); }
  void insert(missing_set others) { bits_ |= others.bits_; }
  bool contains(missing one) const { return (bits_ & bit(one)) != 0; }
  bool empty() const { return bits_ == 0; }
  completeness verdict() const { return empty() ? completeness::full : completeness::partial; }
  /// "client_not_authorized, page_limit"; empty where nothing is missing.
  std::string to_string() const;
  friend bool operator==(const missing_set&, const missing_set&) = default;

 private:
  static std::uint32_t bit(missing one) { return std::uint32_t{1} << static_cast<unsigned>(one); }
  std::uint32_t bits_ = 0;
};

/// What the outcome of a search says is missing. «No results» (4101) is an answer, not a gap.
missing_set missing_by(const operation_outcome&);

}  // namespace epicenter::fhir
