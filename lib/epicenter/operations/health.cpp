#include <epicenter/operations/health.hpp>

namespace epicenter::operations {
namespace {

std::string upper(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string worst_circuit(const epic::provider_snapshot& of) {
  for (const auto& one : of.metrics) {
    if (one.metric == epic::provider_metric::circuit_state) return upper(name_of(one.worst));
  }
  return {};
}

}  // namespace

health_answer health_of(const epic::provider_snapshot& of) {
  const json::value whole = epic::to_json(of);
  json::object body{{"provider", "epic"},
                    {"tenant", of.tenant},
                    {"status", name_of(of.health)},
                    {"circuit_state", worst_circuit(of)},
                    {"fallback_active", of.fallback.active}};
  if (of.fallback.active) {
    body.set("message", epic::unavailable_message);
    if (const auto* served = whole.at_path("fallback.can_serve")) body.set("can_serve", *served);
  }
  json::array reasons(of.reasons.begin(), of.reasons.end());
  body.set("reasons", std::move(reasons));
  health_answer made;
  made.http_status = of.health == epic::provider_health::unhealthy ? 503 : 200;
  made.body = std::move(body);
  return made;
}

}  // namespace epicenter::operations
