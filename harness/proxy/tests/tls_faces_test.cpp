#include "harness/proxy/tls_faces.hpp"

#include <gtest/gtest.h>

#include <epicenter/http/tls_session.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>
#include <set>

namespace epicenter::proxy {
namespace {

using http::certificate_flaw;
using http::tls_session;

const wall_time day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

std::shared_ptr<const http::private_ca> new_authority() {
  return std::make_shared<http::private_ca>(http::private_ca::make(day).value());
}

std::unique_ptr<tls_faces> faces(tls_faces_options options = {}) {
  return tls_faces::make(new_authority(), std::move(options), day).value();
}

http::tls_context_ptr trusting(const std::string& ca_pem, const http::certificate& own = {}) {
  return http::make_tls_client({"", ca_pem, own.pem, own.key_pem}).value();
}

/// A handshake of two sessions in memory, until neither has anything to say: why the client (or else the
/// server) refuses, or nothing.
std::string refusal(http::tls_context_ptr client, http::tls_context_ptr server, const std::string& host,
                    wall_time now = day) {
  tls_session asks(std::move(client), tls_session::side::client, host, now);
  tls_session answers(std::move(server), tls_session::side::server, "", now);
  for (int turn = 0; turn < 8; ++turn) {
    tls_session& speaks = turn % 2 == 0 ? asks : answers;
    tls_session& listens = turn % 2 == 0 ? answers : asks;
    (void)speaks.handshake();
    std::string records;
    speaks.take_records(records);
    listens.put_records(records);
  }
  if (!asks.reason().empty()) return asks.reason();
  if (!answers.reason().empty()) return answers.reason();
  const bool through = asks.handshake() == tls_session::status::done;
  return through && answers.handshake() == tls_session::status::done ? "" : "the handshake does not end";
}

struct shown {
  certificate_flaw flaw;
  std::string reason;
};

TEST(tls_faces, show_each_flaw_for_the_name_that_was_asked_for) {
  const auto all = faces();
  const auto client = trusting(all->ca_pem());
  for (const shown& one : {shown{certificate_flaw::expired, "certificate has expired"},
                           shown{certificate_flaw::wrong_host, "hostname mismatch"},
                           shown{certificate_flaw::self_signed, "self-signed certificate"},
                           shown{certificate_flaw::untrusted, "unable to get local issuer"}}) {
    const std::string why =
        refusal(client, all->face("fhir.example.org", one.flaw, day).value(), "fhir.example.org");
    EXPECT_NE(why.find(one.reason), std::string::npos) << one.reason << ": " << why;
  }
  const auto sound = all->face("fhir.example.org", certificate_flaw::none, day).value();
  EXPECT_EQ(refusal(client, sound, "fhir.example.org"), "");
  EXPECT_EQ(refusal(client, sound, "localhost"), "");
  EXPECT_NE(refusal(client, sound, "other.example.org"), "");
  EXPECT_NE(refusal(trusting(http::private_ca::make(day)->pem()), sound, "fhir.example.org"), "");
}

TEST(tls_faces, serve_addresses_and_what_is_no_name) {
  const auto all = faces();
  const auto client = trusting(all->ca_pem());
  EXPECT_EQ(refusal(client, all->face("10.1.2.3", certificate_flaw::none, day).value(), "10.1.2.3"), "");
  for (const std::string& odd :
       {std::string(), std::string("a,DNS:b"), std::string("a\0b", 3), std::string(300, 'a')}) {
    const auto made = all->face(odd, certificate_flaw::none, day);
    ASSERT_TRUE(made) << odd;
    EXPECT_EQ(refusal(client, *made, "127.0.0.1"), "");
    EXPECT_NE(refusal(client, *made, "b"), "");
  }
}

TEST(tls_faces, are_kept_within_their_bound_and_the_one_unused_for_longest_goes) {
  tls_faces_options few;
  few.most_kept = 3;
  const auto all = faces(few);
  const auto a = all->face("a.example", certificate_flaw::none, day).value();
  const auto expired = all->face("a.example", certificate_flaw::expired, day).value();
  EXPECT_NE(a, expired);
  (void)all->face("b.example", certificate_flaw::none, day);
  EXPECT_EQ(all->face("a.example", certificate_flaw::none, day).value(), a);
  (void)all->face("c.example", certificate_flaw::none, day);
  EXPECT_EQ(all->kept(), 3U);
  EXPECT_EQ(all->face("a.example", certificate_flaw::none, day).value(), a);
  EXPECT_NE(all->face("a.example", certificate_flaw::expired, day).value(), expired);
}

TEST(tls_faces, outlive_their_certificates) {
  const auto all = faces();
  const auto client = trusting(all->ca_pem());
  const auto first = all->face("a.example", certificate_flaw::none, day).value();
  EXPECT_EQ(all->face("a.example", certificate_flaw::none, day + 14 * 24h).value(), first);
  for (const wall_time later : {day + 16 * 24h, day + 40 * 24h, day + 365 * 24h}) {
    const auto renewed = all->face("a.example", certificate_flaw::none, later).value();
    EXPECT_NE(renewed, first);
    EXPECT_EQ(refusal(client, renewed, "a.example", later), "");
    EXPECT_NE(
        refusal(client, all->face("a.example", certificate_flaw::expired, later).value(), "a.example", later),
        "");
  }
  EXPECT_EQ(all->kept(), 2U);
}

TEST(tls_faces, show_the_operators_certificate_until_something_is_to_be_wrong) {
  const auto operators = http::private_ca::make(day).value();
  tls_faces_options options;
  options.own = operators.issue({"fhir.example.org"}, day).value();
  const auto all = faces(options);
  const auto client = trusting(operators.pem());
  EXPECT_EQ(
      refusal(client, all->face("fhir.example.org", certificate_flaw::none, day).value(), "fhir.example.org"),
      "");
  const auto both = trusting(operators.pem() + all->ca_pem());
  const auto expired = all->face("fhir.example.org", certificate_flaw::expired, day).value();
  EXPECT_NE(refusal(both, expired, "fhir.example.org").find("certificate has expired"), std::string::npos);
  options.own.key_pem = operators.issue({"x"}, day)->key_pem;
  EXPECT_FALSE(tls_faces::make(new_authority(), options, day));
}

TEST(tls_faces, ask_clients_who_they_are_where_they_are_told_to) {
  const auto clients = http::private_ca::make(day).value();
  tls_faces_options options;
  options.client_ca_pem = clients.pem();
  const auto all = faces(options);
  const auto face = all->face("a.example", certificate_flaw::none, day).value();
  EXPECT_EQ(refusal(trusting(all->ca_pem(), clients.issue_client("adapter", day).value()), face, "a.example"),
            "");
  EXPECT_NE(refusal(trusting(all->ca_pem()), face, "a.example").find("certificate"), std::string::npos);
  options.client_ca_pem = "no pem";
  EXPECT_FALSE(tls_faces::make(new_authority(), options, day));
}

runtime::task<> ask_from_a_thread(runtime::runtime& rt, tls_faces& all, int from,
                                  std::set<std::string>& troubles) {
  const auto work = [&all, from] {
    std::string wrong;
    for (int i = 0; i < 60; ++i) {
      const std::string host = "host" + std::to_string((i + from) % 12) + ".example";
      const auto made = all.face(host, certificate_flaw::none, day);
      if (!made)
        wrong = made.error().message();
      else if (i % 10 == 0)
        wrong += refusal(trusting(all.ca_pem()), *made, host);
    }
    return wrong;
  };
  auto running = runtime::blocking(rt, work);
  const std::string wrong = co_await std::move(running);
  if (!wrong.empty()) troubles.insert(wrong);
}

TEST(tls_faces, are_asked_from_several_threads_at_once) {
  tls_faces_options few;
  few.most_kept = 8;
  const auto all = faces(few);
  std::set<std::string> troubles;
  runtime::real_runtime rt;
  for (int i = 0; i < 4; ++i) runtime::spawn(rt, "asks", ask_from_a_thread(rt, *all, i, troubles));
  rt.run();
  EXPECT_TRUE(troubles.empty()) << *troubles.begin();
  EXPECT_EQ(all->kept(), 8U);
}

TEST(certificate_flaws, stand_for_the_modes_of_the_fault) {
  EXPECT_EQ(certificate_flaw_of(faults::tls_flaw::expired), certificate_flaw::expired);
  EXPECT_EQ(certificate_flaw_of(faults::tls_flaw::wrong_host), certificate_flaw::wrong_host);
  EXPECT_EQ(certificate_flaw_of(faults::tls_flaw::self_signed), certificate_flaw::self_signed);
  EXPECT_EQ(certificate_flaw_of(faults::tls_flaw::untrusted), certificate_flaw::untrusted);
  EXPECT_EQ(certificate_flaw_of(faults::tls_flaw::handshake_abort), std::nullopt);
}

}  // namespace
}  // namespace epicenter::proxy
