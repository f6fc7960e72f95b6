// The upkeep of the stores, for Prometheus.
#pragma once

#include <epicenter/operations/metric_text.hpp>
#include <epicenter/operations/upkeep_report.hpp>

namespace epicenter::operations {

/// Adds its families, for each job that was asked for: when it last succeeded, its runs by how they ended,
/// failures in a row, whether it is overdue; and whether the audit chain verified, once it was looked at.
void write_upkeep(metric_text&, const upkeep_report&);

}  // namespace epicenter::operations
