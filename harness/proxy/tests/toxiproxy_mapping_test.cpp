// Which fault carries out which toxic, and with what.
#include "harness/faults/catalog.hpp"
#include "harness/proxy/tests/toxiproxy_world.hpp"

namespace epicenter::proxy::testing {
namespace {

struct mapping {
  const char* toxic;
  const char* fault;
  const char* parameters;
};

class toxiproxy_mapping : public ::testing::TestWithParam<mapping> {};

TEST_P(toxiproxy_mapping, is_exact) {
  toxiproxy_world w;
  w.add_proxy();
  const auto r = w.call("POST", "/proxies/web/toxics", GetParam().toxic);
  ASSERT_EQ(r.status, 200U) << r.body;
  const auto& spec = w.fleet.fault(0);
  EXPECT_EQ(spec.type, GetParam().fault);
  EXPECT_EQ(json::write(spec.parameters), GetParam().parameters);
  const auto* type = faults::find(spec.type);
  ASSERT_NE(type, nullptr);
  const auto made = faults::make_fault(*type, spec.parameters);
  EXPECT_TRUE(made) << made.error().message();
  EXPECT_EQ(spec.route, "web");
  EXPECT_TRUE(spec.last);
  EXPECT_EQ(spec.lease, no_lease);
  EXPECT_EQ(spec.match.rate.ppm, 1'000'000);
}

INSTANTIATE_TEST_SUITE_P(
    toxics, toxiproxy_mapping,
    ::testing::Values(
        mapping{R"({"type":"latency","attributes":{"latency":100,"jitter":10}})", "chunk_latency",
                R"({"delay":100000000,"jitter":10000000,"direction":"response"})"},
        mapping{R"({"type":"latency","stream":"upstream","attributes":{"latency":-100}})", "chunk_latency",
                R"({"delay":0,"jitter":0,"direction":"request"})"},
        mapping{R"({"type":"latency","attributes":{"latency":9223372036854775807}})", "chunk_latency",
                R"({"delay":604800000000000,"jitter":0,"direction":"response"})"},
        mapping{R"({"type":"bandwidth","attributes":{"rate":64}})", "bandwidth",
                R"({"limit":64000,"direction":"response"})"},
        mapping{R"({"type":"bandwidth"})", "stall", R"({"direction":"response"})"},
        mapping{R"({"type":"bandwidth","stream":"upstream","attributes":{"rate":-1}})", "stall",
                R"({"direction":"request"})"},
        mapping{R"({"type":"slow_close","attributes":{"delay":1500}})", "slow_close",
                R"({"delay":1500000000,"direction":"response"})"},
        mapping{R"({"type":"timeout","attributes":{"timeout":300}})", "timeout",
                R"({"after":300000000,"direction":"response"})"},
        mapping{R"({"type":"timeout"})", "timeout", R"({"after":0,"direction":"response"})"},
        mapping{R"({"type":"reset_peer","attributes":{"timeout":20},"stream":"upstream"})", "reset_peer",
                R"({"after":20000000,"direction":"request"})"},
        mapping{R"({"type":"slicer","attributes":{"average_size":64,"size_variation":32,"delay":10}})",
                "slice", R"({"size":64,"variation":32,"gap":10000,"direction":"response"})"},
        mapping{
            R"({"type":"slicer","attributes":{"average_size":9000000000000000000,)"
            R"("size_variation":9000000000000000000,"delay":9000000000000000000}})",
            "slice",
            R"({"size":1000000000000,"variation":999999999999,"gap":604800000000000,"direction":"response"})"},
        mapping{R"({"type":"slicer","attributes":{"average_size":1,"size_variation":-3}})", "slice",
                R"({"size":1,"variation":0,"gap":0,"direction":"response"})"},
        mapping{R"({"type":"bandwidth","attributes":{"rate":9223372036854775807}})", "bandwidth",
                R"({"limit":1000000000000,"direction":"response"})"},
        mapping{R"({"type":"limit_data"})", "cut", R"({"bytes":0,"by":"fin","direction":"response"})"},
        mapping{R"({"type":"limit_data","attributes":{"bytes":1000}})", "cut",
                R"({"bytes":1000,"by":"fin","direction":"response"})"},
        mapping{R"({"type":"noop","stream":"upstream"})", "noop", "{}"}));

}  // namespace
}  // namespace epicenter::proxy::testing
