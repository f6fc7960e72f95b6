#include "mock-epic/data/hospital.hpp"

#include <fmt/format.h>

#include "mock-epic/data/chart_writer.hpp"
#include "mock-epic/data/opaque_id.hpp"

namespace epicenter::mock::data {

hospital::hospital(hospital_options options) : options_(options) {
  keys_.reserve(options_.patients);
  runtime::random_stream ids(runtime::derive_seed(options_.seed, "hospital.ids"));
  for (std::uint32_t i = 0; i < options_.patients; ++i) {
    patient_key key;
    key.patient = make_id(ids);
    key.encounter = make_id(ids);
    keys_.push_back(std::move(key));
  }
}

std::vector<generated> hospital::chart(std::size_t index) const {
  runtime::random_stream random(runtime::derive_seed(options_.seed, fmt::format("hospital.chart.{}", index)));
  return chart_writer(keys_[index], index, options_.today, random).write();
}

}  // namespace epicenter::mock::data
