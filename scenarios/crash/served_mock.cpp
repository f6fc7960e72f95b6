#include "scenarios/crash/served_mock.hpp"

#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <future>
#include <thread>

#include "harness/proxy/proxy.hpp"

namespace epicenter::crash {
namespace {

mock::options hospital(const std::string& client_id, const smart::private_key& key) {
  mock::options o;
  o.profile = mock::profile::orders;
  o.patients = 5;
  mock::client_registration client;
  client.id = client_id;
  client.jwks = smart::jwks(std::span(&key, 1));
  o.clients.push_back(std::move(client));
  return o;
}

std::string url_of(const runtime::endpoint& at) {
  return "http://127.0.0.1:" + std::to_string(at.port);
}

runtime::task<> apply(proxy::fault_proxy& to, faults::fault_spec what, std::promise<bool>& applied) {
  const auto done = co_await to.injector().apply(std::move(what));
  applied.set_value(done.has_value());
}

runtime::task<> count(proxy::fault_proxy& of, std::promise<std::uint64_t>& counted) {
  const auto all = co_await of.injector().status();
  std::uint64_t sum = 0;
  if (all) {
    for (const auto& one : *all) sum += one.touched;
  }
  counted.set_value(sum);
}

}  // namespace

struct served_mock::impl {
  impl(const std::string& client_id, const smart::private_key& key)
      : epic(rt, hospital(client_id, key)), before(rt) {
    const runtime::endpoint any_port{"127.0.0.1", 0, {}};
    at = epic.listen(any_port).value();
    lossy_at = before.add(proxy::route{"epic", any_port, at}).value().listen;
    who = epic.patients().front();
    thread = std::thread([this] { rt.run(); });
  }
  ~impl() { end(); }
  void end() {
    if (!thread.joinable()) return;
    rt.post([this] { runtime::spawn(rt, "end", stop()); });
    thread.join();
  }
  runtime::task<> stop() {
    co_await before.stop();
    co_await epic.stop();
  }
  /// What a task gives that runs on the thread of the mock.
  template <class T, class Task>
  T ask(Task task_for) {
    std::promise<T> answer;
    rt.post([&] { runtime::spawn(rt, "ask", task_for(answer)); });
    return answer.get_future().get();
  }

  runtime::real_runtime rt;
  mock::mock_epic epic;
  proxy::fault_proxy before;
  runtime::endpoint at;
  runtime::endpoint lossy_at;
  mock::mock_epic::patient_ref who;
  std::thread thread;
};

served_mock::served_mock(const std::string& client_id, const smart::private_key& key)
    : impl_(std::make_unique<impl>(client_id, key)) {}
served_mock::~served_mock() = default;

std::string served_mock::url() const {
  return url_of(impl_->at);
}

std::string served_mock::lossy_url() const {
  return url_of(impl_->lossy_at);
}

void served_mock::fault(const std::string& type, const std::string& parameters, const std::string& method,
                        const std::string& path) {
  faults::fault_spec what;
  what.id = type;
  what.type = type;
  what.parameters = *json::parse(parameters).value().if_object();
  what.match.method = method;
  what.match.path = path;
  what.lease = 1h;
  const bool taken = impl_->ask<bool>(
      [&](std::promise<bool>& applied) { return apply(impl_->before, std::move(what), applied); });
  if (!taken) throw std::runtime_error("the proxy does not take the fault " + type);
}

std::uint64_t served_mock::hits() const {
  return impl_->ask<std::uint64_t>(
      [&](std::promise<std::uint64_t>& counted) { return count(impl_->before, counted); });
}

void served_mock::heal() {
  impl_->rt.post([this] { impl_->before.clear_faults(); });
}

mock::mock_epic::patient_ref served_mock::patient() {
  return impl_->who;
}

std::map<std::string, std::size_t> served_mock::filed() {
  impl_->end();
  std::map<std::string, std::size_t> all;
  for (const auto& c : impl_->epic.journal().commits())
    if (c.what == mock::change_kind::created) ++all[c.identifier];
  return all;
}

}  // namespace epicenter::crash
