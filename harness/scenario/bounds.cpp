#include "harness/scenario/bounds.hpp"

#include "harness/scenario/scalars.hpp"

namespace epicenter::scenario {

binder<bool> bound_value() {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::any_of;
  type->what = "a value in the metric's unit, such as 3, 90% or 2s";
  type->defined = "metric_value";
  type->options = {ratio().type, a_share().type, a_duration().type};
  return {type, [](reading&, const node&) -> std::optional<bool> { return true; }};
}

std::vector<bound> read_bounds(reading& in, const node& at, metric_id metric) {
  std::vector<bound> out;
  for (const comparison how : comparisons) {
    const node* value = at.find(name_of(how));
    if (value == nullptr) continue;
    if (const auto read = metric_value(facts_of(metric).unit).read(in, *value)) out.push_back({how, *read});
  }
  return out;
}

std::size_t count_bounds(const node& at) {
  std::size_t found = 0;
  for (const comparison how : comparisons) found += at.find(name_of(how)) != nullptr ? 1U : 0U;
  return found;
}

binder<std::int64_t> metric_value(metric_unit unit) {
  switch (unit) {
    case metric_unit::ppm:
      return mapped<std::int64_t>(a_share(), [](share value) { return value.ppm; });
    case metric_unit::nanoseconds:
      return mapped<std::int64_t>(a_duration(), [](duration value) { return std::int64_t{value.count()}; });
    case metric_unit::millionths:
      return ratio();
    case metric_unit::count:
    case metric_unit::state:
      return integer(0);
  }
  return integer(0);
}

}  // namespace epicenter::scenario
