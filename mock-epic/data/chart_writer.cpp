#include "mock-epic/data/chart_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace epicenter::mock::data {

bool captured_chart::leaves_out(fhir::type_id type) const {
  return std::any_of(resources.begin(), resources.end(),
                     [type](const generated& one) { return one.type == type; });
}

chart_writer::chart_writer(const chart_source& source, person who, runtime::random_stream random)
    : source_(source),
      shared_(*source.shared),
      who_(std::move(who)),
      random_(random),
      today_(source.today),
      born_(who_.born),
      age_(who_.age_on(std::chrono::floor<std::chrono::days>(source.today))) {
  subject_ = fmt::format(R"({{"reference":"Patient/{}","display":"{}"}})", who_.id, who_.display());
  chart_.reserve(128);
}

std::vector<generated> chart_writer::write() {
  plan_visits();
  rest();
  return std::move(chart_);
}

void chart_writer::rest() {
  plan_problems();
  plan_values();
  write_patient();
  write_visits();
  write_problems();
  write_allergies();
  write_medications();
  write_results();
  for (std::size_t i = 0; i < visits_.size() && i < 3; ++i) write_vitals(visits_[i], static_cast<int>(i));
  write_smoking(visits_.front());
  write_immunizations();
  write_procedures();
  write_notes();
  write_care();
  write_family();
  write_related_person();
  write_coverage();
  write_appointments();
  write_papers();
}

std::string chart_writer::start(fhir::type_id type) {
  return start(type, source_.people->ids->encode({who_.index, next_ordinal_++}));
}

std::string chart_writer::start(fhir::type_id type, std::string id) {
  type_ = type;
  id_ = std::move(id);
  page_.clear();
  page_.add(R"({"resourceType":")", fhir::name_of(type), R"(","id":")", id_, '"');
  return id_;
}

void chart_writer::finish() {
  page_.add('}');
  if (captured_.leaves_out(type_)) return;
  chart_.push_back(generated{type_, std::move(id_), who_.id, page_.text()});
}

void chart_writer::add_concept(std::string_view system, std::string_view code, std::string_view display,
                               std::string_view text) {
  page_.add(R"({"coding":[{"system":")", system, R"(","code":")", code, R"(","display":")", display,
            R"("}],"text":")", text, R"("})");
}

std::string chart_writer::number(std::uint64_t first) {
  return fmt::format("{}", first + who_.index * numbers_a_chart + next_number_++ % numbers_a_chart);
}

std::vector<std::size_t> chart_writer::pick(std::size_t count, std::size_t all) {
  std::vector<std::size_t> positions(all);
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  for (std::size_t i = 0; i < count && i < all; ++i)
    std::swap(positions[i], positions[i + random_.below(all - i)]);
  positions.resize(std::min(count, all));
  return positions;
}

bool chart_writer::has(effect wanted) const {
  return std::any_of(problems_.begin(), problems_.end(),
                     [wanted](const known_problem& one) { return one.what->does == wanted; });
}

wall_time chart_writer::since_birth(wall_time at) const {
  return std::max(at, born_);
}

}  // namespace epicenter::mock::data
