// Which operation of the adapter a request to Epic belongs to, seen from the wire alone.
#pragma once

#include <span>
#include <string_view>

namespace epicenter::faults {

/// "order-lab", "file-note", "latest-labs", "patient-context", "reconcile" (the search for what became of a
/// write), "token", "metadata"; empty for anything else. The path may carry a query.
std::string_view operation_of(std::string_view method, std::string_view target);

/// Every name that operation_of can give.
std::span<const std::string_view> operation_names();

}  // namespace epicenter::faults
