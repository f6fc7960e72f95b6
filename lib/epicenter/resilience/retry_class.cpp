#include <algorithm>
#include <epicenter/resilience/retry_class.hpp>

namespace epicenter::resilience {
namespace {

retry_class most_of(const request_shape& shape) {
  using enum retry_class;
  if (shape.method == "GET" || shape.method == "HEAD") return safe;
  if (shape.method == "DELETE") return idempotent;
  if (shape.method == "PUT") return shape.if_match || shape.conditional ? idempotent : non_idempotent;
  if (shape.method == "PATCH") return shape.if_match ? idempotent : non_idempotent;
  if (shape.method == "POST")
    return shape.if_none_exist || shape.fresh_each_time ? idempotent : non_idempotent;
  return non_idempotent;
}

}  // namespace

retry_class lowered(retry_class from_table, const request_shape& shape) {
  if (shape.method == "POST" && from_table == retry_class::safe) return from_table;
  return std::max(from_table, most_of(shape));
}

}  // namespace epicenter::resilience
