// The life of a program around the adapter: start, body, end.
#pragma once

#include <epicenter/epic/open.hpp>
#include <epicenter/operations/application.hpp>
#include <epicenter/operations/circuit_audit.hpp>
#include <optional>

namespace epicenter::operations {

/// What a life is made of; all outlive it.
struct application_parts {
  epic::opened_adapter& opened;
  observability& observed;
  audited_flags& flags;
  circuit_audit& circuits;
  operations::upkeep& upkeep;
};

/// Lives until its task has ended.
class application_life {
 public:
  application_life(runtime::runtime&, application_parts, application_options, application_body);
  application_life(const application_life&) = delete;
  application_life& operator=(const application_life&) = delete;

  /// `signal`: completes with the number of the signal that ends it.
  runtime::task<> live(runtime::task<result<int>> signal);
  int exit_code() const;

 private:
  runtime::task<> watch(runtime::task<result<int>> signal);
  runtime::task<> act();
  runtime::task<> run_body();
  runtime::task<> end();
  runtime::task<> await_start(instant deadline);
  runtime::task<> await_body(instant deadline);
  runtime::task<> note(audit::stage, std::string outcome);

  runtime::runtime& rt_;
  application_parts parts_;
  application app_;
  application_options options_;
  application_body body_;
  std::string id_;  // in the audit log
  runtime::event changed_;
  runtime::task_group watching_;
  runtime::task_group acting_;
  bool started_ = false;  // with or without success
  bool acted_ = false;
  int code_ = application_exit::not_started;
  std::optional<int> signal_;  // that came before the body had ended
};

}  // namespace epicenter::operations
