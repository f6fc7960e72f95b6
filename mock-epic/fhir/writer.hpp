// Writes of one resource: create, update, patch, delete, with and without conditions
// (hl7.org/fhir/R4/http.html).
#pragma once

#include <deque>
#include <epicenter/runtime/random.hpp>
#include <functional>
#include <map>
#include <set>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/epic_filer.hpp"
#include "mock-epic/fhir/store.hpp"
#include "mock-epic/fhir/types.hpp"

namespace epicenter::mock::fhir {

/// What a search finds; a refusal where it cannot be carried out.
struct search_result {
  hits found;
  std::optional<answer> refused;
};
/// Searches one type by a query ("identifier=x"); at least the first two matches are found.
using finder = std::function<search_result(const call&, type_id, std::string_view query)>;

/// What a transaction has decided about its entries before it carries them out.
struct entry_plan {
  std::string id;                         ///< of what the entry creates; empty: one is drawn
  const std::set<std::string>* coming{};  ///< "Patient/x" of all that the transaction files
  bool again = false;                     ///< a lever wants it filed although it is on file already
};

/// Files resources after Epic's manner: nothing but If-None-Exist makes a create idempotent, an identical one
/// is filed again under a new id, unless a lever refuses duplicates. Exceptions, both Epic's, and of profile
/// strict: vital signs («Reading already exists») and patients (match or create).
///
/// Profile strict ignores If-Match and If-None-Exist, as Epic does, and answers with a relative Location.
class writer {
 public:
  writer(store&, bool orders, runtime::random_stream ids, finder);

  /// The body is read from the request.
  answer create(const call&);
  answer update(const call&);
  /// JSON Patch; a failed test is 422.
  answer patch(const call&);
  answer erase(const call&);

  /// The same with a body that was read already.
  answer create(const call&, json::value body, const entry_plan&);
  answer update(const call&, json::value body, const entry_plan&);
  answer patch(const call&, const json::value& operations, const entry_plan&);

  /// A fresh id, as creates get it.
  std::string draw_id(type_id, bool held = false);

 private:
  /// What a request is about: one resource, none yet, or a refusal.
  struct target {
    resource_ptr current;
    std::string id;  ///< the one that the URL asks for or the search found; empty: none
    std::optional<answer> refused;
  };
  target find_target(const call&);
  std::optional<answer> refuse_content(const call&, const json::value& body, const entry_plan&);
  std::optional<answer> existing_instead(const call&);
  /// What a client filed with that content, if it is as it was filed.
  resource_ptr identical(const std::string& fingerprint);
  json::object kept_of(const type_rules&, json::value body, const std::string& id) const;
  /// The server's own: what a client says about them is not kept (hl7.org/fhir/R4/resource.html#Meta).
  static void drop_versions(json::object& content);
  /// Somebody else has changed it first, if a lever says so.
  void let_others_change(const call&, target&);
  answer file(const call&, json::value body, std::string id, bool again = false);
  void remember(std::string fingerprint, type_id, const std::string& id);
  answer replace(const call&, const resource_ptr& current, json::value body, std::string_view rule);
  answer answer_written(const call&, unsigned status, const resource_ptr&);
  static void tell(answer&, const resource&, filed::action);

  store& store_;
  bool orders_;
  runtime::random_stream ids_;
  finder find_;
  epic_filer filer_;
  static constexpr std::size_t max_posted = 100'000;
  std::map<std::string, std::pair<type_id, std::string>> posted_;  ///< by fingerprint
  std::deque<std::string> posted_by_age_;
};

}  // namespace epicenter::mock::fhir
