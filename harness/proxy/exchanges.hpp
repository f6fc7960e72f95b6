// The requests of one connection that are not answered yet, in their order.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "harness/proxy/exchange_record.hpp"
#include "harness/proxy/route_faults.hpp"
#include "harness/proxy/stage_chain.hpp"

namespace epicenter::proxy {

/// How much later one leg of an exchange leaves, and because of which faults: none of it is left when they
/// have ended.
struct late {
  duration by{};
  std::vector<active_fault_ptr> because;

  instant due(instant now) const {
    for (const auto& f : because) {
      if (!f->ended) return now + by;
    }
    return now;
  }
};

/// A response that is taken in as a whole before anything of it leaves.
struct taken_response {
  std::vector<chosen_fault> by;
  http::request to;                      ///< the head that it answers
  std::optional<http::response> edited;  ///< the head in place of its own
  std::string raw, body;
};

/// What becomes of one request and its answer.
struct pending_exchange {
  enum class fate : std::uint8_t {
    pass,      ///< request forwarded, answer forwarded
    answered,  ///< the proxy answers, the upstream never sees the request
    replaced,  ///< request forwarded, the proxy's answer in place of the upstream's
    swallowed  ///< request forwarded, no answer
  };
  std::uint64_t number = 0;
  std::string method;
  fate what = fate::pass;
  bool answer_ready = false;  ///< answered: the request has come in as a whole
  bool announced = false;     ///< the response framer knows the method
  bool head_seen = false;     ///< the final response's head has arrived
  bool last_on_connection = false;
  instant answer_due{};
  late response;
  std::vector<active_fault_ptr> delayed_request;  ///< answered: they delay the answer
  std::string answer;                             ///< as bytes
  std::vector<holding> held;  ///< counts the exchange as held by the faults that answer, swallow or delay it
  active_fault_ptr by;
  std::optional<duration> close_after;
  std::vector<chosen_fault> on_response;
  std::vector<paced_by> paces;  ///< not begun yet
  live_stages stages;           ///< of the bytes of the answer
  std::unique_ptr<taken_response> taken;
  std::unique_ptr<exchange_record> record;  ///< where exchanges are recorded
};

/// What holds for the bytes of the request that is arriving.
struct arriving_request {
  std::uint64_t number = 0;
  bool discarded = false;
  late request;
  live_stages stages;
};

}  // namespace epicenter::proxy
