// The mock's levers as faults: the two catalogs tell the same, and what a scenario selects reaches the lever,
// embedded and over HTTP.
#include <gtest/gtest.h>

#include <algorithm>
#include <epicenter/base/units.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/task.hpp>
#include <epicenter/runtime/virtual/virtual_runtime.hpp>

#include "harness/engine/mock_injector.hpp"
#include "harness/engine/remote_mock_injector.hpp"
#include "harness/faults/catalog.hpp"
#include "mock-epic/levers/lever_type.hpp"
#include "mock-epic/mock.hpp"

namespace epicenter::engine {
namespace {

faults::parameter_kind kind_of(mock::lever_value v) {
  switch (v) {
    case mock::lever_value::text:
      return faults::parameter_kind::text;
    case mock::lever_value::integer:
      return faults::parameter_kind::integer;
    case mock::lever_value::duration:
      return faults::parameter_kind::span_of_time;
    case mock::lever_value::share:
      return faults::parameter_kind::share;
    case mock::lever_value::choice:
      return faults::parameter_kind::choice;
  }
  return {};
}

TEST(levers, are_the_same_in_the_mock_and_in_the_catalog_of_faults) {
  std::size_t known = 0;
  for (const auto& fault : faults::all()) known += fault.carrier == faults::carrier::mock ? 1U : 0U;
  EXPECT_EQ(known, mock::lever_catalog().size());
  for (const auto& lever : mock::lever_catalog()) {
    const auto* fault = faults::find(lever.name);
    ASSERT_NE(fault, nullptr) << lever.name;
    EXPECT_EQ(fault->carrier, faults::carrier::mock) << lever.name;
    EXPECT_EQ(fault->instant, lever.kind == mock::lever_kind::instant) << lever.name;
    EXPECT_EQ(faults::name_of(fault->layer), lever.layer == mock::lever_layer::epic ? "epic" : "identity")
        << lever.name;
    const auto waits = fault->find("when_in_flight") != nullptr ? 1U : 0U;  // the engine's own
    EXPECT_EQ(fault->parameters.size(), lever.parameters.size() + waits) << lever.name;
    for (const auto& p : lever.parameters) {
      const auto* same = fault->find(p.name);
      ASSERT_NE(same, nullptr) << lever.name << '.' << p.name;
      EXPECT_EQ(same->kind, kind_of(p.kind)) << lever.name << '.' << p.name;
      EXPECT_EQ(same->required, p.required) << lever.name << '.' << p.name;
      EXPECT_EQ(same->default_text, p.default_text) << lever.name << '.' << p.name;
      EXPECT_EQ(same->minimum, p.minimum) << lever.name << '.' << p.name;
      const std::int64_t whole = 1'000'000;
      EXPECT_EQ(same->maximum, p.kind == mock::lever_value::share ? std::min(p.maximum, whole) : p.maximum)
          << lever.name << '.' << p.name;
      EXPECT_TRUE(std::ranges::equal(same->choices, p.choices)) << lever.name << '.' << p.name;
    }
  }
}

struct LeverInjection : ::testing::Test {
  LeverInjection() { at = *mock.listen({"127.0.0.1", 8080, {}}); }

  static mock::options open() {
    mock::options o;
    o.open = true;
    o.patients = 5;
    return o;
  }

  static faults::fault_spec every_second_read() {
    faults::fault_spec spec;
    spec.id = "pause";
    spec.type = "maintenance";
    spec.parameters.set("retry_after", std::int64_t{duration(2s).count()});
    spec.match.operation = "patient-context";
    spec.match.method = "GET";
    spec.match.path = "/**/Patient/*";
    spec.match.header = "X-Run: 1*";
    spec.match.every = 2;
    spec.match.after = 1;
    spec.match.first = 6;
    spec.lease = 1min;
    return spec;
  }

  runtime::task<unsigned> read(http::client& web, std::string run) {
    http::request r;
    r.target = std::string(mock::fhir_path) + "/Patient/" + mock.patients().front().patient;
    r.fields.set("X-Run", std::move(run));
    http::origin where;
    where.server = at;
    const instant deadline = rt.now() + 5s;
    auto got = co_await web.send(where, std::move(r), deadline);
    co_return got ? got->status : 0U;
  }

  runtime::task<> use(faults::injector& levers) {
    http::client web(rt, {});
    auto applied = co_await levers.apply(every_second_read());
    EXPECT_TRUE(applied) << (applied ? "" : applied.error().message());
    std::string hit;
    for (int i = 0; i < 8; ++i) {
      const unsigned other = co_await read(web, "2");
      EXPECT_EQ(other, 200U);
      const unsigned status = co_await read(web, "17");
      hit += status == 503 ? '1' : '0';
    }
    EXPECT_EQ(hit, "01010100");
    auto listed = co_await levers.status();
    EXPECT_TRUE(listed && listed->size() == 1);
    auto renewed = co_await levers.renew("pause", 1min);
    EXPECT_TRUE(renewed);
    auto last = co_await levers.remove("pause");
    EXPECT_TRUE(last);
    if (last) {
      EXPECT_EQ(last->touched, 8U);
      EXPECT_EQ(last->injected, 3U);
      EXPECT_EQ(last->skipped, 5U);
    }
    faults::fault_spec half = every_second_read();
    half.match = {};
    half.match.rate = share{500'000};
    applied = co_await levers.apply(std::move(half));
    EXPECT_TRUE(applied) << (applied ? "" : applied.error().message());
    for (int i = 0; i < 40; ++i) co_await read(web, "1");
    last = co_await levers.remove("pause");
    EXPECT_TRUE(last && last->injected > 8 && last->injected < 32 && last->touched == 40);
    faults::fault_spec wrong = every_second_read();
    wrong.parameters.set("retry_after", "soon");
    applied = co_await levers.apply(std::move(wrong));
    EXPECT_FALSE(applied);
    if (!applied) {
      EXPECT_NE(applied.error().message().find("retry_after: write a time"), std::string::npos)
          << applied.error().message();
    }
    co_await web.stop();
  }

  runtime::task<> embedded() {
    mock_injector levers(mock.levers());
    co_await use(levers);
    co_await mock.stop();
  }
  runtime::task<> over_http() {
    http::url admin;
    admin.where.server = at;
    admin.target = std::string(mock::admin_path);
    control_link link(rt, std::move(admin));
    remote_mock_injector levers(link);
    co_await use(levers);
    co_await link.stop();
    co_await mock.stop();
  }

  runtime::virtual_runtime rt{runtime::virtual_options{}};
  mock::mock_epic mock{rt, open()};
  runtime::endpoint at;
};

TEST_F(LeverInjection, TheSelectionReachesAnEmbeddedLever) {
  runtime::spawn(rt, "use", embedded());
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
}

TEST_F(LeverInjection, TheSelectionReachesALeverInAnotherProcess) {
  runtime::spawn(rt, "use", over_http());
  EXPECT_EQ(rt.run(), runtime::run_end::finished);
}

}  // namespace
}  // namespace epicenter::engine
