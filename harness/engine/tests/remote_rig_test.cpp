#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>
#include <optional>

#include "harness/engine/error.hpp"
#include "harness/engine/rig.hpp"
#include "harness/proxy/proxy.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::engine {
namespace {

using ::testing::HasSubstr;

/// A mock, and a proxy before whatever it was started for, each with its API.
struct RemoteRig : ::testing::Test {
  RemoteRig() {
    mock_at = *mock.listen({"127.0.0.1", 8080, {}});
    api_at = *api.listen({"127.0.0.1", 8474, {}});
  }

  runtime::task<> make(rig_options o) {
    auto made = co_await make_remote_rig(rt, std::move(o));
    if (made) {
      co_await (*made)->stop();
      usable = true;
    } else {
      refused = std::move(made.error());
    }
    co_await api.stop();
    co_await proxy.stop();
    co_await mock.stop();
  }

  void make_before(runtime::endpoint upstream) {
    ASSERT_TRUE(proxy.add({"epic", {"127.0.0.1", 9443, {}}, std::move(upstream)}));
    rig_options o;
    o.client_id = "me";
    o.client_jwks = json::value(json::object{{"keys", json::array{}}});
    o.proxy_api = "http://" + api_at.to_string();
    o.mock_admin = "http://" + mock_at.to_string() + std::string(mock::admin_path);
    o.allow_hosts = {"127.0.0.1", "localhost"};
    spawn(rt, "make", make(std::move(o)));
    ASSERT_EQ(rt.run(), runtime::run_end::finished);
  }

  runtime::virtual_runtime rt{runtime::virtual_options{}};
  mock::mock_epic mock{rt, {}};
  proxy::fault_proxy proxy{rt, {}};
  proxy::control_api api{rt, proxy};
  runtime::endpoint mock_at, api_at;
  bool usable = false;
  std::optional<error> refused;
};

TEST_F(RemoteRig, TakesTheProxyThatStandsBeforeTheMock) {
  make_before(mock_at);
  EXPECT_TRUE(usable) << (refused ? refused->message() : "");
}

TEST_F(RemoteRig, RefusesAProxyThatLeadsOutOfTheBlastRadius) {
  make_before({"fhir.hospital.example", 443, {}});
  ASSERT_TRUE(refused);
  EXPECT_EQ(exit_code_of(*refused), 6);
  EXPECT_THAT(refused->message(), HasSubstr("fhir.hospital.example"));
}

}  // namespace
}  // namespace epicenter::engine
