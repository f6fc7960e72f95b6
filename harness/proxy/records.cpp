// What a connection writes down of its exchanges.
#include <algorithm>

#include "harness/proxy/connection.hpp"

namespace epicenter::proxy {
namespace {

/// An id that somebody else made up goes into a file that leaves the process: only what can be nothing but an
/// id does.
std::string plain_id(std::string_view given) {
  constexpr std::size_t longest = 128;
  const bool plain = given.size() <= longest && std::all_of(given.begin(), given.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              c == '-' || c == '_' || c == '.';
                     });
  return plain ? std::string(given) : std::string();
}

}  // namespace

void connection::note_request(pending_exchange& e, const http::request& head, std::string_view operation,
                              instant now) {
  if (shared_.recorder == nullptr) return;
  e.record = std::make_unique<exchange_record>();
  e.record->at = shared_.rt.wall();
  e.record->first_byte = e.record->took = now.time_since_epoch();
  e.record->route = shared_.way.name;
  e.record->connection = sides_.number;
  e.record->number = e.number;
  e.record->request = plain_id(head.fields.get("X-Request-Id"));
  e.record->method = plain_id(head.method);
  e.record->operation = operation;
}

void connection::note_response(pending_exchange& e, std::size_t bytes, bool interim, instant now) {
  if (!e.record) return;
  e.record->response_bytes += bytes;
  if (!interim && e.record->status == 0) {
    e.record->status = responses_.response_head().status;
    e.record->first_byte = now.time_since_epoch() - e.record->first_byte;
  }
}

void connection::note_end(pending_exchange& e, std::string_view outcome, unsigned status, instant now) {
  if (!e.record) return;
  auto& r = *e.record;
  if (r.status == 0) r.first_byte = duration::zero();
  if (status != 0 || outcome == "lost") r.status = status;
  r.took = now.time_since_epoch() - r.took;
  r.outcome = outcome;
  if (e.by) r.fault = e.by->id;
  shared_.recorder->record(std::move(r));
  e.record.reset();
}

}  // namespace epicenter::proxy
