// What is under test: the embedded adapter, driven operation by operation.
#pragma once

#include <epicenter/epic/adapter.hpp>

#include "harness/engine/recorder.hpp"
#include "harness/engine/rig.hpp"
#include "harness/load/generator.hpp"

namespace epicenter::engine {

/// The client that the harness registers with the mock.
std::string_view subject_client_id();
/// The key of that client. Fixed and public: it opens nothing but mocks, and a fixed RSA key makes
/// signatures, and with them whole virtual runs, repeatable.
result<smart::private_key> subject_key();

/// The library's profile of the scenario's name with the scenario's overrides. Pure.
resilience::profile adapter_profile(const scenario::adapter_spec&);

class subject {
 public:
  /// ledger_path: ":memory:", or a file that lies on disk as in production.
  static result<std::unique_ptr<subject>> make(runtime::runtime&, const scenario::adapter_spec&, const rig&,
                                               std::vector<patient>, recorder&,
                                               const std::string& ledger_path);

  runtime::task<result<>> start();
  /// One operation, from its intended start to its answer, into the recorder.
  runtime::task<> perform(scenario::operation_kind, load::arrival);
  runtime::task<bool> drain(instant deadline);
  /// Calls in flight get the grace to end by themselves.
  runtime::task<> stop(duration grace);
  /// Ledger and audit log into the recorder, for the invariants.
  runtime::task<result<>> collect();

 private:
  subject(runtime::runtime&, std::vector<patient>, recorder&);

  runtime::task<verdict::operation_sample> read_context(const patient&, verdict::operation_sample);
  runtime::task<verdict::operation_sample> read_labs(const patient&, verdict::operation_sample);
  runtime::task<verdict::operation_sample> write(const patient&, verdict::operation_sample);
  std::string next_operation_id();
  void shown(const std::string& operation, const patient&, const json::value& resource);
  void shown(const std::string& operation, const patient&, const epic::section&);
  void failed(verdict::operation_sample&, const error&);
  epic::write_request write_for(const patient&, std::string operation) const;

  runtime::runtime& runtime_;
  std::vector<patient> patients_;
  bool queue_writes_ = false;
  recorder& recorder_;
  runtime::random_stream choice_;
  runtime::random_stream ids_;
  std::unique_ptr<store::ledger> ledger_;
  std::unique_ptr<audit::log> audit_;
  std::unique_ptr<epic::adapter> adapter_;
};

}  // namespace epicenter::engine
