#include "mock-epic/fhir/pager.hpp"

#include <algorithm>
#include <charconv>

#include "mock-epic/data/opaque_id.hpp"

namespace epicenter::mock::fhir {

void pager::forget(instant now) {
  while (!by_age_.empty()) {
    const auto oldest = sessions_.find(by_age_.front());
    if (oldest->second.expires_at > now && sessions_.size() <= max_sessions) return;
    sessions_.erase(oldest);
    by_age_.pop_front();
  }
}

std::string pager::keep(type_id type, hits all, std::size_t page_size, instant now) {
  std::string id = data::make_text(random_, "0123456789ABCDEF", 32);
  sessions_.emplace(id, session{type, std::move(all), page_size, now + session_lifetime});
  by_age_.push_back(id);
  forget(now);
  return "2-" + id;
}

std::optional<pager::page> pager::fetch(std::string_view session_id, instant now) {
  forget(now);
  const std::size_t dash = session_id.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view text = session_id.substr(0, dash);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  const auto at = sessions_.find(session_id.substr(dash + 1));
  if (at == sessions_.end() || number < 2) return std::nullopt;
  const session& kept = at->second;
  if (number - 1 > kept.all.size() / kept.page_size) return std::nullopt;
  const std::size_t first = (number - 1) * kept.page_size;
  if (first >= kept.all.size()) return std::nullopt;
  const std::size_t last = std::min(first + kept.page_size, kept.all.size());
  page made{kept.type, {}, {}};
  made.resources.assign(kept.all.begin() + static_cast<std::ptrdiff_t>(first),
                        kept.all.begin() + static_cast<std::ptrdiff_t>(last));
  if (last < kept.all.size()) made.next = std::to_string(number + 1) + "-" + at->first;
  return made;
}

}  // namespace epicenter::mock::fhir
