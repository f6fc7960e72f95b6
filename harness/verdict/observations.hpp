// What one experiment saw, as plain facts in the order of time: the only input of every judgement.
#pragma once

#include <array>
#include <cstdint>
#include <epicenter/base/time.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/model.hpp"

namespace epicenter::verdict {

/// A phase on the run's clock. What starts in [from, judged_from) is sent and not judged.
struct phase_window {
  instant from{};
  instant judged_from{};
  instant to{};
};

/// One operation as its caller saw it.
struct operation_sample {
  instant intended{};  ///< when it should have started: an open load does not wait for answers
  instant finished{};
  scenario::operation_kind kind = scenario::operation_kind::patient_context;
  bool succeeded = false;
  bool stale = false;         ///< answered from beyond the cache's freshness, and said so
  bool unauthorized = false;  ///< the caller saw a 401
  std::string_view failure;   ///< one word; empty where it succeeded
  duration latency() const { return finished - intended; }
};

enum class call_purpose { operation, reconcile, token, probe };

/// One HTTP request that the adapter handed to its transport.
struct call_sample {
  std::string id;  ///< X-Request-Id
  instant started{};
  std::optional<instant> ended;
  call_purpose purpose = call_purpose::operation;
  std::uint8_t endpoint_class = 0;  ///< position in observations::classes
  bool first_send = true;           ///< false: a retry or hedge of an earlier one
  std::uint64_t token = 0;          ///< number of the access token it carried; 0: none
  instant token_expires_at{};
  bool connect_failed = false;  ///< no connection could be made for it
  unsigned status = 0;          ///< 0: no response
};

struct circuit_sample {
  instant at{};
  std::uint8_t endpoint_class = 0;
  std::string_view from;  ///< the breaker's own word: closed, open, half_open, forced_open, …
  std::string_view to;
  std::string_view cause;
  bool legal = true;  ///< the state machine has such an edge, and it starts where the last one ended
};

struct named_event {
  instant at{};
  std::string name;  ///< "degradation.activated"
};

struct stale_sample {
  instant at{};
  std::string operation;
  duration age{};
  duration bound{};
};

/// A resource that its caller did not ask for: it belongs to another patient, or to nobody.
struct foreign_sample {
  std::string operation;
  std::string resource_type;
};

struct token_refresh {
  instant at{};
};

/// A write as its caller asked for it and what it was told; as the ledger has it; as Epic has it.
struct write_asked {
  std::string operation;
  std::string told;  ///< WRITTEN, …; "UNKNOWN" where the caller's deadline came first; "UNANSWERED";
                     ///< "REFUSED": no ledger row promised
};
struct write_recorded {
  std::string operation;
  std::string state;
  std::string resource_id;
};
struct write_committed {
  std::string identifier;
  std::string resource;
};

struct audit_sample {
  std::uint64_t seq = 0;
  bool intent = true;
  std::string type;
  std::string subject;
};

/// Text that leaves the process (a log line, an audit line, an error), and where it would have gone.
struct text_sample {
  std::string where;
  std::string text;
};

struct fault_window {
  std::string name;
  instant from{};
  std::optional<instant> to;  ///< absent: never ended, which is itself a failure
};

struct observations {
  std::array<phase_window, 3> phases{};  ///< by scenario::phase
  std::vector<std::string> classes;      ///< endpoint classes, by the number the samples use

  std::vector<operation_sample> operations;  ///< in the order of finishing
  std::uint64_t under_way = 0;               ///< operations begun and not yet finished
  std::vector<instant> dropped;              ///< arrivals past max_in_flight
  std::uint64_t late_arrivals = 0;           ///< sent more than 100 ms after their intended start
  std::vector<call_sample> calls;            ///< in the order of starting
  std::vector<circuit_sample> circuits;
  std::vector<named_event> events;
  std::vector<stale_sample> stale;
  std::uint64_t resources_shown = 0;    ///< in answers to reads
  std::vector<foreign_sample> foreign;  ///< of these
  std::vector<token_refresh> token_refreshes;
  std::vector<fault_window> faults;

  std::vector<write_asked> writes_asked;
  std::vector<write_recorded> ledger;
  std::vector<write_committed> commits;
  bool commits_known = false;         ///< the mock's journal was read: before, nothing can be said about it
  std::uint64_t commits_missing = 0;  ///< entries that the mock's journal no longer had
  std::vector<audit_sample> audit;
  std::vector<text_sample> texts;
  std::vector<std::string> patient_phrases;  ///< ids, names, numbers, birth dates that no text may hold

  const phase_window& window(scenario::phase p) const { return phases[static_cast<std::size_t>(p)]; }
};

}  // namespace epicenter::verdict
