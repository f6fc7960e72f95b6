#include "harness/faults/selector.hpp"

#include "harness/faults/glob.hpp"

namespace epicenter::faults {

selector::selector(selection s) : selection_(std::move(s)) {
  if (!selection_.header) return;
  const auto colon = selection_.header->find(':');
  header_name_ = selection_.header->substr(0, colon);
  if (colon == std::string::npos) return;
  const auto value = selection_.header->find_first_not_of(' ', colon + 1);
  header_value_ = value == std::string::npos ? std::string() : selection_.header->substr(value);
}

bool selector::has_properties() const {
  return selection_.operation || selection_.method || selection_.path || selection_.header ||
         selection_.client;
}

bool selector::takes_everything() const {
  return !has_properties() && !selection_.first && !selection_.nth && !selection_.every &&
         !selection_.after && selection_.rate.ppm == 1'000'000;
}

bool selector::matches(const call& c) const {
  if (selection_.operation && *selection_.operation != c.operation) return false;
  if (selection_.method && *selection_.method != c.head.method) return false;
  if (selection_.path && !glob_matches(*selection_.path, c.head.path(), '/')) return false;
  if (selection_.header) {
    const auto* value = c.head.fields.find(header_name_);
    if (value == nullptr || (header_value_ && !glob_matches(*header_value_, *value, '\0'))) return false;
  }
  if (selection_.client && *selection_.client != c.peer) {
    const auto* id = c.head.fields.find("Epic-Client-ID");
    if (id == nullptr || *id != *selection_.client) return false;
  }
  return true;
}

selector::choice selector::counted(runtime::random_stream& random) {
  const auto n = ++matched_;
  if (selection_.first && n > *selection_.first) return choice::spared;
  if (selection_.nth && n != *selection_.nth) return choice::spared;
  if (selection_.every && n % *selection_.every != 0) return choice::spared;
  if (selection_.after && n <= *selection_.after) return choice::spared;
  if (selection_.rate.ppm < 1'000'000 && !random.chance_ppm(selection_.rate.ppm)) return choice::spared;
  return choice::hit;
}

selector::choice selector::select(const call& c, runtime::random_stream& random) {
  return matches(c) ? counted(random) : choice::no_match;
}

selector::choice selector::select_chunk(runtime::random_stream& random) {
  return has_properties() ? choice::no_match : counted(random);
}

result<> check_selection(const selection& s) {
  for (const auto& count : {s.first, s.nth, s.every}) {
    if (count && *count == 0) return fail(errc::bad_selection, "first, nth and every count from 1");
  }
  if (s.rate.ppm < 0 || s.rate.ppm > 1'000'000) return fail(errc::bad_selection, "a rate is from 0 to 1");
  for (const auto& text : {s.operation, s.method, s.path, s.header, s.client}) {
    if (text && (text->empty() || text->size() > 1024)) {
      return fail(errc::bad_selection, "what is matched has 1 to 1024 characters");
    }
  }
  return {};
}

}  // namespace epicenter::faults
