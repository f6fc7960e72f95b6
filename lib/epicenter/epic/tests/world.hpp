// An adapter, its stores and a scripted site in one virtual world. Every test ends with the same questions.
#pragma once

#include <gmock/gmock.h>

#include <epicenter/epic/adapter.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "lib/epicenter/epic/tests/site.hpp"

namespace epicenter::epic::test {

using runtime::task;

inline constexpr const char* patient_id = "ePatientOne.3";

class world {
 public:
  explicit world(std::string_view profile = "interactive",
                 std::string ledger_path = ":memory:", store::ledger_options ledger_options = {});

  /// Runs the body, stops everything, and asks: is nothing held, has nothing leaked, do the events make
  /// sense?
  void run(std::function<task<>(world&)> body);

  void make_adapter();
  adapter& epic() { return *adapter_; }
  runtime::runtime& rt() { return rt_; }
  instant now() const { return rt_.now(); }

  write_request writing(std::string operation) const;
  read_request reading(std::string operation = "op-r") const;
  lab_order order(std::string operation = "op-w") const;
  note progress_note(std::string operation = "op-n") const;
  task<store::ledger_row> row(std::string operation);
  /// Somebody who has just looked at the write.
  task<review_decision> seen_by(std::string actor, std::string operation);
  /// "PLANNED SENDING WRITTEN"
  std::string path_of(std::string_view operation) const;
  resilience::breaker_state circuit(resilience::endpoint_class) const;

  template <class Event>
  std::vector<Event> told() const {
    std::vector<Event> found;
    for (const auto& one : events) {
      if (const auto* what = std::get_if<Event>(&one.what)) found.push_back(*what);
    }
    return found;
  }

 private:
  runtime::virtual_runtime rt_;

 public:
  site epic_site;
  std::unique_ptr<store::ledger> ledger;
  std::unique_ptr<audit::log> audit;
  adapter_options options;
  std::vector<event> events;
  std::vector<std::string> paths;   ///< "<operation> <state>", in order
  std::vector<std::string> alarms;  ///< "wrong_patient Condition", in order
  std::vector<std::string> texts;   ///< every text of every event and error

 private:
  void keep(const event&);
  void examine() const;
  std::unique_ptr<adapter> adapter_;
};

/// Remembers the text of an error, to be searched for what must not be in it.
template <class T>
void remember(world& w, const result<T>& got) {
  if (!got) w.texts.push_back(got.error().message());
}

}  // namespace epicenter::epic::test
