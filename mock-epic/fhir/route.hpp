// Which interaction of the FHIR API a request asks for (hl7.org/fhir/R4/http.html), from method and path
// alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

enum class interaction {
  unknown,       ///< no such path: IIS answers
  not_allowed,   ///< the path exists, the method does not
  capabilities,  ///< GET /metadata
  read,          ///< GET Type/id
  vread,         ///< GET Type/id/_history/v
  create,        ///< POST Type
  update,        ///< PUT Type/id, or PUT Type?criteria
  patch,         ///< PATCH, likewise
  erase,         ///< DELETE, likewise
  search,  ///< GET Type?…, POST Type/_search, GET Patient/id/Type?… (a compartment), GET ?… (all types)
  history,    ///< GET Type/id/_history, Type/_history, _history
  batch,      ///< POST on the base: batch or transaction
  operation,  ///< $name, on the base, a type or an instance
};

struct route {
  interaction what = interaction::unknown;
  std::optional<type_id> type;  ///< of the resource asked for; of the results in a compartment search
  std::string id;               ///< empty: the whole type
  std::string version;          ///< of a vread
  std::string operation;        ///< "$export"
  std::string_view allow;       ///< what the path takes where the method is not allowed: the Allow header
  std::optional<type_id> compartment;  ///< Patient in Patient/id/Observation; its id is in compartment_id
  std::string compartment_id;
};

/// `path` is what follows the base: "/Patient/x". Ids that no server of R4 could have made are unknown
/// routes.
route find_route(std::string_view method, std::string_view path);

}  // namespace epicenter::mock::fhir
