// Keeps the stores of one process by itself: copies them, looks whether the audit chain still verifies, and
// removes what is past its retention.
//
//   auto kept = operations::upkeep::make(rt, {ledger.get(), log.get()}, options, observer);
//   (*kept)->start();
//   … co_await (*kept)->stop();
#pragma once

#include <epicenter/audit/chained_log.hpp>
#include <epicenter/operations/error.hpp>
#include <epicenter/operations/kept_copies.hpp>
#include <epicenter/operations/upkeep_report.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/store/ledger.hpp>
#include <functional>
#include <memory>

namespace epicenter::operations {

struct upkeep_options {
  /// Where copies go, of this process alone; it must be there, best on another disk. Needed unless
  /// back_up_every is 0.
  std::string folder;
  std::size_t copies = 7;  ///< of each store, 1 to 1000; a forgotten patient's key lives on in them so long

  // Each 0, which is never, or 1 minute to 31 days.
  duration back_up_every = 24h;
  duration verify_every = 24h;
  duration purge_every = 24h;
  /// When a period begins: after midnight, UTC. 0 to 24 hours.
  duration at = 2h;
  /// Each run comes up to so much later, so that the processes of a site do not all burden one disk at once.
  /// 0 to half the shortest period.
  duration jitter = 30min;

  /// After a failure; doubled by each further one, up to the second or the job's period. 1 s to 24 h.
  duration first_pause = 1min;
  duration max_pause = 1h;

  /// Not shorter than the stores' own, or they refuse to purge. 1 to 100.
  std::chrono::years retention = store::default_retention;
  /// The file that audit::export_to_file writes; empty: none is kept, and a log whose end was cut off looks
  /// whole.
  std::string heads_path;
  std::vector<std::string> trusted;  ///< public keys of heads besides the log's own
  std::string actor = "upkeep";      ///< in the log's entry of a purge; must be given
};

/// Either may be absent. They outlive the upkeep.
struct upkeep_stores {
  store::ledger* ledger = nullptr;
  audit::chained_log* audit = nullptr;
};

/// Told of each run that ended, on the runtime's thread; must return at once.
using upkeep_observer = std::function<void(const upkeep_ran&)>;

/// One run at a time. Each job runs once a period, and once within the jitter after the start, but a back-up
/// only where no copy of this period is there: a process that starts again and again must not replace the
/// good copies. Failures are told and tried again after a pause that grows. Nothing is
/// removed from a log whose last verification, where any is asked for, did not end well. Waits are counted on
/// the monotonic clock: a step of the calendar moves the next run by a period at most. Used on its runtime's
/// thread; once started it must be stopped before it is destroyed.
class upkeep {
 public:
  /// errc::invalid_option names the option.
  static result<std::unique_ptr<upkeep>> make(runtime::runtime&, upkeep_stores, upkeep_options,
                                              upkeep_observer);
  upkeep(const upkeep&) = delete;
  upkeep& operator=(const upkeep&) = delete;

  /// Once.
  void start();
  /// Runs the job as soon as no other runs, and tells how it went: a run that began after this call.
  /// errc::no_such_job, errc::stopped (or not started), errc::cancelled (the run comes all the same).
  runtime::task<result<upkeep_ran>> run_now(upkeep_job);
  /// A copy under way is finished, other work is given up.
  runtime::task<> stop();

  upkeep_report report() const;

 private:
  struct request;
  struct job_state {
    upkeep_status told;
    duration every{};
    instant due{};
    instant good_since{};  ///< the last success, or the start
    std::string unpruned;  ///< a copy that was made, while older ones could not be removed
    std::vector<std::shared_ptr<request>> asked;
  };
  struct work_done {
    std::string detail;
    bool alarm = false;
  };
  struct heads_found;

  upkeep(runtime::runtime&, upkeep_stores, upkeep_options, upkeep_observer);
  void add(upkeep_job, bool wanted, duration every);

  // the schedule
  runtime::task<> keep_up();
  runtime::task<> look_at_copies();
  runtime::task<> run(job_state&);
  job_state& next_due();
  instant next_period(const job_state&) const;
  void plan_next(job_state&, const upkeep_ran&);
  upkeep_ran note(job_state&, const result<work_done>&);
  void dismiss_all();

  // the work
  runtime::task<result<work_done>> work_on(job_state&);
  runtime::task<result<work_done>> back_up(job_state&);
  runtime::task<result<>> copy(upkeep_job, std::string to);
  runtime::task<result<work_done>> verify();
  runtime::task<heads_found> find_heads();
  result<work_done> judge(const audit::verification&, const heads_found&);
  result<> may_purge() const;
  runtime::task<result<work_done>> purge_audit();
  runtime::task<result<work_done>> purge_ledger();
  kept_copies copies_of(upkeep_job) const;

  runtime::runtime& runtime_;
  upkeep_stores stores_;
  upkeep_options options_;
  upkeep_observer observer_;
  runtime::random_stream random_;
  std::uint64_t spread_seed_;
  std::vector<job_state> jobs_;  ///< in the order of upkeep_job
  std::optional<bool> chain_intact_;
  std::string chain_flaw_;
  std::uint64_t signed_before_ = 0;  ///< the newest signed entry of the verification before
  bool going_ = false;
  runtime::event wake_;
  runtime::task_group tasks_;
};

}  // namespace epicenter::operations
