#include "harness/faults/catalog.hpp"

#include <algorithm>
#include <array>

#include "harness/faults/bandwidth.hpp"
#include "harness/faults/break_the_glass.hpp"
#include "harness/faults/business_rule.hpp"
#include "harness/faults/chunk_latency.hpp"
#include "harness/faults/clock_skew.hpp"
#include "harness/faults/cut.hpp"
#include "harness/faults/daily_cap.hpp"
#include "harness/faults/dns.hpp"
#include "harness/faults/duplicate_check.hpp"
#include "harness/faults/duplicate_on_replay.hpp"
#include "harness/faults/error.hpp"
#include "harness/faults/etag_conflict.hpp"
#include "harness/faults/half_open.hpp"
#include "harness/faults/holding_tank.hpp"
#include "harness/faults/jwks_stale.hpp"
#include "harness/faults/key_rotation.hpp"
#include "harness/faults/latency.hpp"
#include "harness/faults/lost_response.hpp"
#include "harness/faults/maintenance.hpp"
#include "harness/faults/mutate.hpp"
#include "harness/faults/noop.hpp"
#include "harness/faults/outage.hpp"
#include "harness/faults/page_expiry.hpp"
#include "harness/faults/patient_merged.hpp"
#include "harness/faults/reordered_results.hpp"
#include "harness/faults/reset_peer.hpp"
#include "harness/faults/scope_loss.hpp"
#include "harness/faults/slice.hpp"
#include "harness/faults/slow_close.hpp"
#include "harness/faults/stall.hpp"
#include "harness/faults/suppressed.hpp"
#include "harness/faults/timeout.hpp"
#include "harness/faults/tls.hpp"
#include "harness/faults/token_expiry.hpp"
#include "harness/faults/token_outage.hpp"
#include "harness/faults/token_revoke.hpp"

