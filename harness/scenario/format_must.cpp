#include "harness/scenario/bounds.hpp"
#include "harness/scenario/format.hpp"
#include "harness/scenario/scalars.hpp"

namespace epicenter::scenario {
namespace {

constexpr const char* kinds[] = {"circuit_state", "circuit_path", "event", "metric"};

binder<path_step> path_step_name() {
  const path_step any{true, circuit_state::closed};
  return choice<path_step>("a step of a circuit path", {{"CLOSED", {false, circuit_state::closed}},
                                                        {"HALF_OPEN", {false, circuit_state::half_open}},
                                                        {"OPEN", {false, circuit_state::open}},
                                                        {"any", any}});
}

/// Whether the fault exists is checked where the experiment's faults are known.
binder<anchor> anchor_name() {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::text;
  type->what = "fault_start, fault_end, or NAME.start, NAME.end of a named fault";
  type->defined = "anchor";
  type->pattern = "^(fault_start|fault_end|[a-z0-9-]+\\.(start|end))$";
  return {type, [type](reading& in, const node& at) -> std::optional<anchor> {
            if (at.is != node::kind::scalar) {
              refuse_kind(in, at, *type);
              return std::nullopt;
            }
            if (at.text == "fault_start") return anchor{anchor_kind::fault_start, {}};
            if (at.text == "fault_end") return anchor{anchor_kind::fault_end, {}};
            const std::size_t dot = at.text.rfind('.');
            const std::string name = at.text.substr(0, dot);
            const std::string end = dot == std::string::npos ? "" : at.text.substr(dot + 1);
            if (!name.empty() && end == "start") return anchor{anchor_kind::named_start, name};
            if (!name.empty() && end == "end") return anchor{anchor_kind::named_end, name};
            in.refuse(at.at, fmt::format("'{}' is no moment of the timeline; write {}{}", at.text, type->what,
                                         nearest(at.text, {"fault_start", "fault_end"}).empty()
                                             ? std::string()
                                             : suggestion(at.text, {"fault_start", "fault_end"})));
            return std::nullopt;
          }};
}

binder<std::string> event_name() {
  std::vector<std::string> names;
  for (const event_facts& facts : all_events()) names.emplace_back(facts.name);
  return word("an event", names);
}

/// The metric is optional while its name may be wrong: without it the unit of the bounds is not known.
struct must_draft : must {
  std::optional<metric_id> measured;
};

void check_metric(reading& in, const node& at, must_draft& out) {
  out.kind = must_kind::metric;
  if (!out.measured) return;
  out.metric = *out.measured;
  const source_mark& where = at.find("metric")->at;
  if (out.metric == metric_id::circuit_state)
    return in.refuse(where, "circuit_state has no bounds; write {circuit_state: CLOSED, …}");
  if (count_bounds(at) == 0) in.refuse(where, "a metric needs a bound: at_most, at_least, above or below");
  out.bounds = read_bounds(in, at, out.metric);
}

void check_must(reading& in, const node& at, must_draft& out) {
  std::vector<const char*> found;
  for (const char* kind : kinds)
    if (at.find(kind) != nullptr) found.push_back(kind);
  if (found.size() != 1)
    return in.refuse(at.at, "a must entry names exactly one of circuit_state, circuit_path, event, metric");
  const std::string_view kind = found.front();
  const auto only_with = [&](const char* key, bool fits, const char* where) {
    if (const node* value = at.find(key); value != nullptr && !fits)
      in.refuse(value->at, fmt::format("'{}' belongs to {}; leave it out", key, where));
  };
  const bool circuit = kind == "circuit_state" || kind == "circuit_path";
  only_with("class", circuit, "circuit_state and circuit_path");
  only_with("expect", kind == "event", "event");
  for (const comparison how : comparisons)
    only_with(std::string(name_of(how)).c_str(), kind == "metric", "metric");
  if (kind == "circuit_state") out.kind = must_kind::circuit_state;
  if (kind == "circuit_path") out.kind = must_kind::circuit_path;
  if (kind == "event") out.kind = must_kind::event;
  if (kind == "metric") check_metric(in, at, out);
}

}  // namespace

binder<must> must_format() {
  const binder<bool> none =
      mapped<bool>(word("an expectation", {"none"}), [](const std::string&) { return true; });
  object_of<must_draft> keys("a must entry", "must");
  keys.key("circuit_state", "a breaker is in this state at one instant of the window", circuit_state_name(),
           &must::state)
      .key("circuit_path", "a breaker's history; any: zero or more states",
           list_of("a list of states such as [OPEN, HALF_OPEN, CLOSED]", path_step_name(), 1), &must::path)
      .key("event", "an event of the adapter", event_name(), &must::event)
      .key("expect", "none: the event must not come", none, &must::forbidden)
      .key("class", "one breaker", breaker_class_name(), &must::breaker_class)
      .key("metric", "a figure over the window", metric_name(), &must_draft::measured);
  add_bound_keys(keys);
  keys.key("within", "length of the window", positive_duration(), &must::within)
      .key("after", "start of the window", anchor_name(), &must::after)
      .mark(&must::mark)
      .then(check_must);
  return mapped<must>(keys.done(), [](must_draft draft) { return must(std::move(draft)); });
}

}  // namespace epicenter::scenario
