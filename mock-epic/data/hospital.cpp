#include "mock-epic/data/hospital.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <epicenter/runtime/random.hpp>

#include "mock-epic/data/chart_writer.hpp"

namespace epicenter::mock::data {
namespace {

std::optional<std::uint64_t> number_after(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

hospital::hospital(hospital_options options)
    : options_(options), ids_(runtime::derive_seed(options.seed, "hospital.ids")) {}

patient_key hospital::key(std::size_t number) const {
  const auto chart = static_cast<std::uint32_t>(number);
  return {ids_.encode({chart, patient_ordinal}), ids_.encode({chart, encounter_ordinal})};
}

std::vector<generated> hospital::chart(std::size_t number) const {
  runtime::random_stream random(
      runtime::derive_seed(options_.seed, fmt::format("hospital.chart.{}", number)));
  return chart_writer(key(number), ids_, number, options_.today, random).write();
}

std::vector<generated> hospital::shared() const {
  return {};
}

std::optional<std::size_t> hospital::patient_index(std::string_view id) const {
  const auto content = ids_.decode(id);
  if (!content || content->ordinal != patient_ordinal || content->chart >= size()) return std::nullopt;
  return content->chart;
}

std::optional<std::size_t> hospital::owner_of(std::string_view id) const {
  const auto content = ids_.decode(id);
  if (!content || content->chart >= size()) return std::nullopt;
  return content->chart;
}

std::vector<std::size_t> hospital::holders_of(std::string_view identifier) const {
  std::vector<std::size_t> holders;
  const auto add = [&](std::uint64_t number) {
    if (number < size()) holders.push_back(static_cast<std::size_t>(number));
  };
  if (const auto mrn = number_after("E", identifier); mrn && *mrn >= first_mrn) add(*mrn - first_mrn);
  const auto digits = number_after("", identifier);
  if (digits && *digits >= first_csn) add(*digits - first_csn);
  if (digits && *digits >= first_order) add((*digits - first_order) / orders_a_chart);
  return holders;
}

}  // namespace epicenter::mock::data
