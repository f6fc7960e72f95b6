#include "harness/scenario/bounds.hpp"
#include "harness/scenario/format.hpp"
#include "harness/scenario/scalars.hpp"

namespace epicenter::scenario {
namespace {

binder<level> level_name() {
  return choice<level>(
      "a level", {{"healthy", level::healthy}, {"warning", level::warning}, {"critical", level::critical}});
}

binder<threshold> numeric_threshold(const metric_facts& facts) {
  const std::string healthy = facts.more_is_better ? "healthy_above" : "healthy_below";
  const std::string critical = facts.more_is_better ? "critical_below" : "critical_above";
  return object_of<threshold>(fmt::format("the threshold of {}", facts.name),
                              fmt::format("threshold_{}", facts.name))
      .key(healthy, "strictly beyond this it is healthy", metric_value(facts.unit), &threshold::healthy,
           required)
      .key(critical, "strictly beyond this it is critical", metric_value(facts.unit), &threshold::critical,
           required)
      .mark(&threshold::mark)
      .then([facts, healthy, critical](reading& in, const node& at, threshold& out) {
        out.metric = facts.id;
        out.more_is_better = facts.more_is_better;
        const bool gap = facts.more_is_better ? out.healthy < out.critical : out.healthy > out.critical;
        const node* first = at.find(healthy);
        if (gap && first != nullptr && at.find(critical) != nullptr)
          in.refuse(first->at, fmt::format("{} and {} overlap: a value would have both levels; swap them",
                                           healthy, critical));
      })
      .done();
}

struct state_threshold {
  circuit_state healthy = circuit_state::closed;
  circuit_state warning = circuit_state::half_open;
  circuit_state critical = circuit_state::open;
  std::string breaker_class;
};

binder<threshold> circuit_threshold() {
  const binder<state_threshold> states =
      object_of<state_threshold>("the threshold of circuit_state", "threshold_circuit_state")
          .key("healthy", "the state that is healthy", circuit_state_name(), &state_threshold::healthy)
          .key("warning", "the state that is a warning", circuit_state_name(), &state_threshold::warning)
          .key("critical", "the state that is critical", circuit_state_name(), &state_threshold::critical)
          .key("class", "one breaker; default: the worst of those that had a call", breaker_class_name(),
               &state_threshold::breaker_class)
          .done();
  return {states.type, [states](reading& in, const node& at) -> std::optional<threshold> {
            const std::optional<state_threshold> read = states.read(in, at);
            if (!read) return std::nullopt;
            if (read->healthy == read->warning || read->warning == read->critical ||
                read->healthy == read->critical) {
              in.refuse(at.at, "each of CLOSED, HALF_OPEN and OPEN has exactly one level");
              return std::nullopt;
            }
            threshold out;
            out.metric = metric_id::circuit_state;
            out.more_is_better = false;
            out.state_levels[static_cast<int>(read->healthy)] = level::healthy;
            out.state_levels[static_cast<int>(read->warning)] = level::warning;
            out.state_levels[static_cast<int>(read->critical)] = level::critical;
            out.breaker_class = read->breaker_class;
            out.mark = at.at;
            return out;
          }};
}

/// The metric is optional while its name may be wrong: without it the unit of the bounds is not known.
struct condition_draft : stop_condition {
  std::optional<metric_id> watched;
};

void read_condition(reading& in, const node& at, condition_draft& out) {
  if (out.phases.empty()) out.phases = {phase::baseline, phase::during, phase::recovery};
  std::sort(out.phases.begin(), out.phases.end());
  if (std::adjacent_find(out.phases.begin(), out.phases.end()) != out.phases.end())
    in.refuse(at.find("phases")->at, "a phase is here twice; keep one");
  if (!out.watched) return;
  out.metric = *out.watched;
  if (out.metric == metric_id::circuit_state)
    return in.refuse(at.find("metric")->at,
                     "circuit_state has no bounds; stop on success_rate or another figure");
  if (known_at_end(out.metric))
    return in.refuse(
        at.find("metric")->at,
        fmt::format("{} is known only when the experiment has ended, so nothing could be stopped; "
                    "write the invariant no_{} instead",
                    name_of(out.metric),
                    out.metric == metric_id::lost_writes ? "lost_write" : "duplicate_write"));
  if (count_bounds(at) != 1)
    return in.refuse(at.at, "a stop condition has exactly one bound: at_most, at_least, above or below");
  const std::vector<bound> bounds = read_bounds(in, at, out.metric);
  if (!bounds.empty()) out.limit = bounds.front();
}

struct invariant_bound {
  std::optional<std::int64_t> at_most;
};

}  // namespace

binder<metric_id> metric_name() {
  std::vector<std::pair<std::string, metric_id>> names;
  for (const metric_facts& facts : all_metrics()) names.emplace_back(facts.name, facts.id);
  return choice<metric_id>("a metric", names);
}

binder<circuit_state> circuit_state_name() {
  return choice<circuit_state>("a circuit state", {{"CLOSED", circuit_state::closed},
                                                   {"HALF_OPEN", circuit_state::half_open},
                                                   {"OPEN", circuit_state::open}});
}

binder<std::string> breaker_class_name() {
  return word("a class of calls", {"read", "search", "write", "bulk", "token", "metadata"});
}

binder<phase> phase_name() {
  return choice<phase>(
      "a phase", {{"baseline", phase::baseline}, {"during", phase::during}, {"recovery", phase::recovery}});
}

binder<std::vector<threshold>> thresholds_format() {
  object_of<std::vector<threshold>> keys("the thresholds", "thresholds");
  for (const metric_facts& facts : all_metrics())
    keys.set(std::string(facts.name), std::string(facts.meaning),
             facts.unit == metric_unit::state ? circuit_threshold() : numeric_threshold(facts), {},
             [](std::vector<threshold>& out, threshold one) { out.push_back(std::move(one)); });
  return keys.done();
}

binder<std::vector<level_rule>> levels_format(std::string what) {
  object_of<std::vector<level_rule>> keys(what, "levels");
  const binder<level> name = level_name();
  for (const metric_facts& facts : all_metrics()) {
    const binder<level_rule> rule{name.type, [name, id = facts.id](reading& in, const node& at) {
                                    const std::optional<level> read = name.read(in, at);
                                    return read ? std::optional(level_rule{id, *read, at.at}) : std::nullopt;
                                  }};
    keys.set(std::string(facts.name), std::string(facts.meaning), rule, {},
             [](std::vector<level_rule>& out, level_rule one) { out.push_back(std::move(one)); });
  }
  return keys.done();
}

binder<stop_condition> stop_condition_format() {
  object_of<condition_draft> keys("a stop condition");
  keys.key("metric", "what is watched", metric_name(), &condition_draft::watched, required);
  add_bound_keys(keys);
  keys.key("lasting", "how long it must hold; default: at once", a_duration(), &stop_condition::lasting)
      .key("phases", "where it is watched; default: all",
           list_of("a list of phases such as [baseline]", phase_name(), 1), &stop_condition::phases)
      .mark(&stop_condition::mark)
      .then(read_condition);
  return mapped<stop_condition>(keys.done(),
                                [](condition_draft draft) { return stop_condition(std::move(draft)); });
}

binder<invariant> invariant_format() {
  std::vector<std::pair<std::string, invariant_kind>> plain;
  for (const invariant_facts& facts : all_invariants()) plain.emplace_back(facts.name, facts.id);
  const binder<invariant_kind> name = choice<invariant_kind>("an invariant", plain);
  const binder<invariant_bound> limit = object_of<invariant_bound>("the bound of retry_amplification")
                                            .key("at_most", "(first sends + retries + hedges) / first sends",
                                                 ratio(), &invariant_bound::at_most, required)
                                            .done();
  const binder<invariant> bounded =
      object_of<invariant>("an invariant with a bound")
          .set("retry_amplification", "retries stay within at_most", limit, required,
               [](invariant& out, invariant_bound read) { out.at_most = read.at_most; })
          .then([](reading&, const node&, invariant& out) { out.kind = invariant_kind::retry_amplification; })
          .done();
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::any_of;
  type->what = "an invariant such as no_lost_write, or retry_amplification: {at_most: 3}";
  type->options = {name.type, bounded.type};
  return {type, [type, name, bounded](reading& in, const node& at) -> std::optional<invariant> {
            if (at.is == node::kind::map) {
              std::optional<invariant> read = bounded.read(in, at);
              if (read) read->mark = at.at;
              return read;
            }
            if (at.is != node::kind::scalar) {
              refuse_kind(in, at, *type);
              return std::nullopt;
            }
            const std::optional<invariant_kind> kind = name.read(in, at);
            if (!kind) return std::nullopt;
            if (*kind == invariant_kind::retry_amplification)
              in.refuse(at.at,
                        "retry_amplification needs its bound; write 'retry_amplification: {at_most: 3}'");
            for (const invariant_facts& facts : all_invariants())
              if (facts.id == *kind && !facts.supported)
                in.unsupported(at.at, fmt::format("the invariant '{}'", facts.name));
            return invariant{*kind, std::nullopt, at.at};
          }};
}

}  // namespace epicenter::scenario
