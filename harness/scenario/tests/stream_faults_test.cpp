// The faults on bytes as scenarios write them.
#include <epicenter/json/write.hpp>

#include "harness/scenario/tests/support.hpp"

namespace epicenter::scenario {
namespace {

using testing::all_text;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::messages;
using testing::small;
using ::testing::StartsWith;
using testing::with;

std::string with_fault(const std::string& fault) {
  return with(small, "{type: outage}", fault);
}

/// The canonical parameters, or what is wrong.
std::string parameters_of(const std::string& fault) {
  const load_result read = load_text("t.yaml", with_fault(fault));
  return read ? json::write(read->experiments.at(0).faults.at(0).params) : all_text(read.error());
}

struct written {
  const char* fault;
  const char* parameters;
};

class stream_fault_forms : public ::testing::TestWithParam<written> {};

TEST_P(stream_fault_forms, load_with_their_documented_parameters) {
  EXPECT_EQ(parameters_of(GetParam().fault), GetParam().parameters) << GetParam().fault;
}

INSTANTIATE_TEST_SUITE_P(
    types, stream_fault_forms,
    ::testing::Values(
        written{"{type: bandwidth, limit: 64kB/s}", R"({"limit":64000,"shared":false,"direction":"both"})"},
        written{"{type: bandwidth, limit: 1B/s, shared: true, direction: response, rate: 50%}",
                R"({"limit":1,"shared":true,"direction":"response"})"},
        written{"{type: stall}", R"({"direction":"both"})"},
        written{"{type: stall, direction: request, at: 1s, lasting: 5s}", R"({"direction":"request"})"},
        written{"{type: slice, size: 64B}", R"({"size":64,"variation":0,"gap":0,"direction":"both"})"},
        written{"{type: slice, size: 1kB, variation: 100B, gap: 20us, direction: response}",
                R"({"size":1000,"variation":100,"gap":20000,"direction":"response"})"},
        written{"{type: slow_close, delay: 2s}", R"({"delay":2000000000,"direction":"response"})"},
        written{"{type: half_open}", R"({"direction":"response","delay":0})"},
        written{"{type: half_open, direction: request, delay: 5s}",
                R"({"direction":"request","delay":5000000000})"},
        written{"{type: cut, bytes: 1kB}", R"({"bytes":1000,"direction":"response","by":"reset"})"},
        written{"{type: cut, bytes: 0, direction: both, by: fin}",
                R"({"bytes":0,"direction":"both","by":"fin"})"},
        written{"{type: chunk_latency, delay: 50ms, jitter: 10ms}",
                R"({"delay":50000000,"jitter":10000000,"direction":"response"})"},
        written{"{type: timeout, after: 300ms}", R"({"after":300000000,"direction":"response"})"},
        written{"{type: timeout, after: 0}", R"({"after":0,"direction":"response"})"},
        written{"{type: reset_peer, after: 1s, direction: request}",
                R"({"after":1000000000,"direction":"request"})"},
        written{"{type: noop}", R"({"direction":"both"})"}));

TEST(stream_faults, say_what_is_wrong_with_them) {
  EXPECT_THAT(messages(with_fault("{type: bandwidth}")),
              ElementsAre(HasSubstr("the key 'limit' is missing")));
  EXPECT_THAT(messages(with_fault("{type: bandwidth, limit: 0B/s}")),
              ElementsAre(HasSubstr("'0B/s' is not bytes a second")));
  EXPECT_THAT(messages(with_fault("{type: bandwidth, limit: 5000GB/s}")),
              ElementsAre(HasSubstr("is allowed")));
  EXPECT_THAT(messages(with_fault("{type: slice, size: 0}")), ElementsAre(HasSubstr("from 1 to")));
  EXPECT_THAT(messages(with_fault("{type: slice, size: 10B, variation: 10B}")),
              ElementsAre(AllOf(StartsWith("11:9 "), HasSubstr("variation: it is below size"))));
  EXPECT_THAT(messages(with_fault("{type: cut, bites: 1kB}")),
              ElementsAre(HasSubstr("the key 'bytes' is missing"), HasSubstr("did you mean 'bytes'?")));
  EXPECT_THAT(messages(with_fault("{type: half_open, direction: backwards}")),
              ElementsAre(HasSubstr("is not a direction")));
}

}  // namespace
}  // namespace epicenter::scenario