namespace epicenter::faults {

namespace {

// The order is that of the chain: what cuts the wire, what slows it, what answers in Epic's place.
const std::array catalog{
    fault_type{"outage", layer::network, carrier::proxy, outage_summary, outage_parameters, make_outage},
    fault_type{"reset_peer", layer::network, carrier::proxy, reset_peer_summary, reset_peer_parameters,
               make_reset_peer},
    fault_type{"timeout", layer::network, carrier::proxy, timeout_summary, timeout_parameters, make_timeout},
    fault_type{"half_open", layer::network, carrier::proxy, half_open_summary, half_open_parameters,
               make_half_open},
    fault_type{"cut", layer::network, carrier::proxy, cut_summary, cut_parameters, make_cut},
    fault_type{"stall", layer::network, carrier::proxy, stall_summary, stall_parameters, make_stall},
    fault_type{"bandwidth", layer::network, carrier::proxy, bandwidth_summary, bandwidth_parameters,
               make_bandwidth},
    fault_type{"slice", layer::network, carrier::proxy, slice_summary, slice_parameters, make_slice, false,
               check_slice},
    fault_type{"tls", layer::network, carrier::proxy, tls_summary, tls_parameters, make_tls},
    fault_type{"dns", layer::network, carrier::proxy, dns_summary, dns_parameters, make_dns},
    fault_type{"latency", layer::network, carrier::proxy, latency_summary, latency_parameters, make_latency},
    fault_type{"chunk_latency", layer::network, carrier::proxy, chunk_latency_summary,
               chunk_latency_parameters, make_chunk_latency},
    fault_type{"slow_close", layer::network, carrier::proxy, slow_close_summary, slow_close_parameters,
               make_slow_close},
    fault_type{"noop", layer::network, carrier::proxy, noop_summary, noop_parameters, make_noop},
    fault_type{"error", layer::http, carrier::proxy, error_summary, error_parameters, make_error_fault},
    fault_type{"lost_response", layer::http, carrier::proxy, lost_response_summary, lost_response_parameters,
               make_lost_response},
    // Levers of the mock stand in the order of its layers; the mock has an order of its own.
    fault_type{"token_expiry", layer::identity, carrier::mock, token_expiry_summary, token_expiry_parameters,
               nullptr, true},
    fault_type{"token_revoke", layer::identity, carrier::mock, token_revoke_summary, token_revoke_parameters,
               nullptr, true},
    fault_type{"token_outage", layer::identity, carrier::mock, token_outage_summary, token_outage_parameters,
               nullptr},
    fault_type{"jwks_stale", layer::identity, carrier::mock, jwks_stale_summary, jwks_stale_parameters,
               nullptr},
    fault_type{"clock_skew", layer::identity, carrier::mock, clock_skew_summary, clock_skew_parameters,
               nullptr},
    fault_type{"scope_loss", layer::identity, carrier::mock, scope_loss_summary, scope_loss_parameters,
               nullptr},
    fault_type{"key_rotation", layer::identity, carrier::mock, key_rotation_summary, key_rotation_parameters,
               nullptr},
    fault_type{"maintenance", layer::epic, carrier::mock, maintenance_summary, maintenance_parameters,
               nullptr},
    fault_type{"page_expiry", layer::epic, carrier::mock, page_expiry_summary, page_expiry_parameters,
               nullptr},
    fault_type{"suppressed", layer::epic, carrier::mock, suppressed_summary, suppressed_parameters, nullptr},
    fault_type{"duplicate_on_replay", layer::epic, carrier::mock, duplicate_on_replay_summary,
               duplicate_on_replay_parameters, nullptr},
    fault_type{"duplicate_check", layer::epic, carrier::mock, duplicate_check_summary,
               duplicate_check_parameters, nullptr},
    fault_type{"etag_conflict", layer::epic, carrier::mock, etag_conflict_summary, etag_conflict_parameters,
               nullptr},
    fault_type{"business_rule", layer::epic, carrier::mock, business_rule_summary, business_rule_parameters,
               nullptr},
    fault_type{"break_the_glass", layer::epic, carrier::mock, break_the_glass_summary,
               break_the_glass_parameters, nullptr},
    fault_type{"patient_merged", layer::epic, carrier::mock, patient_merged_summary,
               patient_merged_parameters, nullptr},
    fault_type{"holding_tank", layer::epic, carrier::mock, holding_tank_summary, holding_tank_parameters,
               nullptr},
    fault_type{"daily_cap", layer::epic, carrier::mock, daily_cap_summary, daily_cap_parameters, nullptr},
    fault_type{"reordered_results", layer::epic, carrier::mock, reordered_results_summary,
               reordered_results_parameters, nullptr},
    fault_type{"mutate", layer::epic, carrier::mock, mutate_summary, mutate_parameters, nullptr, true},
};

}  // namespace

std::span<const fault_type> all() {
  return catalog;
}

const fault_type* find(std::string_view type) {
  const auto found =
      std::find_if(catalog.begin(), catalog.end(), [&](const auto& t) { return t.name == type; });
  return found == catalog.end() ? nullptr : &*found;
}

std::size_t chain_position(const fault_type& type) {
  const auto found =
      std::find_if(catalog.begin(), catalog.end(), [&](const auto& t) { return t.name == type.name; });
  return static_cast<std::size_t>(found - catalog.begin());
}

const parameter* fault_type::find(std::string_view parameter_name) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const parameter& p) { return p.name == parameter_name; });
  return found == parameters.end() ? nullptr : &*found;
}

std::string_view name_of(layer l) {
  switch (l) {
    case layer::network:
      return "network";
    case layer::http:
      return "http";
    case layer::identity:
      return "identity";
    case layer::epic:
      return "epic";
  }
  return "unknown";
}

std::string_view name_of(carrier c) {
  return c == carrier::proxy ? "proxy" : "mock";
}

std::string_view name_of(parameter_kind k) {
  switch (k) {
    case parameter_kind::boolean:
      return "true or false";
    case parameter_kind::integer:
      return "whole number";
    case parameter_kind::span_of_time:
      return "time";
    case parameter_kind::delay:
      return "delay";
    case parameter_kind::choice:
      return "word";
    case parameter_kind::status_list:
      return "list of HTTP statuses";
    case parameter_kind::retry_after:
      return "Retry-After";
    case parameter_kind::text:
      return "text";
    case parameter_kind::share:
      return "share";
    case parameter_kind::size:
      return "size";
    case parameter_kind::size_rate:
      return "bytes a second";
    case parameter_kind::call_rate:
      return "calls in a time";
  }
  return "unknown";
}

result<std::unique_ptr<fault>> make_fault(const fault_type& type, const json::object& given) {
  if (type.make == nullptr) {
    return fail(errc::unknown_type, std::string(type.name) + " is carried out by the mock, not by the proxy");
  }
  const auto canonical = canonical_parameters(type, given);
  if (!canonical) return fail(canonical.error());
  return type.make(*canonical);
}

}  // namespace epicenter::faults
