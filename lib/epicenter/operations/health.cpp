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

struct store_view {
  std::string_view chain;
  std::vector<std::string> reasons;
};

store_view view_of(const upkeep_report& stores) {
  store_view made{"unknown", reasons_of(stores)};
  if (stores.chain_intact) made.chain = *stores.chain_intact ? "intact" : "broken";
  return made;
}

health_answer answer_of(const epic::provider_snapshot& of, const store_view* stores) {
  auto health = of.health;
  json::array reasons(of.reasons.begin(), of.reasons.end());
  if (stores != nullptr && !stores->reasons.empty()) {
    if (health == epic::provider_health::healthy) health = epic::provider_health::degraded;
    for (const auto& one : stores->reasons) reasons.emplace_back(one);
  }
  json::object body{{"provider", "epic"},
                    {"tenant", of.tenant},
                    {"status", name_of(health)},
                    {"circuit_state", worst_circuit(of)},
                    {"fallback_active", of.fallback.active}};
  if (of.fallback.active) {
    body.set("message", epic::unavailable_message);
    const json::value whole = epic::to_json(of);
    if (const auto* served = whole.at_path("fallback.can_serve")) body.set("can_serve", *served);
  }
  if (stores != nullptr) body.set("audit_chain", stores->chain);
  body.set("reasons", std::move(reasons));
  health_answer made;
  made.http_status = health == epic::provider_health::unhealthy ? 503 : 200;
  made.body = std::move(body);
  return made;
}

}  // namespace

health_answer health_of(const epic::provider_snapshot& of) {
  return answer_of(of, nullptr);
}

health_answer health_of(const epic::provider_snapshot& of, const upkeep_report& stores) {
  const auto seen = view_of(stores);
  return answer_of(of, &seen);
}

}  // namespace epicenter::operations
