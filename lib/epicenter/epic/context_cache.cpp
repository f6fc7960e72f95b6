#include <algorithm>
#include <epicenter/epic/context_cache.hpp>

namespace epicenter::epic {
namespace {

// An entry without text still takes room.
constexpr std::size_t bytes_of_an_entry = 512;
// Ids of patients that never were can be made up: forgetting one costs no safety but one more question.
constexpr std::size_t max_tombstones = 10'000;
constexpr freshness never_kept{duration{}, duration{}};

std::string key_of(read_part part, const std::string& patient) {
  std::string key(1, static_cast<char>('0' + static_cast<int>(part)));
  key += patient;
  return key;
}

}  // namespace

const freshness& context_cache::bounds_of(read_part part) const {
  if (part == read_part::demographics) return options_.demographics;
  return part <= read_part::immunizations ? options_.clinical : never_kept;
}

bool context_cache::keeps(read_part part) const {
  const freshness& bounds = bounds_of(part);
  return bounds.stale > duration{} || bounds.fresh > duration{};
}

const fetched* context_cache::younger_than(duration bound, read_part part, const std::string& patient,
                                           instant now) {
  const auto found = index_.find(key_of(part, patient));
  if (found == index_.end()) return nullptr;
  const place at = found->second;
  if (now - at->what.at >= bound) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, at);
  return &at->what;
}

const fetched* context_cache::fresh(read_part part, const std::string& patient, instant now) {
  return younger_than(bounds_of(part).fresh, part, patient, now);
}

const fetched* context_cache::stale(read_part part, const std::string& patient, instant now) {
  return younger_than(bounds_of(part).stale, part, patient, now);
}

void context_cache::put(read_part part, const std::string& patient, fetched what) {
  drop(part, patient);
  if (part == read_part::demographics) tombstones_.erase(patient);
  what.bytes += bytes_of_an_entry;
  if (!keeps(part) || is_buried(patient) || what.bytes > options_.max_bytes) return;
  bytes_ += what.bytes;
  by_use_.push_front(entry{key_of(part, patient), std::move(what)});
  index_.emplace(by_use_.front().key, by_use_.begin());
  while (bytes_ > options_.max_bytes) erase(std::prev(by_use_.end()));
}

void context_cache::drop(read_part part, const std::string& patient) {
  if (const auto found = index_.find(key_of(part, patient)); found != index_.end()) erase(found->second);
}

context_cache::stock context_cache::stock_of(read_part part, instant now) const {
  const char of_part = key_of(part, {}).front();
  stock held;
  for (const auto& one : by_use_) {
    const duration age = now - one.what.at;
    if (one.key.front() != of_part || age >= bounds_of(part).stale) continue;
    held.youngest = held.patients == 0 ? age : std::min(held.youngest, age);
    held.oldest = std::max(held.oldest, age);
    ++held.patients;
  }
  return held;
}

void context_cache::drop_all(const std::string& patient) {
  for (std::size_t i = 0; i < read_part_count; ++i) drop(static_cast<read_part>(i), patient);
}

void context_cache::bury(const std::string& patient) {
  drop_all(patient);
  if (tombstones_.size() >= max_tombstones) tombstones_.erase(tombstones_.begin());
  tombstones_.insert(patient);
}

void context_cache::erase(place at) {
  bytes_ -= at->what.bytes;
  index_.erase(at->key);
  by_use_.erase(at);
}

}  // namespace epicenter::epic
