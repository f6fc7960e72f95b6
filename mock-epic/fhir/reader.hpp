// Reads of one resource: its current version, or an older one.
#pragma once

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::fhir {

/// Names in _elements beyond these are not looked at.
inline constexpr std::size_t max_read_elements = 100;

class reader {
 public:
  reader(store& s, bool orders) : store_(s), orders_(orders) {}

  answer read(const call&);
  answer vread(const call&);

 private:
  answer serve(const call&, const resource_ptr&);

  store& store_;
  bool orders_;
};

/// Epic's words for an id that is none of its own (captured).
answer answer_unknown_id();
/// 410, of what was deleted.
answer answer_deleted(const resource&);

}  // namespace epicenter::mock::fhir
