#include <algorithm>
#include <epicenter/audit/event_types.hpp>
#include <epicenter/audit/verification.hpp>

namespace epicenter::audit {
namespace {

// json::quote writes bytes that are no UTF-8 all alike, so that text which holds some was not hashed as it
// is.
bool is_as_written(const entry& what) {
  const auto good = [](const std::string& text) { return clean(text) == text; };
  const bool own = good(what.type) && good(what.subject) && good(what.user) && good(what.patient) &&
                   good(what.result) && good(what.details);
  if (!own || !what.disclosed) return own;
  return good(what.disclosed->recipient) && good(what.disclosed->address) &&
         good(what.disclosed->description) && good(what.disclosed->purpose) &&
         good(what.disclosed->exception);
}

}  // namespace

std::string_view name_of(flaw what) {
  switch (what) {
    case flaw::edited:
      return "edited";
    case flaw::broken_link:
      return "broken_link";
    case flaw::gap:
      return "gap";
    case flaw::cut_short:
      return "cut_short";
    case flaw::head_differs:
      return "head_differs";
    case flaw::bad_signature:
      return "bad_signature";
  }
  return "unknown";
}

chain_check::chain_check(std::string log_id, std::vector<signed_head> heads,
                         const std::vector<std::string>& trusted)
    : log_id_(std::move(log_id)) {
  for (auto& head : heads) {
    const auto signed_by = [&head](const std::string& key) { return is_signed_by(head, key); };
    if (head.log_id == log_id_ && std::any_of(trusted.begin(), trusted.end(), signed_by)) {
      const auto seq = head.seq;
      heads_.emplace(seq, std::move(head));
    } else {
      note(flaw::bad_signature, head.seq);
    }
  }
}

void chain_check::note(flaw what, std::uint64_t seq) {
  if (so_far_.findings.size() < verification::max_findings) so_far_.findings.push_back({what, seq});
}

// The first entry follows the beginning, or the head that a purge has left; the purge is an entry too.
void chain_check::begin(const chained_entry& first) {
  so_far_.first = first.what.seq;
  previous_ = first_hash(log_id_);
  if (first.what.seq == 1) return;
  const auto left = heads_.find(first.what.seq - 1);
  if (left == heads_.end()) {
    note(flaw::gap, first.what.seq);
    previous_ = first.previous_hash;
  } else {
    previous_ = left->second.hash;
  }
}

void chain_check::add(const chained_entry& next) {
  const std::uint64_t seq = next.what.seq;
  if (so_far_.entries == 0) {
    begin(next);
  } else if (seq != so_far_.last + 1) {
    note(flaw::gap, seq);
  }
  if (next.previous_hash != previous_) note(flaw::broken_link, seq);
  const bool hash_holds = next_hash(next.previous_hash, canonical(next.what, next.sealed)) == next.hash;
  if (!hash_holds || !next.well_formed || !is_as_written(next.what)) note(flaw::edited, seq);
  compare_heads(seq, next.hash);
  if (next.what.type == event::entries_purged && next.what.subject == std::to_string(so_far_.first - 1)) {
    purge_is_recorded_ = true;
  }
  previous_ = next.hash;
  so_far_.last = seq;
  ++so_far_.entries;
}

void chain_check::compare_heads(std::uint64_t seq, const std::string& hash) {
  const auto [from, to] = heads_.equal_range(seq);
  for (auto at = from; at != to; ++at) {
    if (at->second.hash == hash) {
      so_far_.signed_up_to = seq;
    } else {
      note(flaw::head_differs, seq);
    }
  }
}

verification chain_check::finish() {
  for (auto at = heads_.upper_bound(so_far_.last); at != heads_.end(); ++at) {
    note(flaw::cut_short, at->first);
  }
  if (so_far_.first > 1 && !purge_is_recorded_) note(flaw::gap, so_far_.first);
  return std::move(so_far_);
}

}  // namespace epicenter::audit
