// The operations ($name) of this server, as a table.
#pragma once

#include <epicenter/runtime/random.hpp>
#include <span>

#include "mock-epic/fhir/answer.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/store.hpp"

namespace epicenter::mock::bulk {
class exporter;
}

namespace epicenter::mock::fhir {

/// What an operation works on.
struct operation_world {
  fhir::store& store;
  bulk::exporter& exporter;
  runtime::random_stream& uuids;
  bool orders;
};

enum class operation_level { system, type, instance };

struct operation_info {
  std::string_view name;  ///< "match", asked for as $match
  operation_level level;
  std::optional<type_id> type;  ///< nothing at system level
  bool strict;                  ///< Epic's public API has it; orders has every one
  std::string_view methods;     ///< "GET, POST"
  std::string_view listed;      ///< CapabilityStatement.rest.resource.operation.name
  std::string_view definition;  ///< canonical URL of the OperationDefinition
  answer (*run)(const call&, operation_world&);
};

/// By type, each as /metadata lists it.
std::span<const operation_info> operations();

/// `call.asked.what` is interaction::operation. An operation that the profile does not have: IIS's 404 page
/// as captured, in profile orders an OperationOutcome.
answer run_operation(const call&, operation_world&);

}  // namespace epicenter::mock::fhir
