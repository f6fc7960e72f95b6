// One accepted connection from its first byte to its last: unseen as long as no fault needs to see it.
#pragma once

#include "harness/proxy/connection.hpp"

namespace epicenter::proxy {

class link {
 public:
  link(link_context, std::uint64_t number, runtime::stream_ptr client);
  ~link();
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  runtime::task<> run();
  /// Resets both sides now.
  void tear_down();
  /// Closes both sides now, in order.
  void close_both();
  void faults_changed();

 private:
  bool may_go_unseen() const;
  runtime::task<bool> begin_client();
  runtime::task<> run_unseen();
  runtime::task<> end_client();
  runtime::task<> run_seen();

  link_context shared_;
  both_sides sides_;
  std::shared_ptr<runtime::stream> handshaking_;  ///< the client's connection, while TLS begins on it
  runtime::event changed_;
  runtime::unseen_relay_ptr unseen_;
  std::unique_ptr<connection> seen_;
  bool over_ = false;
};

}  // namespace epicenter::proxy
