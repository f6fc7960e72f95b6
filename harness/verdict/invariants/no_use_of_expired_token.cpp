#include <map>

#include "harness/verdict/invariants/invariant.hpp"

namespace epicenter::verdict {

/// No request leaves with a token past its own expiry, or after a 401 for that token was received.
finding no_use_of_expired_token(const observations& seen, const scenario::invariant&) {
  finding f;
  f.examined_what = "calls";
  std::map<std::uint64_t, instant> refused_at;
  for (const auto& call : seen.calls) {
    if (call.token == 0 || call.status != 401 || !call.ended) continue;
    const auto [it, added] = refused_at.emplace(call.token, *call.ended);
    if (!added && *call.ended < it->second) it->second = *call.ended;
  }
  for (const auto& call : seen.calls) {
    if (call.token == 0) continue;
    ++f.examined;
    if (call.started >= call.token_expires_at) {
      f.violated("call " + call.id + " left with token " + std::to_string(call.token) + " past its expiry");
    }
    const auto refused = refused_at.find(call.token);
    if (refused != refused_at.end() && call.started > refused->second) {
      f.violated("call " + call.id + " left with token " + std::to_string(call.token) +
                 " after a 401 for it");
    }
  }
  return f;
}

}  // namespace epicenter::verdict
