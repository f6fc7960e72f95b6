#include "harness/faults/selector.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "harness/faults/glob.hpp"

namespace epicenter::faults {

namespace {

struct named_value {
  std::string name;
  std::optional<std::string> value;
};

/// "Name" or "Name: value".
named_value split(const std::string& text) {
  named_value parts;
  const auto colon = text.find(':');
  parts.name = text.substr(0, colon);
  if (colon == std::string::npos) return parts;
  const auto value = text.find_first_not_of(' ', colon + 1);
  parts.value = value == std::string::npos ? std::string() : text.substr(value);
  return parts;
}

/// A step of a path into a list is its index.
const json::value* step_into(const json::value& from, std::string_view key) {
  if (const auto* list = from.if_array()) {
    std::size_t index = 0;
    const auto read = std::from_chars(key.data(), key.data() + key.size(), index);
    const bool whole = read.ec == std::errc() && read.ptr == key.data() + key.size();
    return whole && index < list->size() ? &(*list)[index] : nullptr;
  }
  return from.find(key);
}

const json::value* at_path(const json::value& root, std::string_view path) {
  const json::value* here = &root;
  while (here != nullptr && !path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    here = step_into(*here, path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return here;
}

double part_of(duration passed, duration whole) {
  if (whole <= duration::zero()) return 1;
  return std::clamp(static_cast<double>(passed.count()) / static_cast<double>(whole.count()), 0.0, 1.0);
}

}  // namespace

double ramp::strength(instant now) const {
  double strength = part_of(now - start, in);
  if (lasting && out > duration::zero()) strength = std::min(strength, part_of(start + *lasting - now, out));
  return strength;
}

selector::selector(selection s, ramp r, std::uint64_t seed)
    : selection_(std::move(s)), ramp_(r), seed_(seed) {
  if (selection_.header) {
    auto parts = split(*selection_.header);
    header_name_ = std::move(parts.name);
    header_value_ = std::move(parts.value);
  }
  if (!selection_.body) return;
  auto parts = split(*selection_.body);
  body_path_ = std::move(parts.name);
  body_value_ = std::move(parts.value);
}

bool selector::needs_requests() const {
  return selection_.operation || selection_.method || selection_.path || selection_.header || selection_.body;
}

bool selector::takes_everything() const {
  const bool ramps = ramp_.in > duration::zero() || (ramp_.lasting && ramp_.out > duration::zero());
  return !needs_requests() && !selection_.client && !selection_.first && !selection_.nth &&
         !selection_.every && !selection_.after && selection_.rate.ppm == 1'000'000 && !ramps;
}

bool selector::client_matches(const call& c) const {
  if (*selection_.client == c.peer) return true;
  const auto* id = c.head.fields.find("Epic-Client-ID");
  return id != nullptr && *id == *selection_.client;
}

bool selector::body_matches(const call& c) const {
  if (c.body == nullptr) return false;
  const auto parsed = json::parse(*c.body);
  const auto* found = parsed ? at_path(*parsed, body_path_) : nullptr;
  if (found == nullptr || !body_value_) return found != nullptr;
  const auto text = found->if_string();
  return glob_matches(*body_value_, text ? std::string(*text) : json::write(*found), '\0');
}

bool selector::matches(const call& c) const {
  if (selection_.operation && *selection_.operation != c.operation) return false;
  if (selection_.method && *selection_.method != c.head.method) return false;
  if (selection_.path && !glob_matches(*selection_.path, c.head.path(), '/')) return false;
  if (selection_.header) {
    const auto* value = c.head.fields.find(header_name_);
    if (value == nullptr || (header_value_ && !glob_matches(*header_value_, *value, '\0'))) return false;
  }
  if (selection_.client && !client_matches(c)) return false;
  return !selection_.body || body_matches(c);
}

selector::chosen selector::counted(instant now) {
  chosen c{choice::spared, matched_.fetch_add(1, std::memory_order_relaxed) + 1};
  const auto n = c.ordinal;
  if (selection_.first && n > *selection_.first) return c;
  if (selection_.nth && n != *selection_.nth) return c;
  if (selection_.every && n % *selection_.every != 0) return c;
  if (selection_.after && n <= *selection_.after) return c;
  const auto ppm = std::llround(static_cast<double>(selection_.rate.ppm) * ramp_.strength(now));
  if (ppm < 1'000'000 && !runtime::random_stream(runtime::derive_seed(seed_, n)).chance_ppm(ppm)) return c;
  c.what = choice::hit;
  return c;
}

selector::chosen selector::select(const call& c) {
  if (!matches(c)) return {};
  return counted(c.now);
}

selector::chosen selector::select_chunk(instant now) {
  if (needs_requests() || selection_.client) return {};
  return counted(now);
}

selector::chosen selector::select_connection(std::string_view peer, instant now) {
  if (needs_requests() || (selection_.client && *selection_.client != peer)) return {};
  return counted(now);
}

result<> check_selection(const selection& s) {
  for (const auto& count : {s.first, s.nth, s.every}) {
    if (count && *count == 0) return fail(errc::bad_selection, "first, nth and every count from 1");
  }
  if (s.rate.ppm < 0 || s.rate.ppm > 1'000'000) return fail(errc::bad_selection, "a rate is from 0 to 1");
  for (const auto& text : {s.operation, s.method, s.path, s.header, s.client, s.body}) {
    if (text && (text->empty() || text->size() > 1024)) {
      return fail(errc::bad_selection, "what is matched has 1 to 1024 characters");
    }
  }
  return {};
}

}  // namespace epicenter::faults
