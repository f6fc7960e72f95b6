// One hospital, one integration, and a bad day between them: what the specifications of the failure catalogue
// run in. Mock Epic, fault proxy and adapter in one virtual world; every sentence of a specification is one
// call.
#pragma once

#include <epicenter/epic/adapter.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <functional>
#include <optional>

#include "harness/faults/injector.hpp"
#include "harness/proxy/proxy.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::catalogue {

class bad_day;

struct day_options {
  mock::profile profile = mock::profile::orders;
  std::string_view resilience = "interactive";
  std::function<void(epic::adapter_options&)> adapter;
  std::function<void(mock::options&)> epic;
  std::function<void(bad_day&)> before_start;  ///< Epic is up, the adapter has not been started
  bool tls = false;  ///< between us and Epic's front: the proxy ends it, by an authority that we trust
};

/// What an operation came to, and how long its caller waited.
template <class T>
struct answer {
  result<T> got;
  duration took{};
  bool ok() const { return got.has_value(); }
  decltype(auto) operator*() const { return *got; }
  auto operator->() const { return &*got; }
  std::error_code code() const { return got ? std::error_code{} : got.error().code(); }
};

using faults::selection;
/// Calls of that method (empty: any) to paths that the glob matches; `first`: only so many of them.
selection on(std::string_view method, std::string_view path, std::optional<std::uint64_t> first = {});
mock::lever_match at(std::string_view method, std::string_view path, std::optional<std::uint64_t> first = {});
/// The n-th of them, from 1.
selection nth_of(std::string_view method, std::string_view path, std::uint64_t n);
inline constexpr std::string_view all_of_fhir = "/**/FHIR/**";
inline constexpr std::string_view tokens = "/**/token";

class bad_day {
 public:
  explicit bad_day(day_options = {});
  /// Heals and stops everything. A day that leaves a task, a connection or a patient's data behind fails its
  /// specification.
  ~bad_day();
  bad_day(const bad_day&) = delete;
  bad_day& operator=(const bad_day&) = delete;

  /// From now on, on the wire. Returns its id. `parameters` is JSON.
  std::string fault(std::string_view type, std::string_view parameters = "{}", selection = {});
  /// From now on, in Epic.
  std::string lever(std::string_view type, std::string_view parameters = "{}", mock::lever_match = {});
  /// From now on Epic answers searches in pages of so many.
  void pages_of(std::size_t);
  /// A stub of WireMock's form that wins over Epic's own answers.
  void stub(const std::string& json);
  /// How often it hit so far.
  std::uint64_t hits(const std::string& id);
  void end(const std::string& id);
  /// The same while somebody waits for an answer. To be spawned.
  runtime::task<> end_after(std::string id, duration);
  /// Everything is well again.
  void heal();
  /// The day goes on.
  void pass(duration);

  epic::adapter& adapter() { return *adapter_; }
  const std::string& patient(std::size_t number = 0) const { return patients_.at(number).patient; }
  /// The integration's client id.
  static std::string client();
  const std::string& encounter(std::size_t number = 0) const { return patients_.at(number).encounter; }

  answer<epic::patient_context> context(std::size_t patient = 0);
  answer<epic::labs> labs(std::size_t patient = 0);
  /// The operation's id, to be looked for afterwards, is `last_operation()`.
  answer<epic::write_outcome> order(std::size_t patient = 0);
  answer<epic::write_outcome> note(std::size_t patient = 0);
  const std::string& last_operation() const { return last_operation_; }
  epic::read_request reading(std::size_t patient = 0);
  epic::write_request writing(std::size_t patient = 0);

  /// Runs until it is answered.
  template <class T>
  answer<T> await(runtime::task<result<T>> asked) {
    std::optional<result<T>> kept;
    const instant began = rt_.now();
    instant ended = began;
    runtime::spawn(rt_, "question", keep(rt_, std::move(asked), kept, ended));
    until([&kept] { return kept.has_value(); });
    return answer<T>{std::move(*kept), ended - began};
  }
  /// Several at once; answers in the order of the questions.
  template <class T>
  std::vector<answer<T>> await_all(std::vector<runtime::task<result<T>>> asked) {
    std::vector<std::optional<result<T>>> kept(asked.size());
    std::vector<instant> ended(asked.size());
    const instant began = rt_.now();
    for (std::size_t i = 0; i != asked.size(); ++i)
      runtime::spawn(rt_, "question", keep(rt_, std::move(asked[i]), kept[i], ended[i]));
    until([&kept] {
      for (const auto& one : kept)
        if (!one) return false;
      return true;
    });
    std::vector<answer<T>> all;
    for (std::size_t i = 0; i != kept.size(); ++i) all.push_back({std::move(*kept[i]), ended[i] - began});
    return all;
  }

  // The truth, from the other side.
  /// Requests that reached Epic: of that method (empty: any), with that in their path.
  std::size_t requests(std::string_view method, std::string_view part_of_path) const;
  /// How often a write of that operation is in Epic's store.
  std::size_t filed(std::string_view type, const std::string& operation) const;
  store::ledger_row ledger_row(const std::string& operation);
  /// Where Epic's account of writes and ours differ, a line each: empty when every write is accounted for.
  std::vector<std::string> unaccounted();

  template <class Event>
  std::vector<Event> told() const {
    std::vector<Event> found;
    for (const auto& one : events_)
      if (const auto* what = std::get_if<Event>(&one.what)) found.push_back(*what);
    return found;
  }
  resilience::breaker_state circuit(resilience::endpoint_class) const;

  // Around the adapter, for its parts.
  /// The mock itself, without the proxy.
  http::url direct(std::string target) const;
  http::client& wire() { return wire_; }
  template <class T>
  static runtime::task<result<T>> as_result(runtime::task<T> asked) {
    auto got = co_await std::move(asked);
    co_return result<T>(std::move(got));
  }

  mock::mock_epic& epic() { return epic_; }
  proxy::fault_proxy& proxy() { return proxy_; }
  runtime::virtual_runtime& rt() { return rt_; }

 private:
  template <class T>
  static runtime::task<> keep(runtime::virtual_runtime& rt, runtime::task<result<T>> asked,
                              std::optional<result<T>>& into, instant& ended) {
    auto got = co_await std::move(asked);
    ended = rt.now();
    into.emplace(std::move(got));
  }
  std::shared_ptr<const proxy::tls_ends> ended_by_us(http::tls_context_ptr& trusting);
  runtime::task<result<unsigned>> post_stub(std::string body);
  runtime::task<result<http::response>> fetch_once(http::url, http::request, instant deadline);
  void until(const std::function<bool()>&);
  runtime::task<result<>> stop();
  void examine();

  runtime::virtual_runtime rt_;
  mock::mock_epic epic_;
  proxy::fault_proxy proxy_;
  runtime::endpoint epic_at_;
  http::client wire_;
  std::unique_ptr<store::ledger> ledger_;
  std::unique_ptr<audit::log> audit_;
  std::unique_ptr<epic::adapter> adapter_;
  std::vector<mock::mock_epic::patient_ref> patients_;
  std::vector<epic::event> events_;
  std::vector<std::string> faults_;
  std::vector<std::string> levers_;
  std::vector<std::string> operations_;  ///< ids of all writes that were asked for
  std::string last_operation_;
  std::uint64_t next_ = 0;
};

}  // namespace epicenter::catalogue
