// Creates: what is checked, what is kept, how it is answered.
#pragma once

#include <epicenter/runtime/random.hpp>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/store.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

/// Files resources after Epic's manner: nothing makes a create idempotent, an identical one is filed again
/// under a new id. Exceptions, both Epic's: vital signs («Reading already exists») and patients (match or
/// create).
class creator {
 public:
  creator(store&, bool orders, runtime::random_stream ids);

  /// `text` is the body as it came; `representation`: the client prefers to get the filed resource back.
  /// `asked`: null where nothing meddles.
  answer create(const type_rules&, std::string_view text, bool representation, wall_time now,
                const call* asked = nullptr);

 private:
  std::optional<answer> refuse_incomplete(const type_rules&, const json::value&) const;
  std::optional<answer> refuse_references(const type_rules&, const json::value&);
  /// `again`: file it although it is on file already.
  std::optional<answer> refuse_by_type(const type_rules&, const json::value&, bool again);
  /// What is on file already and says the same; null: nothing.
  resource_ptr on_file(const type_rules&, const json::value&);
  resource_ptr reading_on_file(const json::value&);
  resource_ptr matching_patient(const json::value&);
  answer file(const type_rules&, json::value, bool representation, wall_time now, const call* asked);

  store& store_;
  bool orders_;
  runtime::random_stream ids_;
};

}  // namespace epicenter::mock::fhir
