// The faults of one route on one loop, asked in the order of the chain.
#pragma once

#include <optional>
#include <vector>

#include "harness/proxy/fault_board.hpp"
#include "harness/proxy/injection_log.hpp"

namespace epicenter::proxy {

/// A fault that hit a request or a connection, and which of those that matched it was.
struct chosen_fault {
  active_fault_ptr fault;
  std::uint64_t ordinal = 0;
};

/// Whose bytes they are: for the injection log.
struct whose {
  std::uint64_t connection = 0;
  std::string_view request = {};
};

/// What the chain decided about one request. Delays of several faults add up; the first verdict other than a
/// delay and an edit ends the chain.
struct request_plan {
  duration delay{};
  std::vector<active_fault_ptr> delaying;
  std::optional<http::request> edited;
  faults::request_verdict verdict;  ///< never a delay or an edit
  active_fault_ptr decider;         ///< whose the verdict is, where it is not pass
  std::vector<chosen_fault> on_response;
  std::vector<chosen_fault> on_stream;  ///< whose stages act on the bytes of this exchange
};

/// How slowly a fault lets a response leave.
struct paced_by {
  faults::pace pace;
  active_fault_ptr fault;
};

struct response_plan {
  duration delay{};
  std::vector<active_fault_ptr> delaying;
  std::vector<paced_by> paces;
  std::optional<http::response> edited;
  std::vector<chosen_fault> whole;  ///< want to see the response whole, in this order
};

struct delay_plan {
  duration delay{};
  std::vector<active_fault_ptr> delaying;
};

/// What all connections are subject to.
enum class link_state { normal, held, refused, reset };

/// The state that these faults put the route in, and which does. Reset and refused come before held: the
/// strongest fault shows.
struct link_rule {
  link_state state = link_state::normal;
  active_fault_ptr by;
};
link_rule rule_for(const fault_list&, std::string_view route);

class route_faults {
 public:
  route_faults(runtime::runtime&, std::string route, injection_log&);

  void assign(const fault_list_ptr&);

  link_state state() const { return rule_.state; }
  bool held() const { return rule_.state == link_state::held; }
  /// The fault that makes the state; null where it is normal.
  const active_fault_ptr& state_fault() const { return rule_.by; }

  /// True where no fault looks at what connections carry.
  bool unseen() const { return chain_.empty() && streams_.empty() && state() == link_state::normal; }
  bool empty() const { return chain_.empty(); }
  /// True where a fault selects by the body of requests.
  bool needs_bodies() const { return needs_bodies_; }
  /// Faults with stages that select whole connections.
  const std::vector<active_fault_ptr>& streams() const { return streams_; }

  request_plan decide_request(const faults::call&, const whose&);
  /// The fault that has taken the place of this one; null where none has.
  active_fault_ptr successor_of(const active_fault&) const;

  response_plan decide_response(const std::vector<chosen_fault>&, const http::response&);
  delay_plan decide_chunk(std::size_t bytes, const whose&);
  /// Whether the fault acts on this connection; its ordinal.
  std::optional<std::uint64_t> decide_stream(active_fault&, std::string_view peer, const whose&);
  /// What a fault does to the beginning of a new connection.
  std::optional<faults::bad_handshake> decide_handshake(std::string_view peer, const whose&);
  std::optional<faults::bad_lookup> decide_lookup(std::string_view peer, const whose&);

 private:
  std::optional<std::uint64_t> hit(active_fault&, faults::selector::chosen, const whose&);
  template <class Verdict>
  std::optional<Verdict> decide_beginning(std::string_view peer, const whose&);

  runtime::runtime& runtime_;
  std::string route_;
  injection_log& log_;
  std::vector<active_fault_ptr> chain_, streams_, beginnings_;
  link_rule rule_;
  bool needs_bodies_ = false;
};

}  // namespace epicenter::proxy
