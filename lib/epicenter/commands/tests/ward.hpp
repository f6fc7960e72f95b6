// A clinician at a bedside, the adapter, and the mock Epic behind it, in one virtual world.
#pragma once

#include <epicenter/commands/adapter_executor.hpp>
#include <epicenter/commands/audited_utterances.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/commands/tests/dictation.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::commands::testing {

class ward {
 public:
  /// A site that takes orders, or Epic's public one, which does not. The log is of its runtime.
  using log_opener = std::function<std::unique_ptr<audit::log>(runtime::runtime&)>;
  explicit ward(mock::profile, const log_opener& = {});
  ~ward();

  /// Says the texts one after another, each having heard what was read back before; what was answered.
  std::vector<std::string> say(std::vector<std::string> texts);
  /// The last draft; of what was said last that was one.
  const draft& drafted() const { return *drafted_; }
  const session_context& where() const { return where_; }
  mock::mock_epic& epic() { return *mock_; }
  policy::service& flags() { return *flags_; }
  audit::log& audit_log() { return *audit_; }
  runtime::virtual_runtime& rt() { return rt_; }
  /// Whoever files instead of the adapter's executor, which it may ask in its turn.
  void put_between(executor& other) { files_ = &other; }
  executor& adapter_hands() { return *hands_; }
  /// "ServiceRequest <operation>": what the mock has filed, in its order.
  std::vector<std::string> creates() const;
  /// The bodies of the creates as they came over the wire.
  std::vector<json::value> sent() const;

 private:
  runtime::task<> talk(std::vector<std::string> texts, std::vector<std::string>& answers);
  runtime::task<> close();

  runtime::virtual_runtime rt_{runtime::virtual_options{}};
  std::unique_ptr<mock::mock_epic> mock_;
  std::unique_ptr<store::ledger> ledger_;
  std::unique_ptr<audit::log> audit_;
  std::unique_ptr<epic::adapter> adapter_;
  std::unique_ptr<policy::service> flags_;
  std::unique_ptr<adapter_executor> hands_;
  session_context where_;
  std::unique_ptr<commands::session> session_;
  std::unique_ptr<audited_utterances> log_;
  executor* files_ = nullptr;
  std::optional<draft> drafted_;
  std::string heard_;
};

}  // namespace epicenter::commands::testing
