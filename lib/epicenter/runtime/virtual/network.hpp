// Who listens where in the simulated network, and how connections come about.
#pragma once

#include <deque>
#include <epicenter/runtime/virtual/link_model.hpp>
#include <epicenter/runtime/virtual/simulation.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace epicenter::runtime {

class virtual_listener;
class connect_operation;

class network {
 public:
  network(simulation& world, link_model usual);
  ~network();
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  result<listener_ptr> listen(endpoint);
  void connect(endpoint, connect_handler);
  void set_link(std::string host, link_model model) { links_.insert_or_assign(std::move(host), model); }
  void set_unknown_hosts(std::vector<std::string> hosts) {
    unknown_ = std::set<std::string>(hosts.begin(), hosts.end());
  }

 private:
  friend class virtual_listener;
  friend class connect_operation;

  const link_model& link_to(const endpoint&) const;
  /// The listener at that address, or at all addresses with that port.
  virtual_listener* find(const endpoint&) const;
  void forget(const endpoint&);
  void finished(connect_operation&);
  /// Different for each connection to one endpoint, and independent of the connections to others.
  std::uint64_t next_jitter_seed(const endpoint&, const link_model&);
  std::uint16_t next_client_port();

  simulation& world_;
  link_model usual_;
  std::map<std::string, link_model> links_;
  std::set<std::string> unknown_;
  std::map<endpoint, virtual_listener*> listeners_;
  std::map<endpoint, std::uint64_t> connections_to_;
  std::map<std::uint64_t, std::unique_ptr<connect_operation>> connecting_;
  std::uint64_t connect_count_ = 0;
  std::uint16_t next_port_ = 40000;
  std::uint16_t client_port_ = 0;
};

}  // namespace epicenter::runtime
