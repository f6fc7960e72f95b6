#include <epicenter/epic/attempt_report.hpp>

#include <gtest/gtest.h>

#include <epicenter/http/egress_proxy.hpp>
#include <epicenter/http/tls_error.hpp>

namespace epicenter::epic {
namespace {

attempt_report report_of(const call& asked, http::exchange_result exchanged, const attempt_times& times) {
  attempt_report report;
  report_attempt(asked, std::move(exchanged), times, report);
  return report;
}

TEST(attempt_report, a_created_whose_body_broke_off_is_what_its_head_says) {
  call create;
  create.endpoint = resilience::endpoint_class::write;
  http::exchange_failure broken{error(make_error_code(http::errc::truncated)), false, {}};
  broken.any_byte_sent = true;
  broken.head.emplace();
  broken.head->status = 201;
  // Longer than what a string holds in itself, so that a moved-from or freed one would show.
  const std::string location(200, 'x');
  broken.head->fields.add("Location", location);
  const auto report = report_of(create, tl::unexpected(std::move(broken)), {});
  EXPECT_EQ(report.end.status, 201);
  EXPECT_TRUE(report.has_response());
  EXPECT_EQ(report.got.raw.fields.get("Location"), location);
  EXPECT_EQ(report.failure, "");
}

TEST(attempt_report, a_read_that_broke_off_is_a_failure) {
  call read;
  http::exchange_failure broken{error(make_error_code(http::errc::truncated)), false, {}};
  broken.head.emplace();
  broken.head->status = 200;
  const auto report = report_of(read, tl::unexpected(std::move(broken)), {});
  EXPECT_FALSE(report.has_response());
  EXPECT_EQ(report.failure, "truncated");
}

TEST(attempt_report, a_good_answer_beyond_the_bound_is_told_from_a_bad_one) {
  using resilience::transport_failure;
  const auto after = [](unsigned status) {
    http::exchange_failure huge{error(make_error_code(http::errc::too_large)), true, {}};
    if (status != 0) huge.head.emplace().status = status;
    const auto report = report_of(call{}, tl::unexpected(std::move(huge)), {});
    EXPECT_EQ(report.failure, "too_large");
    return report;
  };
  EXPECT_EQ(after(200).end.failure, transport_failure::too_large);
  EXPECT_EQ(after(500).end.failure, transport_failure::protocol) << "the server fails";
  EXPECT_EQ(after(0).end.failure, transport_failure::protocol) << "no head within its bound";
  const auto told = failure_of(after(200), {});
  EXPECT_EQ(told.cause, failure_cause::too_large);
  EXPECT_EQ(told.to_error(), make_error_code(errc::too_large));
  EXPECT_FALSE(stale_reason(told.cause)) << "Epic is well: what is old is not shown in its place";
}

resilience::transport_failure failure_after(http::tls_errc kind) {
  error why = error(make_error_code(http::errc::tls_failed)).caused_by(error(make_error_code(kind)));
  const auto report =
      report_of(call{}, tl::unexpected(http::exchange_failure{std::move(why), false, {}}), {});
  EXPECT_EQ(report.failure, "tls_failed");
  EXPECT_FALSE(report.end.bytes_written);
  return report.end.failure;
}

// A certificate does not get better by trying again; a handshake that broke may.
TEST(attempt_report, a_bad_certificate_is_not_a_passing_trouble) {
  EXPECT_EQ(failure_after(http::tls_errc::certificate_expired), resilience::transport_failure::certificate);
  EXPECT_EQ(failure_after(http::tls_errc::wrong_host), resilience::transport_failure::certificate);
  EXPECT_EQ(failure_after(http::tls_errc::not_tls), resilience::transport_failure::tls);
  EXPECT_EQ(failure_after(http::tls_errc::broken), resilience::transport_failure::tls);
}

TEST(attempt_report, a_proxy_that_says_no_is_told_from_one_that_cannot) {
  struct proxy_failure {
    http::proxy_errc kind;
    resilience::transport_failure meaning;
    std::string_view name;
  };
  constexpr auto shut_in = resilience::transport_failure::egress_refused;
  constexpr auto connect = resilience::transport_failure::connect;
  for (const auto& one : {proxy_failure{http::proxy_errc::credentials, shut_in, "egress_refused"},
                          proxy_failure{http::proxy_errc::refused, shut_in, "egress_refused"},
                          proxy_failure{http::proxy_errc::unreachable, connect, "connect_failed"},
                          proxy_failure{http::proxy_errc::server_unreachable, connect, "connect_failed"},
                          proxy_failure{http::proxy_errc::no_answer, connect, "connect_failed"}}) {
    error why =
        error(make_error_code(http::errc::connect_failed)).caused_by(error(make_error_code(one.kind)));
    const auto report =
        report_of(call{}, tl::unexpected(http::exchange_failure{std::move(why), false, {}}), {});
    EXPECT_EQ(report.end.failure, one.meaning) << one.name;
    EXPECT_EQ(report.failure, one.name);
  }
}

}  // namespace
}  // namespace epicenter::epic
