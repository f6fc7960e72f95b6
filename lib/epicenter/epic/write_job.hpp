// One write on its way, and its row in the ledger.
#pragma once

#include <epicenter/epic/announcer.hpp>
#include <epicenter/epic/audit_trail.hpp>
#include <epicenter/epic/call.hpp>
#include <epicenter/epic/lifecycle.hpp>
#include <epicenter/epic/operation.hpp>
#include <epicenter/store/ledger.hpp>
#include <functional>

namespace epicenter::epic {

struct write_job {
  explicit write_job(runtime::runtime& rt) : changed(rt) {}

  std::string operation;
  std::string_view kind;  ///< of known_kind: events keep it
  std::string type;
  std::string patient;
  std::string encounter;
  std::string sha256;
  std::string user;
  std::string pseudonym;
  resource_ptr content;  ///< what is sent; nothing of a row taken over from an earlier process
  instant deadline{};    ///< of the attempt under way
  instant send_by{};     ///< with `queue`: not to be sent after
  bool queue = false;
  std::uint32_t next_request = 1;  ///< number of the next request of this operation

  store::write_state row = store::write_state::planned;
  std::optional<error> refused;          ///< before there was a row: nothing was sent
  std::optional<write_outcome> outcome;  ///< as it stands; final unless unknown
  bool in_doubt = false;                 ///< the POST is over, and nobody knows
  bool already_there = false;            ///< Epic refused it as a duplicate
  bool resent = false;                   ///< after searches that prove that it is not there
  bool over = false;                     ///< nothing will change any more in this process
  runtime::event changed;
};
using job_ptr = std::shared_ptr<write_job>;

/// Moves rows, and tells of each state once it is durable.
class write_records {
 public:
  /// Called whenever the write may be in the chart since now, with its id there where that is known: its POST
  /// or a search has shown it or left it UNKNOWN, or a person says so. Before anybody is told.
  using chart_hook = std::function<void(const write_job&, const std::string& resource_id)>;

  write_records(runtime::runtime& rt, store::ledger& ledger, announcer& told, lifecycle& life,
                chart_hook maybe_filed)
      : runtime_(rt), ledger_(ledger), told_(told), life_(life), maybe_filed_(std::move(maybe_filed)) {}

  runtime::task<result<>> plan(job_ptr);
  /// One try. A row that turns out to be in another open state than the job believes is moved from there.
  runtime::task<result<>> move(job_ptr, store::write_state to, std::string resource_id,
                               std::string_view reason);
  /// Tries again for a few seconds while the ledger is unavailable. Where that fails the row stays as it is,
  /// and the next start takes it over.
  runtime::task<bool> settle(job_ptr, store::write_state to, std::string resource_id,
                             std::string_view reason);
  /// A person's decision on a row that the person has seen. store::errc::stale_state where it has changed.
  runtime::task<result<>> resolve(job_ptr, store::resolution, std::string resource_id);
  /// store::errc::not_allowed where it was released before.
  runtime::task<result<>> release(job_ptr, store::resolution);
  /// What a search has shown, for whoever decides later. Losing it changes nothing else.
  runtime::task<> note_search(job_ptr, store::search_made);
  runtime::task<result<std::vector<store::write_history>>> worklist(std::size_t limit) {
    return ledger_.worklist(limit);
  }
  runtime::task<result<store::ledger_row>> find(std::string operation) {
    return ledger_.find(std::move(operation));
  }
  runtime::task<result<store::write_history>> history(std::string operation) {
    return ledger_.history(std::move(operation));
  }
  runtime::task<result<std::vector<store::ledger_row>>> list(store::write_state state, std::size_t limit) {
    return ledger_.list(state, limit);
  }

 private:
  void tell(const write_job&, const std::string& resource_id, std::string_view reason);

  runtime::runtime& runtime_;
  store::ledger& ledger_;
  announcer& told_;
  lifecycle& life_;
  chart_hook maybe_filed_;
};

/// What a write records around its attempts: SENDING is durable before the first byte.
class write_hooks final : public attempt_hooks {
 public:
  write_hooks(write_records& records, job_ptr job) : records_(records), job_(std::move(job)) {}
  runtime::task<result<>> before_send() override {
    return records_.move(job_, store::write_state::sending, {}, "sending");
  }
  runtime::task<result<>> before_retry() override {
    return records_.move(job_, store::write_state::planned, {}, "not_processed");
  }

 private:
  write_records& records_;
  job_ptr job_;
};

/// The same name for as long as the program runs; "write" for one this version does not know.
std::string_view known_kind(std::string_view name);
/// What was ordered or recorded: the first code of the resource, empty where it has none.
std::string_view code_of(const json::value& resource);
/// The resource type of that name, as events keep it; empty for one this version does not know.
std::string_view known_type(std::string_view kind);
/// "ServiceRequest/<id>"; empty without an id.
std::string resource_name(const std::string& type, const std::string& id);
/// As callers see it; PLANNED and SENDING are unknown to them.
write_state to_outcome(store::write_state);

}  // namespace epicenter::epic
