// Where Epic's bad days get in: what levers may change about an answer.
#pragma once

#include <optional>
#include <vector>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/resource.hpp"

namespace epicenter::mock::fhir {

/// Every hook does nothing unless it is overridden. The engine calls them in the order they stand here.
class interference {
 public:
  virtual ~interference() = default;
  /// An answer in place of the engine's. The request changes nothing then.
  virtual std::optional<answer> before(const call&) { return std::nullopt; }
  /// True: the page session that the request names has expired (4113).
  virtual bool page_expired(const call&) { return false; }
  /// How many results a page has where the client or the server wants `wanted`.
  virtual std::size_t page_size(const call&, std::size_t wanted) { return wanted; }
  /// Results of a search before they are cut into pages; issues are told in the outcome entry.
  virtual void found(const call&, hits&, std::vector<issue>&) {}
  /// Asked of every create, with the identical resource on file (null: none). True: file it again, whatever
  /// else would refuse it.
  virtual bool files_again(const call&, const resource_ptr& existing) {
    (void)existing;
    return false;
  }
  /// An identical resource is on file already (null: none). True: refuse the create as a duplicate (409,
  /// 59141).
  virtual bool refuses_duplicate(const call&, const resource_ptr& existing) {
    (void)existing;
    return false;
  }
  /// True: what is created waits for a clinician: readable by id, found by no search.
  virtual bool holds(const call&, type_id) { return false; }
  /// What was filed that way.
  virtual void held(const resource&) {}
  /// True: somebody changed the resource between the client's read and this write.
  virtual bool changed_meanwhile(const call&, const resource&) { return false; }
  /// The answer on its way out.
  virtual void after(const call&, answer&) {}
};

}  // namespace epicenter::mock::fhir
