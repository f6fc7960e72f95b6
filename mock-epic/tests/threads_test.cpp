// One mock, served by several runtimes on a thread each.
#include <gtest/gtest.h>

#include <epicenter/http/client.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/runtime/real/runtime_team.hpp>
#include <epicenter/runtime/task.hpp>
#include <set>

#include "mock-epic/mock.hpp"

namespace epicenter::mock {
namespace {

constexpr int rounds = 60;

// What a client of one thread heard: how many answers were as they should be.
struct tally {
  int right = 0;
  int wrong = 0;
};

runtime::task<> count(http::client& web, http::origin where, http::request what, unsigned status,
                      instant limit, tally& heard) {
  auto answer = co_await web.send(where, std::move(what), limit);
  if (answer && answer->status == status)
    ++heard.right;
  else
    ++heard.wrong;
}

http::request request_of(std::string method, std::string target, std::string body = {}) {
  http::request made;
  made.method = std::move(method);
  made.target = std::move(target);
  made.fields.add("Accept", "application/fhir+json");
  if (!body.empty()) made.fields.add("Content-Type", "application/json");
  made.body = std::move(body);
  return made;
}

// Reads, searches and admin requests at once; the admin ones change what the others look at.
runtime::task<> talk(runtime::runtime& rt, http::origin where, std::string patient, tally& heard) {
  http::client web(rt, http::client_options{});
  const std::string fhir(fhir_path);
  const std::string admin(admin_path);
  const std::string key = R"({"jwks":{"keys":[]}})";
  for (int i = 0; i != rounds; ++i) {
    std::vector<http::request> wanted;
    wanted.push_back(request_of("GET", fhir + "/Patient/" + patient));
    wanted.push_back(request_of("GET", fhir + "/Observation?category=laboratory&patient=" + patient));
    wanted.push_back(request_of("GET", fhir + "/metadata"));
    wanted.push_back(request_of("GET", admin + "/site/journal?limit=10"));
    wanted.push_back(request_of("GET", admin + "/epic"));
    const instant limit = rt.now() + 20s;
    std::vector<runtime::task<>> all;
    for (http::request& one : wanted) all.push_back(count(web, where, std::move(one), 200, limit, heard));
    http::request client = request_of("PUT", admin + "/site/clients/c" + std::to_string(i), key);
    all.push_back(count(web, where, std::move(client), 204, limit, heard));
    auto together = runtime::when_all(rt, std::move(all));
    co_await std::move(together);
  }
  co_await web.stop();
}

TEST(MockOnThreads, AnswersEachAsIfItWereAloneAndNumbersEveryRequestAndConnectionOnce) {
  constexpr std::size_t threads = 2;
  runtime::runtime_team team(threads);
  options wanted;
  wanted.open = true;
  wanted.patients = 20;
  mock_epic mock(team.at(0), wanted);
  const std::string patient = mock.patients().front().patient;
  auto listeners = team.listen({"127.0.0.1", 0, ""});
  ASSERT_TRUE(listeners);
  http::origin where;
  where.server = listeners->front()->local_endpoint();
  for (std::size_t i = 0; i != threads; ++i) mock.serve(team.at(i), std::move((*listeners)[i]));

  // The clients live on runtimes of their own, as other processes would.
  runtime::runtime_team clients(2);
  std::vector<tally> heard(2);
  for (std::size_t i = 0; i != 2; ++i)
    spawn(clients.at(i), "client", talk(clients.at(i), where, patient, heard[i]));
  const auto run_clients = [&clients] { clients.run(); };
  const auto end = [&team, &mock] {
    for (std::size_t i = 0; i != threads; ++i)
      team.at(i).post([&team, &mock, i] { spawn(team.at(i), "stop", mock.stop(team.at(i))); });
  };
  std::function<void()> work = run_clients;
  std::function<void()> done = end;
  team.at(0).run_blocking(std::move(work), std::move(done));
  team.run();

  for (const tally& one : heard) {
    EXPECT_EQ(one.right, rounds * 6);
    EXPECT_EQ(one.wrong, 0);
  }
  // Admin requests are not in the journal.
  const auto& entries = mock.journal().entries();
  EXPECT_EQ(entries.size(), std::size_t{2 * rounds * 3});
  std::uint64_t last = 0;
  for (const journal_entry& one : entries) {
    EXPECT_EQ(one.seq, ++last);
    EXPECT_EQ(one.status, 200u);
    EXPECT_TRUE(one.responded_at && *one.responded_at >= one.received_at);
  }
  // A connection belongs to one client: no number stands for one of each.
  std::set<std::uint64_t> connections;
  for (const journal_entry& one : entries) connections.insert(one.connection);
  EXPECT_GE(connections.size(), 2u);
}

}  // namespace
}  // namespace epicenter::mock
