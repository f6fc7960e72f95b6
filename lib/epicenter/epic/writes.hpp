// The writing half of the adapter: at most one send a decision, reconciliation where the outcome is unknown,
// then a person (reference: epic, section 4.2).
#pragma once

#include <epicenter/epic/reads.hpp>
#include <epicenter/epic/write_content.hpp>
#include <epicenter/epic/write_job.hpp>

namespace epicenter::epic {

struct write_options {
  std::string identifier_system;
  duration review_after = 90s;  ///< these three: see adapter_options
  duration queue_for = 24h;
  bool read_back = true;
};

class writes {
 public:
  writes(runtime::runtime&, pipeline&, audit_trail&, announcer&, lifecycle&, site_state&, store::ledger&,
         reads& shown, write_options);

  /// For each of the requests that content_of takes.
  template <class Request>
  runtime::task<result<write_outcome>> file(Request);
  /// Takes over the rows that an earlier process left open.
  runtime::task<result<>> resume();

  runtime::task<result<std::vector<review_item>>> worklist(std::size_t limit);
  runtime::task<result<write_outcome>> resolve_as_written(review_decision, std::string resource_id);
  runtime::task<result<write_outcome>> release_once(review_decision);

 private:
  /// How the write stands after a POST, or after a search for it.
  struct verdict {
    store::write_state state = store::write_state::unknown;
    std::string id;
    std::string_view reason;
    std::optional<error> why;
  };
  /// What one look for a write has shown.
  struct sighting {
    bool complete = false;
    std::size_t found = 0;
    std::string id;
  };
  enum class queue_end { again, expired, stopped };

  // writes.cpp: from the call to its answer
  result<> prepare(operation_kind, write_request&);
  runtime::task<result<write_outcome>> submit(write_request who, write_content content);
  job_ptr new_job(write_request who, write_content content);
  runtime::task<result<write_outcome>> await_outcome(job_ptr, instant deadline);
  runtime::task<> carry(job_ptr);
  runtime::task<bool> plan(job_ptr);

  // write_send.cpp: from the row to the verdict
  runtime::task<> drive(job_ptr);
  runtime::task<verdict> post(job_ptr);
  std::optional<verdict> refused_as_merged(const write_job&) const;
  runtime::task<> fly_post(job_ptr, http::request, std::shared_ptr<flight<call_result>>);
  verdict judge(const job_ptr&, const call_result&);
  verdict judge_failure(const job_ptr&, const call_failure&);
  runtime::task<queue_end> wait_in_queue(job_ptr, std::optional<error> why, duration wait);
  runtime::task<> settle(job_ptr, verdict);
  void finish(const job_ptr&, verdict);

  // read_back.cpp
  runtime::task<> compare(job_ptr, std::string id);
  runtime::task<> fly_read(job_ptr, http::request, std::shared_ptr<flight<call_result>>, instant deadline);

  // reconcile.cpp
  runtime::task<verdict> doubt(job_ptr, verdict);
  runtime::task<verdict> reconcile(job_ptr);
  runtime::task<verdict> give_up(job_ptr, std::string_view reason);
  bool may_resend(const write_job&) const;
  bool trusts_identifiers(const std::string& type) const;
  runtime::task<sighting> look(job_ptr);
  runtime::task<std::optional<fetched>> find(job_ptr, http::parameters);
  runtime::task<> fly_search(job_ptr, http::parameters, std::shared_ptr<flight<fetch_result>>);

  // take_over.cpp
  runtime::task<result<>> close_unsent();
  runtime::task<result<>> close(job_ptr, store::write_state, std::string_view reason);
  bool waits_in_queue(const store::ledger_row&) const;
  runtime::task<result<>> take_up_release(const store::ledger_row&, job_ptr);
  runtime::task<std::string> who_released(std::string operation);
  runtime::task<result<>> take_over(store::write_state);
  runtime::task<> carry_on(job_ptr, duration after);
  runtime::task<> carry_queued(job_ptr);
  runtime::task<> leave(job_ptr);
  job_ptr job_of(const store::ledger_row&);

  // write_review.cpp
  result<> may_decide(const review_decision&) const;
  runtime::task<result<job_ptr>> under_review(review_decision);
  store::resolution resolution_of(const review_decision&) const;
  runtime::task<result<write_outcome>> resolve(review_decision, std::string resource_id);
  runtime::task<> carry_decided(review_decision, std::shared_ptr<flight<result<job_ptr>>>);
  runtime::task<result<job_ptr>> release(review_decision);
  runtime::task<result<>> record_release(job_ptr, review_decision);
  runtime::task<> carry_released(job_ptr);
  runtime::task<> settle_unsent(job_ptr, verdict);
  void hold(const job_ptr&);

  runtime::runtime& runtime_;
  pipeline& pipeline_;
  audit_trail& audit_;
  announcer& told_;
  lifecycle& life_;
  site_state& site_;
  write_records records_;
  write_options options_;
  writes_under_way& under_way_;                       // of the site's state: reads look at it too
  std::map<std::string, job_ptr, std::less<>> held_;  // wait for a person; their content is here alone
};

}  // namespace epicenter::epic
