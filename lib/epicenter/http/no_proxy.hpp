// Which servers are reached without the egress proxy: the rules of NO_PROXY.
#pragma once

#include <cstdint>
#include <epicenter/base/result.hpp>
#include <epicenter/runtime/endpoint.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::http {

/// Rules as curl and Go read them; there is no standard. Names are never resolved to be matched.
class no_proxy {
 public:
  /// Entries separated by commas or spaces:
  ///   epic.example      the host and every host below it; ".epic.example" and "*.epic.example" mean the same
  ///   10.1.2.3, ::1     that address; also "[::1]"
  ///   10.0.0.0/8        every address of the network; also of IPv6
  ///   *                 every server
  /// and each but the networks and "*" with ":port", which then must agree (IPv6 addresses in brackets).
  /// errc::malformed, naming the entry.
  static result<no_proxy> parse(std::string_view text);

  /// Unix sockets always.
  bool covers(const runtime::endpoint&) const;
  /// All rules of both.
  void add(const no_proxy& more);
  bool empty() const { return rules_.empty(); }

 private:
  struct rule {
    enum class kind { everything, domain, network };
    kind what = kind::everything;
    std::string domain;      // lower case, without a dot at either end
    std::string network;     // 4 or 16 bytes
    unsigned prefix = 0;     // bits of the network that count
    std::uint16_t port = 0;  // 0: every port
  };
  static result<rule> parse_rule(std::string_view entry);
  static bool matches(const rule&, std::string_view host, std::string_view address);

  std::vector<rule> rules_;
};

}  // namespace epicenter::http
