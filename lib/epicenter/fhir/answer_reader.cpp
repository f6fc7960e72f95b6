#include <algorithm>
#include <epicenter/base/check.hpp>
#include <epicenter/fhir/answer_reader.hpp>

namespace epicenter::fhir {
namespace {
constexpr std::size_t start_bytes = 256;  // tell markup from JSON
}

answer_reader::answer_reader(unsigned status, std::string content_type, json::element_limits limits)
    : status_(status), content_type_(std::move(content_type)), reader_("entry", limits) {}

std::size_t answer_reader::feed(std::string_view bytes) {
  EPICENTER_CHECK(!entry_, "take_entry() comes before more bytes");
  keep_start(bytes);
  std::size_t used = 0;
  while (used != bytes.size() && !entry_) {
    if (failed_) {
      used = bytes.size();
      break;
    }
    auto taken = reader_.feed(bytes.substr(used));
    if (!taken) {
      failed_ = std::move(taken.error());
      continue;
    }
    used += *taken;
    if (!reader_.has_element()) continue;
    auto found = read_entry(reader_.take_element());
    if (!found) continue;
    if (found->role == entry_role::outcome)
      outcome_.add(parse_operation_outcome(found->resource));
    else
      entry_ = std::move(found);
  }
  bytes_ += used;
  return used;
}

void answer_reader::keep_start(std::string_view bytes) {
  if (start_.empty()) bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  if (start_.size() < start_bytes) start_.append(bytes.substr(0, start_bytes - start_.size()));
}

bundle_entry answer_reader::take_entry() {
  EPICENTER_CHECK(entry_.has_value(), "there is an entry");
  bundle_entry taken = std::move(*entry_);
  entry_.reset();
  return taken;
}

std::variant<bundle, resource, failure> answer_reader::finish() {
  EPICENTER_CHECK(!entry_, "take_entry() comes before finish()");
  if (form_of_start(start_, content_type_) == body_form::empty)
    return make_failure(status_, body_form::empty);
  auto rest = failed_ ? result<json::value>(fail(*failed_)) : reader_.finish();
  if (!rest) return make_failure(status_, form_of_unparsed(start_, content_type_, rest.error()));
  auto meant = interpret_document(status_, std::move(*rest));
  if (auto* const page = std::get_if<bundle>(&meant)) {
    page->take_outcome(std::move(outcome_));
    return std::move(*page);
  }
  if (auto* const one = std::get_if<resource>(&meant)) return std::move(*one);
  return std::get<failure>(std::move(meant));
}

}  // namespace epicenter::fhir
