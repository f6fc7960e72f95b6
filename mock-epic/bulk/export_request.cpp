#include "mock-epic/bulk/export_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mock-epic/data/civil.hpp"

namespace epicenter::mock::bulk {
namespace {

using fhir::answer;

/// Reads one parameter after the other into the request; stops at the first that is refused.
class reader {
 public:
  reader(std::shared_ptr<const fhir::search_world> world, bool takes_patients, bool lenient)
      : world_(std::move(world)), takes_patients_(takes_patients), lenient_(lenient) {}

  std::optional<answer> read(const std::string& name, const std::string& value) {
    if (name == "_outputFormat") return read_format(value);
    if (name == "_type") return read_types(value);
    if (name == "_since") return read_instant(name, value, made_.since);
    if (name == "_until") return read_instant(name, value, made_.until);
    if (name == "_typeFilter") return read_filters(value);
    if (name == "_elements") return read_elements(value);
    if (name == "patient" && takes_patients_) return read_patient(value);
    if (name == "patient") return unsupported("patient is taken by POST, of a group or of all patients.");
    if (name == "includeAssociatedData")
      return unsupported("includeAssociatedData is not supported: ask for the types by _type.");
    return unsupported(fmt::format("Unsupported parameter: {}", name.substr(0, 64)));
  }

  std::optional<answer> finish() {
    if (made_.types && made_.types->none()) {
      // Every type asked for was let pass as unsupported: that leaves nothing, not everything.
      return refuse("59136", "not-supported", "No supported resource type is left in _type.");
    }
    std::vector<type_filter> kept;
    for (type_filter& one : made_.filters) {
      if (!made_.types || made_.types->test(static_cast<std::size_t>(one.type()))) {
        kept.push_back(std::move(one));
        continue;
      }
      if (auto refused = unsupported(
              fmt::format("_typeFilter names {}, which _type does not.", fhir::name_of(one.type()))))
        return refused;
    }
    made_.filters = std::move(kept);
    return std::nullopt;
  }

  export_request take() { return std::move(made_); }

 private:
  static answer refuse(std::string_view epic_code, std::string_view issue_code, std::string diagnostics) {
    return fhir::refuse_operation(400, issue_code, epic_code, std::move(diagnostics), "export_parameter");
  }

  /// Under lenient handling a note, otherwise a refusal.
  std::optional<answer> unsupported(std::string diagnostics, std::string_view epic_code = "59100") {
    if (!lenient_) return refuse(epic_code, "not-supported", std::move(diagnostics));
    if (made_.ignored.size() < 100)
      made_.ignored.push_back(fhir::write_outcome(
          fhir::issue{"warning", "not-supported", epic_code, diagnostics + " It has been ignored.", ""}));
    return std::nullopt;
  }

  std::optional<answer> read_format(const std::string& value) {
    static constexpr auto known =
        std::to_array<std::string_view>({"application/fhir+ndjson", "application/ndjson", "ndjson"});
    // An unescaped '+' of a query is a space.
    const bool good =
        std::find(known.begin(), known.end(), value) != known.end() || value == "application/fhir ndjson";
    if (good) return std::nullopt;
    return unsupported("_outputFormat is application/fhir+ndjson.");
  }

  std::optional<answer> read_types(const std::string& value) {
    if (!made_.types) made_.types.emplace();
    const auto names = fhir::split_list(value);
    if (names.empty()) return refuse("59100", "value", "_type names no resource type.");
    for (const std::string_view name : names) {
      const fhir::type_rules* rules = fhir::find_type(name);
      if (rules && (world_->orders || rules->epic.any())) {
        made_.types->set(static_cast<std::size_t>(rules->id));
      } else if (auto refused =
                     unsupported(fmt::format("Unsupported resource type: {}", name.substr(0, 64)), "59136")) {
        return refused;
      }
    }
    return std::nullopt;
  }

  /// An instant: a date with time and zone (hl7.org/fhir/R4/datatypes.html #instant).
  std::optional<answer> read_instant(const std::string& name, const std::string& value,
                                     std::optional<wall_time>& into) {
    const std::size_t t = value.find('T');
    const bool zoned = t != std::string::npos && value.find_first_of("Z+-", t) != std::string::npos;
    const auto range = zoned ? data::parse_date(value) : std::nullopt;
    if (!range || into) return refuse("59100", "value", name + " is one instant: 2026-01-05T09:30:00Z");
    into = wall_time(std::chrono::seconds(range->begin)) + fraction_of(value, t);
    return std::nullopt;
  }

  static duration fraction_of(std::string_view value, std::size_t from) {
    const std::size_t dot = value.find('.', from);
    if (dot == std::string_view::npos) return {};
    duration sum{};
    std::int64_t unit = 100'000'000;
    for (std::size_t i = dot + 1; i < value.size() && value[i] >= '0' && value[i] <= '9'; ++i, unit /= 10)
      sum += std::chrono::nanoseconds((value[i] - '0') * unit);
    return sum;
  }

  std::optional<answer> read_filters(const std::string& value) {
    for (const std::string_view text : split_filters(value)) {
      if (made_.filters.size() == max_filters)
        return refuse("59100", "too-costly", fmt::format("At most {} queries in _typeFilter.", max_filters));
      auto filter = type_filter::read(text, world_);
      if (filter) {
        made_.filters.push_back(std::move(*filter));
      } else if (auto refused = unsupported("_typeFilter holds no search of its type: " +
                                            std::string(text.substr(0, text.find('?'))).substr(0, 64))) {
        return refused;
      }
    }
    return std::nullopt;
  }

  std::optional<answer> read_elements(const std::string& value) {
    for (const std::string_view one : fhir::split_list(value))
      if (!made_.elements.add(one))
        if (auto refused = unsupported("_elements takes top-level elements, as Patient.name or name."))
          return refused;
    return std::nullopt;
  }

  std::optional<answer> read_patient(const std::string& value) {
    for (const std::string_view one : fhir::split_list(value)) {
      if (made_.patients.size() == max_patients)
        return refuse("59100", "too-costly", fmt::format("At most {} patients.", max_patients));
      made_.patients.emplace_back(fhir::id_of_reference(one));
    }
    if (made_.patients.empty()) return refuse("59100", "value", "patient names no patient.");
    return std::nullopt;
  }

  std::shared_ptr<const fhir::search_world> world_;
  bool takes_patients_;
  bool lenient_;
  export_request made_;
};

}  // namespace

bool export_request::selects(const fhir::resource& r) const {
  if (since && r.updated() <= *since) return false;
  if (until && r.updated() >= *until) return false;
  bool filtered = false;
  for (const type_filter& one : filters) {
    if (one.type() != r.type()) continue;
    if (one.matches(r)) return true;
    filtered = true;
  }
  return !filtered;
}

fhir::or_refusal<export_request> read_export_request(const fhir::call& c, fhir::store& records, bool orders,
                                                     bool takes_patients) {
  auto input = fhir::read_input(c);
  if (!input) return tl::unexpected(std::move(input.error()));
  const bool patients = takes_patients && c.request.method == "POST";
  reader read(filter_world(records, c, orders), patients, fhir::prefers(c.request, "handling=lenient"));
  for (const auto& [name, value] : input->texts)
    if (auto refused = read.read(name, value)) return tl::unexpected(std::move(*refused));
  if (auto refused = read.finish()) return tl::unexpected(std::move(*refused));
  return read.take();
}

}  // namespace epicenter::mock::bulk
