// Every fault there is: its name, its layer, who carries it out, its parameters as data, and how it is made.
// A new fault is its own files and one line in catalog.cpp.
#pragma once

#include <cstdint>
#include <epicenter/json/value.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "harness/faults/errc.hpp"
#include "harness/faults/fault.hpp"

namespace epicenter::faults {

enum class layer { network, http, identity, epic };
enum class carrier { proxy, mock };

/// What a parameter's value may be. Written: what people write. Canonical: what the factory gets (and what
/// scenario plans and injectors carry); both are read everywhere.
enum class parameter_kind {
  boolean,       ///< written and canonical: true, false
  integer,       ///< written and canonical: a whole number in [minimum, maximum]
  span_of_time,  ///< written "500ms"; canonical: nanoseconds, in [minimum, maximum]
  delay,   ///< written "500ms", "500ms..2s", {median: 1s, p99: 3s}, {mean: 1s, deviation: 200ms}, {scale:
           ///< 100ms, shape: 2.5} or {values: [80ms, 120ms]} (scenarios also: {samples: FILE}); canonical:
           ///< {kind: uniform, from, to}, {kind: lognormal, median, p99}, {kind: normal, mean, deviation},
           ///< {kind: pareto, scale, shape: "2.5"}, {kind: empirical, values: sorted, 1 to 1024}
  choice,  ///< one word of `choices`
  status_list,  ///< written 503 or [500, 502]; canonical: an array of numbers in [minimum, maximum], 1 to 32
                ///< of them
  retry_after,  ///< written "30s" or {form: date, after: 30s}; canonical: {form: seconds|date, after}
  text,         ///< written and canonical: 1 to 1024 bytes
  share,        ///< written "30%" or 0.3; canonical "30%", in [minimum, maximum] parts per million
  size,         ///< written "64kB" or 64000; canonical: bytes, in [minimum, maximum]
  size_rate,    ///< written "64kB/s"; canonical: bytes a second, in [minimum, maximum]
  call_rate,    ///< written "10/s" or "600/min"; canonical: {events, period}, the period in nanoseconds
};

struct parameter {
  std::string_view name;
  parameter_kind kind = parameter_kind::integer;
  bool required = false;
  std::string_view default_text;  ///< as it would be written; empty: none, the parameter is then absent
  std::string_view help;
  std::span<const std::string_view> choices;
  std::int64_t minimum = 0;
  std::int64_t maximum = INT64_MAX;
};

struct fault_type {
  std::string_view name;
  faults::layer layer = layer::network;
  faults::carrier carrier = carrier::proxy;
  std::string_view summary;
  std::span<const parameter> parameters;
  /// Takes canonical parameters. Null for what the mock carries out.
  std::unique_ptr<fault> (*make)(const json::object& canonical) = nullptr;
  /// Acts at one moment and on no call: it takes no `lasting`, no `match` and no `rate`, and what it did
  /// stays done.
  bool instant = false;
  /// What canonical parameters must be to each other; null where each may be anything that it may be alone.
  result<> (*check)(const json::object& canonical) = nullptr;

  const parameter* find(std::string_view parameter_name) const;
};

/// All faults in the order of the chain: where several hit one call, the earlier decides first.
std::span<const fault_type> all();
/// The fault of that name, or nullptr.
const fault_type* find(std::string_view type);
/// Its place in all(): the order of the chain.
std::size_t chain_position(const fault_type&);

std::string_view name_of(layer);
std::string_view name_of(carrier);
std::string_view name_of(parameter_kind);

/// One value as canonical, or why not (errc::bad_parameter, the detail says what is wanted). Reads the
/// written and the canonical form.
result<json::value> canonical_value(const parameter&, const json::value& given);
/// All parameters in the order of the schema, defaults filled in. Optional ones without a default stay
/// absent.
result<json::object> canonical_parameters(const fault_type&, const json::object& given);
/// Canonical parameters as people would write them: "delay 500ms..2s, direction request".
std::string describe(const fault_type&, const json::object& canonical);
/// Checks the parameters and makes the fault. The type must be one that the proxy carries out.
result<std::unique_ptr<fault>> make_fault(const fault_type&, const json::object& given);

}  // namespace epicenter::faults
