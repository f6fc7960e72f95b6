#include "harness/proxy/metrics.hpp"

#include <fmt/format.h>

namespace epicenter::proxy {
namespace {

/// Backslash, quote and line feed, as the format has it.
std::string label(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void begin(std::string& text, std::string_view name, std::string_view kind, std::string_view help) {
  fmt::format_to(std::back_inserter(text), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
}

using traffic_figure = std::uint64_t route_traffic::*;

void per_proxy(std::string& text, const fleet& of, std::string_view name, std::string_view kind,
               std::string_view help, traffic_figure figure) {
  begin(text, name, kind, help);
  for (const auto& r : of.routes())
    fmt::format_to(std::back_inserter(text), "{}{{proxy=\"{}\"}} {}\n", name, label(r.name),
                   of.traffic(r.name).*figure);
}

void bytes(std::string& text, const fleet& of, std::string_view name, std::string_view help,
           traffic_figure upstream, traffic_figure downstream) {
  begin(text, name, "counter", help);
  for (const auto& r : of.routes()) {
    const auto t = of.traffic(r.name);
    const auto line = [&](std::string_view direction, std::uint64_t value) {
      fmt::format_to(std::back_inserter(text),
                     "{}{{direction=\"{}\",listener=\"{}\",proxy=\"{}\",upstream=\"{}\"}} {}\n", name,
                     direction, label(r.listen.to_string()), label(r.name), label(r.upstream.to_string()),
                     value);
    };
    line("downstream", t.*downstream);
    line("upstream", t.*upstream);
  }
}

using fault_figure = std::uint64_t faults::fault_status::*;

void per_fault(std::string& text, const std::vector<faults::fault_status>& all, std::string_view name,
               std::string_view kind, std::string_view help, fault_figure figure) {
  begin(text, name, kind, help);
  for (const auto& f : all)
    fmt::format_to(std::back_inserter(text), "{}{{fault=\"{}\",type=\"{}\"}} {}\n", name, label(f.id),
                   label(f.type), f.*figure);
}

}  // namespace

std::string metrics_text(const fleet& of, const std::vector<faults::fault_status>& all) {
  std::string text;
  per_proxy(text, of, "epicenter_proxy_connections_total", "counter", "Connections accepted.",
            &route_traffic::accepted);
  per_proxy(text, of, "epicenter_proxy_connections_open", "gauge", "Connections open now.",
            &route_traffic::open);
  per_proxy(text, of, "epicenter_proxy_dial_failures_total", "counter",
            "Connections whose upstream could not be reached.", &route_traffic::failed_dials);
  per_proxy(text, of, "epicenter_proxy_requests_total", "counter",
            "HTTP requests on connections that the proxy looks at.", &route_traffic::requests);
  bytes(text, of, "toxiproxy_proxy_received_bytes_total", "Bytes read, by direction of travel.",
        &route_traffic::upstream_received, &route_traffic::downstream_received);
  bytes(text, of, "toxiproxy_proxy_sent_bytes_total", "Bytes written, by direction of travel.",
        &route_traffic::upstream_bytes, &route_traffic::downstream_bytes);
  per_fault(text, all, "epicenter_fault_touched_total", "counter", "Calls or connections that matched.",
            &faults::fault_status::touched);
  per_fault(text, all, "epicenter_fault_injected_total", "counter", "Of these, hit.",
            &faults::fault_status::injected);
  per_fault(text, all, "epicenter_fault_skipped_total", "counter",
            "Of these, spared by rate, count or max_active.", &faults::fault_status::skipped);
  per_fault(text, all, "epicenter_fault_active", "gauge", "Calls or connections held or delayed now.",
            &faults::fault_status::active);
  return text;
}

}  // namespace epicenter::proxy
