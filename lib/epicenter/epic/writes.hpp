// The writing half of the adapter: at most one send a decision, reconciliation where the outcome is unknown,
// then a person (reference: epic, section 4.2).
#pragma once

#include <epicenter/epic/fetch.hpp>
#include <epicenter/epic/flight.hpp>
#include <epicenter/epic/write_content.hpp>
#include <epicenter/epic/write_job.hpp>
#include <map>

namespace epicenter::epic {

struct write_options {
  std::string identifier_system;
  duration review_after = 90s;  ///< see adapter_options
};

class writes {
 public:
  writes(runtime::runtime&, pipeline&, audit_trail&, announcer&, lifecycle&, store::ledger&, write_options);

  runtime::task<result<write_outcome>> order_lab(lab_order);
  runtime::task<result<write_outcome>> file_note(note);
  /// Takes over the rows that an earlier process left open.
  runtime::task<result<>> resume();

 private:
  /// What the end of a POST says of the write.
  struct verdict {
    store::write_state state = store::write_state::unknown;
    std::string id;
    std::string_view reason;
    std::optional<error> why;
  };
  /// What one search for a write has shown.
  struct sighting {
    bool complete = false;
    std::size_t found = 0;
    std::string id;
  };

  result<> prepare(write_request&);
  runtime::task<result<write_outcome>> submit(write_request who, write_content content);
  runtime::task<result<write_outcome>> await_outcome(job_ptr, instant deadline);
  runtime::task<> carry(job_ptr);
  runtime::task<bool> plan(job_ptr);
  runtime::task<> send(job_ptr);
  runtime::task<> fly_post(job_ptr, std::shared_ptr<flight<call_result>>);
  static verdict judge(const call_result&, const std::string& type);
  runtime::task<> settle(job_ptr, verdict);
  void finish(const job_ptr&, verdict);

  runtime::task<> doubt(job_ptr, verdict);
  runtime::task<> reconcile(job_ptr);
  runtime::task<sighting> look(job_ptr);
  runtime::task<> fly_search(job_ptr, std::shared_ptr<flight<fetch_result>>, instant deadline);

  runtime::task<result<>> close_unsent();
  runtime::task<result<>> take_over(store::write_state);
  runtime::task<> carry_on(job_ptr, duration after);
  job_ptr job_of(const store::ledger_row&);

  runtime::runtime& runtime_;
  pipeline& pipeline_;
  audit_trail& audit_;
  lifecycle& life_;
  write_records records_;
  std::string identifier_system_;
  duration review_after_;
  std::map<std::string, job_ptr, std::less<>> under_way_;
};

}  // namespace epicenter::epic
