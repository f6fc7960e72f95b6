#include "mock-epic/data/hospital.hpp"

#include <algorithm>
#include <charconv>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/data/chart_writer.hpp"

namespace epicenter::mock::data {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The digits at the end of a login.
std::string_view digits_at_end(std::string_view text) {
  std::size_t from = text.size();
  while (from > 0 && text[from - 1] >= '0' && text[from - 1] <= '9') --from;
  return text.substr(from);
}

}  // namespace

struct hospital::parts {
  explicit parts(const hospital_options& options)
      : ids(runtime::derive_seed(options.seed, "hospital.ids")),
        people{runtime::derive_seed(options.seed, "hospital.people"),
               std::chrono::floor<std::chrono::days>(options.today), &ids, options.patients},
        charts(runtime::derive_seed(options.seed, "hospital.charts")),
        shared(people, options.patients) {}
  parts(const parts&) = delete;

  id_codec ids;
  person_source people;
  std::uint64_t charts;  ///< seed of the charts' own streams
  directory shared;
};

hospital::hospital(hospital_options options)
    : options_(options), parts_(std::make_shared<const parts>(options)) {}

patient_key hospital::key(std::size_t number) const {
  const auto chart = static_cast<std::uint32_t>(number);
  return {parts_->ids.encode({chart, patient_ordinal}), parts_->ids.encode({chart, encounter_ordinal})};
}

std::vector<generated> hospital::chart(std::size_t number) const {
  chart_source source;
  source.people = &parts_->people;
  source.shared = &parts_->shared;
  source.today = options_.today;
  const auto index = static_cast<std::uint32_t>(number);
  const runtime::random_stream random(parts_->charts + index * 0x9e3779b97f4a7c15ULL);
  return chart_writer(source, draw_person(parts_->people, index), random).write();
}

std::vector<generated> hospital::shared() const {
  return parts_->shared.write();
}

std::optional<std::size_t> hospital::patient_index(std::string_view id) const {
  const auto content = parts_->ids.decode(id);
  if (!content || content->ordinal != patient_ordinal || content->chart >= size()) return std::nullopt;
  return content->chart;
}

std::optional<std::size_t> hospital::owner_of(fhir::type_id, std::string_view id) const {
  const auto content = parts_->ids.decode(id);
  if (!content || content->chart >= size()) return std::nullopt;
  return content->chart;
}

std::vector<std::size_t> hospital::holders_of(std::string_view identifier) const {
  std::vector<std::size_t> holders;
  const auto add = [&](std::uint64_t number) {
    if (number < size() && std::find(holders.begin(), holders.end(), number) == holders.end())
      holders.push_back(static_cast<std::size_t>(number));
  };
  const auto add_from = [&](std::optional<std::uint64_t> number, std::uint64_t first, std::uint64_t each) {
    if (number && *number >= first) add((*number - first) / each);
  };
  while (identifier.starts_with(' ')) identifier.remove_prefix(1);  // Epic pads its internal numbers
  if (const auto index = patient_index(identifier)) add(*index);
  if (identifier.starts_with('E')) add_from(number_in(identifier.substr(1)), first_mrn, 1);
  if (identifier.starts_with('Z')) add_from(number_in(identifier.substr(1)), first_external, 1);
  if (identifier.starts_with("FHR") && identifier.size() == 15) {
    const std::uint32_t index = index_of_ceid(parts_->people.seed, identifier);
    if (ceid_of(parts_->people.seed, index) == identifier) add(index);
  }
  if (identifier.starts_with('T') && identifier.ends_with('B')) {
    std::string id(identifier);
    id.front() = 'e';
    id.back() = '3';
    if (const auto index = patient_index(id)) add(*index);
  }
  add_from(number_in(digits_at_end(identifier)), first_login, 1);
  const std::size_t underscore = identifier.rfind('_');  // notes: system and number
  const auto number =
      number_in(underscore == std::string_view::npos ? identifier : identifier.substr(underscore + 1));
  add_from(number, first_epi, 1);
  add_from(number, first_wpr, 1);
  for (const std::uint64_t first :
       {first_csn, first_order, first_note, first_dose, first_specimen, first_policy})
    add_from(number, first, numbers_a_chart);
  return holders;
}

demographics hospital::who(std::size_t number) const {
  return draw_demographics(parts_->people, static_cast<std::uint32_t>(number));
}

std::vector<std::size_t> hospital::find_people(const std::function<bool(const demographics&)>& takes) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < size(); ++i)
    if (takes(who(i))) found.push_back(i);
  return found;
}

std::optional<std::vector<std::size_t>> hospital::members_of(std::string_view group) const {
  if (!parts_->shared.is_group(group)) return std::nullopt;
  return parts_->shared.members(group);
}

}  // namespace epicenter::mock::data
