#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <epicenter/commands/phrase.hpp>
#include <epicenter/epic/fhir_time.hpp>
#include <epicenter/fhir/reference.hpp>

namespace epicenter::commands {
namespace {

constexpr std::size_t most_said = 20;
constexpr std::size_t longest_label = 200;

std::optional<wall_time> moment_of(const json::value& resource) {
  if (fhir::type_of(resource) == "Observation") return epic::time_of(resource);
  for (const auto path : {"date", "occurrenceDateTime", "period.start", "authoredOn", "recordedDate"}) {
    const auto text = resource.string_at(path);
    if (!text.empty()) return epic::parse_fhir_time(text);
  }
  return std::nullopt;
}

bool in_error(const json::value& resource) {
  return resource.string_at("status") == "entered-in-error" ||
         resource.string_at("verificationStatus.coding.0.code") == "entered-in-error";
}

bool is_active(const json::value& resource) {
  return resource.string_at("status") == "active" ||
         resource.string_at("clinicalStatus.coding.0.code") == "active";
}

bool is_of(const json::value& resource, const entry& only) {
  const auto coded = [&](const coding& c) {
    return !c.empty() && fhir::has_coding(resource, "code", c.system, c.code);
  };
  return coded(only.code) || coded(only.also);
}

// The display of a CodeableConcept.
std::string_view concept_at(const json::value& resource, const std::string& path) {
  for (const char* part : {".text", ".coding.0.display", ".coding.0.code"}) {
    const auto text = resource.string_at(path + part);
    if (!text.empty()) return text;
  }
  return {};
}

std::string_view label_of(const json::value& resource) {
  for (const char* path : {"code", "medicationCodeableConcept", "vaccineCode", "type", "type.0"}) {
    const auto text = concept_at(resource, path);
    if (!text.empty()) return text;
  }
  for (const char* path : {"medicationReference.display", "class.display", "class.code"}) {
    const auto text = resource.string_at(path);
    if (!text.empty()) return text;
  }
  return "an entry without a name";
}

std::string quantity_at(const json::value& resource, std::string_view path) {
  const auto* found = resource.at_path(path);
  const auto number =
      found == nullptr || found->find("value") == nullptr ? nullptr : found->find("value")->if_number();
  if (number == nullptr) return {};
  const auto unit = found->string_at("unit");
  return unit.empty() ? std::string(number->text) : fmt::format("{} {}", number->text, unit);
}

std::string value_of(const json::value& resource) {
  std::string text = quantity_at(resource, "valueQuantity");
  if (text.empty()) text = resource.string_at("valueString");
  if (text.empty()) text = concept_at(resource, "valueCodeableConcept");
  const auto* parts = resource.find("component");
  if (!text.empty() || parts == nullptr || parts->if_array() == nullptr) return text;
  for (const auto& part : *parts->if_array()) {
    const std::string value = quantity_at(part, "valueQuantity");
    if (!value.empty()) text.append(text.empty() ? "" : " over ").append(value);
  }
  return text;
}

std::string said_of(const json::value& resource) {
  std::string text(label_of(resource).substr(0, longest_label));
  const std::string value = value_of(resource).substr(0, longest_label);
  if (!value.empty()) text.append(" ").append(value);
  const auto when = moment_of(resource);
  if (when) text.append(" on ").append(epic::format_fhir_time(*when).substr(0, 10));
  if (resource.string_at("docStatus") == "preliminary") text += ", not signed";
  return text;
}

std::string title_of(const read_intent& what) {
  constexpr std::array<std::string_view, 8> titles{"Labs",        "Vitals", "Allergies",     "Problems",
                                                   "Medications", "Notes",  "Immunizations", "Encounters"};
  if (what.only != nullptr) return std::string(name_of(*what.only));
  const auto title = titles.at(static_cast<std::size_t>(what.target));
  return what.active_only ? fmt::format("{}, active ones", title) : std::string(title);
}

std::string age_in_words(duration age) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(age).count();
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return fmt::format("{} minutes", minutes);
  return fmt::format("{} hours", minutes / 60);
}

}  // namespace

selection select(const read_intent& what, const read_answer& answer, wall_time now) {
  struct dated {
    const json::value* resource;
    std::optional<wall_time> when;
  };
  selection chosen;
  chosen.partial = answer.partial;
  std::vector<dated> fitting;
  for (const auto& resource : answer.resources) {
    if (in_error(resource)) continue;
    if (what.active_only && !is_active(resource)) continue;
    if (what.only != nullptr && !is_of(resource, *what.only)) continue;
    const auto when = moment_of(resource);
    if (what.days && !when) chosen.partial = true;
    if (what.days && (!when || now - *when > std::chrono::hours(24) * *what.days)) continue;
    fitting.push_back({&resource, when});
  }
  std::stable_sort(fitting.begin(), fitting.end(),
                   [](const dated& a, const dated& b) { return a.when > b.when; });
  for (const auto& one : fitting) {
    if (what.newest && chosen.resources.size() == *what.newest) break;
    chosen.resources.push_back(one.resource);
  }
  return chosen;
}

std::string phrase(const read_intent& what, const read_answer& answer, wall_time now) {
  const auto chosen = select(what, answer, now);
  std::string text = title_of(what);
  if (chosen.partial) text += ", partial: more may be on the chart";
  text += ". ";
  if (answer.from.source == epic::source::stale)
    text += fmt::format("EHR temporarily unavailable, from a copy that is {} old. ",
                        age_in_words(answer.from.age));
  if (!answer.merged_into.empty()) text += "The chart was merged into another patient's record. ";
  if (chosen.resources.empty()) return text + "Nothing was found. That does not mean that there is nothing.";
  const std::size_t count = chosen.resources.size();
  text += fmt::format("{} {}: ", count, count == 1 ? "entry" : "entries");
  for (std::size_t i = 0; i < std::min(count, most_said); ++i) {
    if (i > 0) text += "; ";
    text += said_of(*chosen.resources[i]);
  }
  text += count > most_said ? fmt::format("; and {} more.", count - most_said) : ".";
  return text;
}

std::string phrase_failure(const read_intent& what, const error& why) {
  for (const auto code : {epic::errc::unavailable, epic::errc::deadline, epic::errc::overloaded,
                          epic::errc::circuit_open, epic::errc::stopped}) {
    if (why.code() == make_error_code(code))
      return title_of(what) + ": EHR temporarily unavailable. Nothing was read.";
  }
  if (what.target == read_target::vitals && why.code() == make_error_code(epic::errc::not_supported)) {
    return title_of(what) +
           " cannot be read by voice; record files them, and the EHR shows them in its flowsheets. What can "
           "be "
           "shown: labs, allergies, problems, medications, notes, immunizations, encounters.";
  }
  return title_of(what) + " could not be read: " + why.code().message() + ".";
}

}  // namespace epicenter::commands
