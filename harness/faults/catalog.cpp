#include "harness/faults/catalog.hpp"

#include <algorithm>
#include <array>

#include "harness/faults/error.hpp"
#include "harness/faults/latency.hpp"
#include "harness/faults/lost_response.hpp"
#include "harness/faults/outage.hpp"
#include "harness/faults/token_expiry.hpp"

namespace epicenter::faults {

namespace {

// The order is that of the chain: what cuts the wire, what slows it, what answers in Epic's place.
const std::array catalog{
    fault_type{"outage", layer::network, carrier::proxy, outage_summary, outage_parameters, make_outage},
    fault_type{"latency", layer::network, carrier::proxy, latency_summary, latency_parameters, make_latency},
    fault_type{"error", layer::http, carrier::proxy, error_summary, error_parameters, make_error_fault},
    fault_type{"lost_response", layer::http, carrier::proxy, lost_response_summary, lost_response_parameters,
               make_lost_response},
    fault_type{"token_expiry", layer::identity, carrier::mock, token_expiry_summary, token_expiry_parameters,
               nullptr},
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
