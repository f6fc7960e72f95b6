// Looks at the client's own key set as Epic does: what Epic will not find there it cannot verify.
#pragma once

#include <epicenter/smart/fetch.hpp>
#include <epicenter/smart/key.hpp>

namespace epicenter::smart {

enum class jwks_finding {
  not_probed,
  published,    ///< exactly one key of this kid and type, and it is this one
  absent,       ///< a key set without it
  ambiguous,    ///< two of this kid and type: servers refuse both
  other_key,    ///< another key under this kid
  redirected,   ///< 30x: Epic does not follow
  unreachable,  ///< no answer, or 5xx
  malformed,    ///< an answer that is no key set
};
/// "published", …
std::string_view to_string(jwks_finding);

struct jwks_report {
  jwks_finding finding = jwks_finding::not_probed;
  std::string detail;  ///< status, transport error, or empty
};

/// Judges an answer of the key set's URL. Up to 1 MiB.
jwks_report judge_jwks(const http::response&, const private_key&);
/// GET with Accept: application/json, as the standard has servers ask.
runtime::task<jwks_report> probe_jwks(fetch_function fetch, http::url where, private_key key,
                                      instant deadline);

}  // namespace epicenter::smart
