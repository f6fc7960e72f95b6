#include "mock-epic/fhir/pager.hpp"

#include <algorithm>
#include <charconv>

#include "mock-epic/data/opaque_id.hpp"

namespace epicenter::mock::fhir {
namespace {

std::size_t own_bytes(const search_session& a) {
  return sizeof(search_session) + a.all.size() * sizeof(resource_ptr);
}

std::size_t shared_bytes(const resource& a) {
  return sizeof(resource) + a.text().size();
}

}  // namespace

void pager::weigh(const search_session& a) {
  bytes_ += own_bytes(a);
  for (const resource_ptr& one : a.all)
    if (++holders_[one.get()] == 1) bytes_ += shared_bytes(*one);
}

void pager::unweigh(const search_session& a) {
  bytes_ -= own_bytes(a);
  for (const resource_ptr& one : a.all) {
    const auto held = holders_.find(one.get());
    if (--held->second > 0) continue;
    bytes_ -= shared_bytes(*one);
    holders_.erase(held);
  }
}

void pager::forget(instant now) {
  while (!by_age_.empty()) {
    const auto oldest = sessions_.find(by_age_.front());
    const bool within =
        sessions_.size() <= max_sessions && (bytes_ <= max_session_bytes || sessions_.size() == 1);
    if (oldest->second.expires_at > now && within) return;
    unweigh(oldest->second.session);
    sessions_.erase(oldest);
    by_age_.pop_front();
  }
}

std::string pager::keep(search_session session, instant now) {
  std::string id = data::make_text(random_, "0123456789ABCDEF", 32);
  weigh(session);
  sessions_.emplace(id, kept{std::move(session), now + session_lifetime});
  by_age_.push_back(id);
  forget(now);
  return "2-" + id;
}

std::optional<pager::page> pager::fetch(std::string_view session_id, std::string_view path, instant now) {
  forget(now);
  const std::size_t dash = session_id.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view text = session_id.substr(0, dash);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number == 0) return std::nullopt;
  const auto at = sessions_.find(session_id.substr(dash + 1));
  if (at == sessions_.end() || at->second.session.path != path) return std::nullopt;
  const search_session& session = at->second.session;
  const std::size_t size = session.query.page_size;
  if (number - 1 > session.all.size() / size) return std::nullopt;
  const std::size_t first = (number - 1) * size;
  if (first >= session.all.size()) return std::nullopt;
  const std::size_t last = std::min(first + size, session.all.size());
  page made;
  made.session = &session;
  made.resources.assign(session.all.begin() + static_cast<std::ptrdiff_t>(first),
                        session.all.begin() + static_cast<std::ptrdiff_t>(last));
  const auto page_id = [&](std::size_t n) { return std::to_string(n) + "-" + at->first; };
  made.first = page_id(1);
  if (number > 1) made.previous = page_id(number - 1);
  made.last = last == session.all.size();
  if (!made.last) made.next = page_id(number + 1);
  return made;
}

}  // namespace epicenter::mock::fhir
