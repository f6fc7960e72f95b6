// What is written down of one exchange: never bodies, targets, header values or anything of a patient.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <string>

namespace epicenter::proxy {

struct exchange_record {
  wall_time at{};  ///< when the request's head had arrived
  std::string route;
  std::uint64_t connection = 0;
  std::uint64_t number = 0;  ///< of the request on its connection, from 1
  std::string request;  ///< X-Request-Id, as far as it is made of A-Z a-z 0-9 - _ . and not longer than 128
  std::string method;
  std::string operation;                                ///< see faults::operation_of; empty where it has none
  std::uint64_t request_bytes = 0, response_bytes = 0;  ///< as they arrived, heads and framing included
  duration request_took{};                              ///< from its head to its last byte
  duration first_byte{};                                ///< from the request's head to the answer's; 0: none
  duration took{};      ///< from the request's head to the answer's last byte, or to the end
  unsigned status = 0;  ///< of the answer that the client gets; 0: none
  std::string outcome;  ///< answered, injected, lost, upgraded, or cut: the connection ended before
  std::string fault;    ///< id of the fault that made the outcome
};

/// Takes records from every loop: thread-safe, and never waits for a disk.
class exchange_recorder {
 public:
  virtual ~exchange_recorder() = default;
  virtual void record(exchange_record) = 0;
};

}  // namespace epicenter::proxy
