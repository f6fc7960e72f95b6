#include "mock-epic/journal/journal.hpp"

#include <epicenter/base/check.hpp>
#include <utility>

namespace epicenter::mock {

std::uint64_t journal::received(journal_entry entry) {
  EPICENTER_CHECK(max_entries_ > 0, "a journal keeps at least one entry");
  if (entries_.size() == max_entries_) {
    entries_.pop_front();
    ++evicted_;
  }
  entry.seq = next_++;
  entries_.push_back(std::move(entry));
  return entries_.back().seq;
}

void journal::committed(std::uint64_t seq, std::string identifier, std::string resource, instant at) {
  commit made;
  made.entry = seq;
  made.identifier = identifier;
  made.resource = resource;
  if (journal_entry* entry = find(seq)) {
    made.request_id = entry->request_id;
    entry->committed_at = at;
    entry->identifier = std::move(identifier);
    entry->created = std::move(resource);
  }
  commits_.push_back(std::move(made));
}

void journal::answered(std::uint64_t seq, unsigned status, std::string rule) {
  if (journal_entry* entry = find(seq)) {
    entry->status = status;
    entry->rule = std::move(rule);
  }
}

void journal::responded(std::uint64_t seq, instant at) {
  if (journal_entry* entry = find(seq)) entry->responded_at = at;
}

void journal::set_token(std::uint64_t seq, std::uint64_t token) {
  if (journal_entry* entry = find(seq)) entry->token = token;
}

void journal::clear() {
  entries_.clear();
  commits_.clear();
  next_ = 1;
  evicted_ = 0;
}

journal_entry* journal::find(std::uint64_t seq) {
  if (entries_.empty() || seq < entries_.front().seq) return nullptr;
  const std::uint64_t position = seq - entries_.front().seq;
  return position < entries_.size() ? &entries_[position] : nullptr;
}

}  // namespace epicenter::mock
