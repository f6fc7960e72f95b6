#include "harness/scenario/format.hpp"
#include "harness/scenario/scalars.hpp"

namespace epicenter::scenario {

binder<operation_kind> operation_name() {
  std::vector<std::pair<std::string, operation_kind>> names;
  for (const operation_kind kind : {operation_kind::patient_context, operation_kind::latest_labs,
                                    operation_kind::order_lab, operation_kind::file_note})
    names.emplace_back(name_of(kind), kind);
  return choice<operation_kind>("an operation", names);
}

binder<load_changes> load_format() {
  const auto operation = object_of<operation_share>("an operation of the load")
                             .key("name", "what the caller asks of the adapter", operation_name(),
                                  &operation_share::operation, required)
                             .key("weight", "its share of the load, relative to the other weights",
                                  integer(1, 1'000'000), &operation_share::weight)
                             .done();
  const auto stage = object_of<load_stage>("a stage of the load")
                         .key("rate", "arrivals", a_rate(), &load_stage::arrivals, required)
                         .key("length", "how long; the last stage is held to the end", positive_duration(),
                              &load_stage::length, required)
                         .done();
  return object_of<load_changes>("the load", "load")
      .key("model",
           "open: arrivals never wait for answers; closed: max_in_flight callers, each waits for its answer",
           choice<load_model>("a load model", {{"open", load_model::open}, {"closed", load_model::closed}}),
           &load_changes::model)
      .key("rate", "arrivals of an open load", a_rate(), &load_changes::arrival_rate)
      .key("stages", "rates in time, instead of one rate",
           list_of("a list of stages such as {rate: 50/s, length: 1m}", stage, 1), &load_changes::stages)
      .key("arrivals", "poisson: independent callers; uniform: evenly spaced",
           choice<arrival_process>("an arrival process", {{"poisson", arrival_process::poisson},
                                                          {"uniform", arrival_process::uniform}}),
           &load_changes::arrivals)
      .key("max_in_flight", "open: an arrival past this is counted as dropped; closed: the number of callers",
           integer(1, 100'000), &load_changes::max_in_flight)
      .key("operations", "what is asked, with weights",
           list_of("a list of operations such as {name: patient-context, weight: 50}", operation, 1),
           &load_changes::operations)
      .mark(&load_changes::mark)
      .done();
}

}  // namespace epicenter::scenario
