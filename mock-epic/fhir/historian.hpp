// Histories of one resource, a type, or everything (hl7.org/fhir/R4/http.html#history): profile orders.
#pragma once

#include <epicenter/http/url.hpp>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::fhir {

inline constexpr std::size_t default_history_page = 100;
inline constexpr std::size_t max_history_page = 1'000;

/// Newest first. _count, _since and _at are understood; a page names how many changes there were when the
/// first was asked for, so that writes in between move nothing. `total` is told of one resource only: to
/// count a hospital's would take as long as to read it.
class historian {
 public:
  explicit historian(store& s) : store_(s) {}
  answer history(const call&);

 private:
  struct question;
  std::optional<answer> read(const call&, question&);
  /// Calls visit for each version of a type or of everything until it returns false.
  template <class Visit>
  void each_version(const call&, const question&, const Visit& visit);

  store& store_;
};

}  // namespace epicenter::mock::fhir
