#include "mock-epic/journal/journal.hpp"

#include <epicenter/base/check.hpp>
#include <epicenter/base/ids.hpp>
#include <utility>

#include "mock-epic/journal/redaction.hpp"

namespace epicenter::mock {
namespace {

/// The finaliser of splitmix64: every bit of the result depends on every bit of the number.
std::uint64_t mixed(std::uint64_t n) {
  n = (n ^ (n >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  n = (n ^ (n >> 27U)) * 0x94D049BB133111EBULL;
  return n ^ (n >> 31U);
}

constexpr std::size_t longest_target = 4 * 1024;

}  // namespace

journal_options journal_options::of_command(std::uint64_t seed) {
  journal_options made;
  made.max_entries = 10'000;
  made.max_detail_bytes = 4 * 1024 * 1024;
  made.detail = true;
  made.seed = seed;
  return made;
}

std::uint64_t journal::received(journal_entry entry) {
  EPICENTER_CHECK(options_.max_entries > 0, "a journal keeps at least one entry");
  if (entries_.size() == options_.max_entries) evict_oldest();
  entry.seq = next_++;
  entries_.push_back(std::move(entry));
  return entries_.back().seq;
}

void journal::committed(std::uint64_t seq, commit made, instant at) {
  made.entry = seq;
  if (journal_entry* entry = find(seq)) {
    made.request_id = entry->request_id;
    entry->committed_at = at;
    entry->identifier = made.identifier;
    entry->changed = made.resource;
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
  detail_bytes_ = 0;
}

void journal::describe_request(std::uint64_t seq, const http::request& r, request_facts facts) {
  journal_entry* entry = options_.detail ? find(seq) : nullptr;
  if (!entry) return;
  auto made = std::make_shared<exchange_detail>();
  made->target = redacted_target(std::string_view(r.target).substr(0, longest_target));
  made->request_head = redacted_fields(r.fields);
  made->request_body = kept_body(r.body, r.fields.get("Content-Type"), options_.max_body_bytes);
  made->request_body_size = r.body.size();
  made->client_ip = std::move(facts.client_ip);
  made->scheme = std::move(facts.scheme);
  made->server_host = std::move(facts.server_host);
  made->server_port = facts.server_port;
  made->received = facts.received;
  made->isolation = r.fields.get("X-Epicenter-Isolation").substr(0, 256);
  detail_bytes_ += made->bytes();
  entry->detail = std::move(made);
  keep_within_bytes();
}

void journal::describe_response(std::uint64_t seq, const http::response& r) {
  exchange_detail* detail = detail_of(seq);
  if (!detail) return;
  detail_bytes_ -= detail->bytes();
  detail->reason = r.reason;
  detail->response_head = redacted_fields(r.fields);
  detail->response_body = kept_body(r.body, r.fields.get("Content-Type"), options_.max_body_bytes);
  detail->response_body_size = r.body.size();
  detail_bytes_ += detail->bytes();
  keep_within_bytes();
}

void journal::matched(std::uint64_t seq, std::string stub_id, bool matched, duration added_delay) {
  exchange_detail* detail = detail_of(seq);
  if (!detail) return;
  detail_bytes_ += stub_id.size() - detail->stub_id.size();
  detail->stub_id = std::move(stub_id);
  detail->matched = matched;
  detail->added_delay = added_delay;
}

void journal::hide(std::uint64_t seq) {
  if (journal_entry* entry = find(seq)) drop_detail(*entry);
}

void journal::hide_all(std::string_view isolation) {
  for (journal_entry& one : entries_)
    if (one.detail && (isolation.empty() || one.detail->isolation == isolation)) drop_detail(one);
}

std::string journal::id_of(std::uint64_t seq) const {
  const std::uint64_t high = mixed(options_.seed * 0x9E3779B97F4A7C15ULL + seq);
  return make_uuid(high, mixed(high + seq));
}

const journal_entry* journal::find_by_id(std::string_view id) const {
  for (const journal_entry& one : entries_)
    if (one.detail && id_of(one.seq) == id) return &one;
  return nullptr;
}

journal_entry* journal::find(std::uint64_t seq) {
  if (entries_.empty() || seq < entries_.front().seq) return nullptr;
  const std::uint64_t position = seq - entries_.front().seq;
  return position < entries_.size() ? &entries_[position] : nullptr;
}

exchange_detail* journal::detail_of(std::uint64_t seq) {
  journal_entry* entry = find(seq);
  return entry ? entry->detail.get() : nullptr;
}

void journal::drop_detail(journal_entry& entry) {
  if (!entry.detail) return;
  detail_bytes_ -= entry.detail->bytes();
  entry.detail.reset();
}

void journal::evict_oldest() {
  drop_detail(entries_.front());
  entries_.pop_front();
  ++evicted_;
}

void journal::keep_within_bytes() {
  while (detail_bytes_ > options_.max_detail_bytes) {
    detail_from_ = std::max(detail_from_, entries_.front().seq);
    if (detail_from_ >= entries_.back().seq) return;  // the latest keeps its own
    drop_detail(*find(detail_from_++));
  }
}

}  // namespace epicenter::mock
