// One entry of the audit log.
#pragma once

#include <cstdint>
#include <epicenter/base/time.hpp>
#include <optional>
#include <string>

namespace epicenter::audit {

enum class stage { intent, outcome };

/// That data about a patient left for somebody (45 CFR 164.528(b)(2)). No patient data in any of it.
struct disclosure {
  std::string recipient;    ///< name
  std::string address;      ///< where known
  std::string description;  ///< of the data: "laboratory results of 2026"
  std::string purpose;      ///< the basis, or where the request lies
  std::string exception;    ///< of 164.528(a)(1), "treatment"; empty: to be accounted for
  friend bool operator==(const disclosure&, const disclosure&) = default;
};

/// No patient data in clear: the patient is a pseudonym, resources are named by type only.
struct entry {
  std::uint64_t seq = 0;  ///< given by the log, gap-free from 1
  wall_time at{};
  audit::stage stage = audit::stage::intent;
  std::string type;     ///< see event_types.hpp
  std::string subject;  ///< request id of a call, operation id of a write, ticket of a request
  std::string user;
  std::string patient;       ///< pseudonym
  std::string result;        ///< outcome only: "200", "timed_out", "WRITTEN", …
  std::string details = {};  ///< more, as a JSON text or a sentence; no patient data
  std::string phi = {};      ///< patient data: kept under a key of that patient, by a log that has one
  std::optional<disclosure> disclosed = {};
};

}  // namespace epicenter::audit
