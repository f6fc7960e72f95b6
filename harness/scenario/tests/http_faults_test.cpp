// Faults of the HTTP layer as people write them, and what proxy faults can be held to.
#include <epicenter/json/write.hpp>

#include "harness/scenario/plan.hpp"
#include "harness/scenario/tests/support.hpp"

namespace epicenter::scenario {
namespace {

using testing::all_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::messages;
using testing::small;
using testing::with;

std::string with_fault(const std::string& fault) {
  return with(small, "{type: outage}", fault);
}

fault read(const std::string& written) {
  const load_result whole = load_text("t.yaml", with_fault(written));
  EXPECT_TRUE(whole) << written << all_text(whole.error());
  return whole ? whole->experiments.at(0).faults.at(0) : fault{};
}

struct form {
  const char* written;
  const char* params;
};

class http_faults : public ::testing::TestWithParam<form> {};

TEST_P(http_faults, load_with_their_documented_parameters) {
  EXPECT_EQ(json::write(read(GetParam().written).params), GetParam().params) << GetParam().written;
}

INSTANTIATE_TEST_SUITE_P(
    forms, http_faults,
    ::testing::Values(
        form{
            "{type: rate_limit, limit: 10/s}",
            R"({"limit":{"events":10,"period":1000000000},"retry_after":"seconds","status":429,"body":"outcome"})"},
        form{
            "{type: rate_limit, limit: 600/m, burst: 5, retry_after: date, status: 503, body: html}",
            R"({"limit":{"events":600,"period":60000000000},"burst":5,"retry_after":"date","status":503,"body":"html"})"},
        form{"{type: slow_headers, delay: 500ms..2s}",
             R"({"delay":{"kind":"uniform","from":500000000,"to":2000000000}})"},
        form{"{type: slow_headers, delay: {median: 1s, p99: 3s}, rate: 20B/s}",
             R"({"delay":{"kind":"lognormal","median":1000000000,"p99":3000000000},"rate":20})"},
        form{"{type: slow_body, rate: 1kB/s}", R"({"rate":1000})"},
        form{"{type: slow_body, rate: 64kB/s, delay: 3s}",
             R"({"rate":64000,"delay":{"kind":"uniform","from":3000000000,"to":3000000000}})"},
        form{"{type: truncate}", R"({"keep":"50%","by":"fin"})"},
        form{"{type: truncate, keep: 99.5%, by: reset}", R"({"keep":"99.5%","by":"reset"})"},
        form{"{type: truncate, bytes: 1kB}", R"({"bytes":1000,"keep":"50%","by":"fin"})"},
        form{"{type: corrupt}", R"({"bytes":1})"},
        form{"{type: corrupt, offset: 1kB, bytes: 4}", R"({"offset":1000,"bytes":4})"},
        form{"{type: malformed_json}", R"({"where":"end"})"},
        form{"{type: malformed_json, where: middle}", R"({"where":"middle"})"},
        form{"{type: malformed_json, offset: 12B}", R"({"where":"end","offset":12})"},
        form{"{type: wrong_type}", R"({"as":"html","content_type":"honest"})"},
        form{"{type: wrong_type, as: xml, content_type: kept}", R"({"as":"xml","content_type":"kept"})"},
        form{"{type: duplicate_response}", "{}"}, form{"{type: stale_response}", R"({"same":"target"})"},
        form{"{type: stale_response, age: 10m}", R"({"age":600000000000,"same":"target"})"},
        form{"{type: stale_response, same: path}", R"({"same":"path"})"},
        form{"{type: redirect, to: /login}", R"({"to":"/login","status":302})"},
        form{"{type: redirect, to: 'https://b.example/FHIR', status: 307}",
             R"({"to":"https://b.example/FHIR","status":307})"},
        form{"{type: header, field: ETag}", R"({"field":"ETag","direction":"response"})"},
        form{"{type: header, field: X-A, value: 'b c', direction: request}",
             R"({"field":"X-A","value":"b c","direction":"request"})"}));

TEST(http_fault_values, that_would_break_a_message_are_refused) {
  EXPECT_THAT(messages(with_fault("{type: header, field: 'A B'}")), ElementsAre(HasSubstr("field: letters")));
  EXPECT_THAT(messages(with_fault("{type: header, field: Content-Length, value: '3'}")),
              ElementsAre(HasSubstr("11:9 ")));
  EXPECT_THAT(messages(with_fault("{type: redirect, to: login}")),
              ElementsAre(HasSubstr("an absolute URL or a path from / is wanted")));
  EXPECT_THAT(messages(with_fault("{type: redirect, to: /a, status: 304}")),
              ElementsAre(HasSubstr("301, 302, 303, 307 or 308")));
  EXPECT_THAT(messages(with_fault("{type: redirect, status: 304}")),
              ElementsAre(HasSubstr("the key 'to' is missing")))
      << "what is missing is told once";
  EXPECT_THAT(messages(with_fault("{type: truncate, keep: 100%}")), ElementsAre(HasSubstr("keep")));
  EXPECT_THAT(messages(with_fault("{type: slow_body, rate: 50%}")), ElementsAre(HasSubstr("64kB/s")))
      << "of slow_body it is bytes a second";
}

TEST(proxy_faults, ramp_and_are_held_to_bodies_and_numbers) {
  const fault one = read(
      "{type: error, ramp_in: 5s, ramp_out: 10s, lasting: 15s, max_active: 3, "
      "match: {body: 'subject.reference: Patient/*'}}");
  EXPECT_EQ(one.ramp_in, 5s);
  EXPECT_EQ(one.ramp_out, 10s);
  EXPECT_EQ(one.max_active, 3);
  EXPECT_EQ(one.match.body, "subject.reference: Patient/*");
  EXPECT_FALSE(one.match.any());
  EXPECT_FALSE(read("{type: outage}").max_active);
  EXPECT_THAT(messages(with_fault("{type: error, max_active: 0}")), ElementsAre(HasSubstr("from 1")));
}

TEST(proxy_faults, are_planned_with_their_ramps) {
  const load_result whole = load_text(
      "t.yaml", with_fault("{type: corrupt, ramp_in: 5s, ramp_out: 10s, max_active: 3, match: {body: a}}"));
  ASSERT_TRUE(whole) << all_text(whole.error());
  EXPECT_THAT(print_plan(*whole, make_plan(*whole)),
              HasSubstr("corrupt (bytes 1), matching calls only, ramping in over 5s, ramping out over 10s, "
                        "at most 3 at once"));
}

TEST(proxy_faults, do_not_ramp_longer_than_they_last) {
  EXPECT_THAT(messages(with_fault("{type: error, ramp_in: 5s, ramp_out: 6s, lasting: 10s}")),
              ElementsAre(HasSubstr("the ramps take 11s, but the fault lasts 10s")));
  EXPECT_THAT(messages(with_fault("{type: error, at: 10s, ramp_in: 21s}")),
              ElementsAre(HasSubstr("the ramps take 21s, but the fault lasts 20s")))
      << "to the end of during";
  EXPECT_THAT(messages(with_fault("{type: error, at: 10s, ramp_out: 20s}")), IsEmpty());
}

}  // namespace
}  // namespace epicenter::scenario
