// What may be repeated: a property of the operation, which its request can only lower.
#pragma once

#include <cstdint>
#include <string_view>

namespace epicenter::resilience {

/// From the operation table; a header or method can only lower it (towards non_idempotent).
enum class retry_class : std::uint8_t {
  safe,            ///< A: GET, HEAD, _search, reading $operations
  idempotent,      ///< B: PUT + If-Match, conditional update, DELETE, POST + If-None-Exist, token POST with a
                   ///< fresh jti
  non_idempotent,  ///< C: POST create, PATCH without If-Match, transaction, $operation
};
std::string_view name_of(retry_class);

/// What of a request bears on its repetition.
struct request_shape {
  std::string_view method;       ///< in capitals
  bool if_match = false;         ///< has If-Match
  bool if_none_exist = false;    ///< has If-None-Exist
  bool conditional = false;      ///< PUT or DELETE by search parameters instead of an id
  bool fresh_each_time = false;  ///< each try carries its own identifier (jti) and the server keeps nothing
};

/// The table's class, or a lower one where the request lacks what the class rests on: a PUT without If-Match,
/// a PATCH likewise, a POST that claims to be idempotent without If-None-Exist. A POST that the table calls
/// safe stays safe: _search and reading $operations are posted. An unknown method is not repeatable.
retry_class lowered(retry_class from_table, const request_shape&);

}  // namespace epicenter::resilience
