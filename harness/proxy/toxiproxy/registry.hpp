// The proxies of a fleet with what Toxiproxy's API knows about them beyond the fleet: toxics, leases, and
// addresses as they were written.
#pragma once

#include <map>

#include "harness/proxy/toxiproxy/input.hpp"
#include "harness/proxy/toxiproxy/outcome.hpp"
#include "harness/proxy/toxiproxy/toxic.hpp"

namespace epicenter::proxy::toxiproxy {

/// A proxy with its toxics, both found sound.
struct planned_proxy {
  proxy_input proxy;
  runtime::endpoint listen;
  std::vector<toxic> toxics;
};

/// Not for two callers at once: whoever calls has the turn (see toxiproxy_api).
class registry {
 public:
  registry(runtime::runtime&, fleet&);

  /// Forgets what ended without this API: toxics whose faults are gone, proxies of other APIs.
  runtime::task<> refresh();

  json::value show_all() const;  ///< by name
  outcome<json::value> show(std::string_view proxy) const;
  runtime::task<outcome<json::value>> create(proxy_input);
  runtime::task<outcome<json::value>> update(std::string proxy, proxy_input);
  runtime::task<outcome<>> erase(std::string proxy);
  /// Starts every proxy and removes its toxics, in the order of names; stops at the first that cannot listen.
  runtime::task<outcome<>> reset();
  /// One entry of a populate: creates, replaces where addresses differ (its toxics are lost then), else
  /// leaves the proxy as it is. The toxics of the entry are added in any case, those of the same name
  /// changed; on a new proxy they act before the first connection can come.
  runtime::task<outcome<json::value>> put(planned_proxy);

  /// In the order they act: upstream ones first, then by age. 404 where there is no such proxy or toxic.
  outcome<std::vector<toxic>> toxics(std::string_view proxy) const;
  outcome<toxic> find(std::string_view proxy, std::string_view name) const;
  runtime::task<outcome<toxic>> add(std::string proxy, toxic);
  /// In place of the toxic of that name.
  runtime::task<outcome<toxic>> change(std::string proxy, toxic);
  runtime::task<outcome<>> remove(std::string proxy, std::string name);

  /// The leases of the proxy, and of the toxic where one is named, begin anew.
  runtime::task<> renew(std::string proxy, std::string toxic);
  /// Every lease begins anew; their number.
  runtime::task<std::size_t> renew_all();
  /// When the next proxy ends by its lease; runtime::never where none has one.
  instant next_end() const;
  runtime::task<> end_due();

 private:
  struct written {
    runtime::endpoint means;
    std::string text;
  };
  struct notes {
    written listen, upstream;
    duration lease = no_lease;
    instant lease_until = instant::max();
    std::vector<toxic> toxics;
  };

  json::object view(const route&) const;
  std::string shown_listen(const route&) const;
  std::string shown_upstream(const route&) const;
  void note(const std::string& proxy, const proxy_input&, const runtime::endpoint& listen);
  void set_lease(notes&, std::optional<duration>);
  runtime::task<outcome<route>> create_at(proxy_input, runtime::endpoint listen, bool enabled);
  runtime::task<outcome<>> replace_toxics(std::string proxy, std::vector<toxic>);
  runtime::task<outcome<>> remove_all(std::string proxy);

  runtime::runtime& runtime_;
  fleet& fleet_;
  std::map<std::string, notes, std::less<>> notes_;
  std::uint64_t last_number_ = 0;
};

}  // namespace epicenter::proxy::toxiproxy
