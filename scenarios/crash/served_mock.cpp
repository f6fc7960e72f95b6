#include "scenarios/crash/served_mock.hpp"

#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <thread>

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

}  // namespace

struct served_mock::impl {
  impl(const std::string& client_id, const smart::private_key& key) : epic(rt, hospital(client_id, key)) {
    at = epic.listen({"127.0.0.1", 0, {}}).value();
    who = epic.patients().front();
    thread = std::thread([this] { rt.run(); });
  }
  ~impl() { end(); }
  void end() {
    if (!thread.joinable()) return;
    rt.post([this] { runtime::spawn(rt, "end", epic.stop()); });
    thread.join();
  }

  runtime::real_runtime rt;
  mock::mock_epic epic;
  runtime::endpoint at;
  mock::mock_epic::patient_ref who;
  std::thread thread;
};

served_mock::served_mock(const std::string& client_id, const smart::private_key& key)
    : impl_(std::make_unique<impl>(client_id, key)) {}
served_mock::~served_mock() = default;

std::string served_mock::url() const {
  return "http://127.0.0.1:" + std::to_string(impl_->at.port);
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
