// Feature flags whose changes are in the audit log before they take effect.
//
//   auto flags = operations::audited_flags::open(rt, *log, {.path = "/var/lib/app/features.json"});
//   adapter_options.flags = (*flags)->service();
//   auto changed = co_await (*flags)->change(std::move(updates), std::move(origin));
#pragma once

#include <deque>
#include <epicenter/operations/audit_outbox.hpp>
#include <epicenter/operations/error.hpp>
#include <epicenter/policy/service.hpp>
#include <epicenter/runtime/task.hpp>
#include <memory>
#include <string>
#include <vector>

namespace epicenter::operations {

struct audited_flags_options {
  std::string path;  ///< of the settings' file, 0600; empty: they end with the process
  std::vector<policy::flag_definition> additional = {};
};

/// Each change that changes something is a pair of entries of type policy.changed: the intent, with the actor
/// as its user and before, after and reason in its details (a JSON text), and the outcome «in_effect» or
/// «refused: …». An intent without an outcome: the process ended in between, and the settings' file tells
/// what is in effect. Used on its runtime's thread; the log outlives it. stop() before it is destroyed.
class audited_flags {
 public:
  using changes = std::vector<policy::policy_change>;

  /// Blocks while the file is read. The errors of policy::service::open.
  static result<std::unique_ptr<audited_flags>> open(runtime::runtime&, audit::log&, audited_flags_options);
  audited_flags(const audited_flags&) = delete;
  audited_flags& operator=(const audited_flags&) = delete;

  /// For the adapter and whoever else asks. It refuses every apply() of others: policy::errc::not_audited.
  const std::shared_ptr<policy::service>& service() const { return service_; }

  /// As policy::service::apply, one at a time in the order of the calls, away from the event loop. What
  /// changes nothing leaves no entry. `origin.at`: the runtime's time where it is not given.
  /// policy::errc::not_audited: the log does not take the intent, or not yet the outcome of an earlier
  /// change; nothing has changed. A change whose outcome the log did not take is in effect, and the outcome
  /// is owed. Cancelled before the intent is handed over, nothing happens; later the change is carried out,
  /// and only the answer is given up. errc::stopped, errc::too_many_wait, errc::cancelled.
  runtime::task<result<changes>> change(std::vector<policy::update>, policy::change_origin origin);

  /// Lets the change under way end, refuses those that wait, and hands over what is owed to the log, as far
  /// as it takes it.
  runtime::task<> stop();
  /// Outcomes that the log did not take yet.
  std::size_t owed() const { return outbox_.owed(); }

  static constexpr std::size_t max_waiting = 1000;

 private:
  struct gate;
  struct job;
  using job_ptr = std::shared_ptr<job>;

  audited_flags(runtime::runtime&, audit::log&, std::shared_ptr<gate>, std::shared_ptr<policy::service>);
  runtime::task<> work();
  runtime::task<result<changes>> carry_out(job_ptr);
  runtime::task<result<>> record_intent(job_ptr, std::string subject, const changes& planned);
  runtime::task<> record_outcome(job_ptr, std::string subject, std::string outcome);
  runtime::task<result<changes>> rehearse(job_ptr) const;
  runtime::task<result<changes>> apply(job_ptr, changes audited) const;

  runtime::runtime& runtime_;
  audit::log& log_;
  std::shared_ptr<gate> gate_;
  std::shared_ptr<policy::service> service_;
  audit_outbox outbox_;
  runtime::random_stream ids_;
  std::deque<job_ptr> waiting_;
  bool working_ = false;
  bool stopped_ = false;
  runtime::task_group tasks_;
};

}  // namespace epicenter::operations
