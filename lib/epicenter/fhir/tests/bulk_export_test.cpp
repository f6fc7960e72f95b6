#include <epicenter/fhir/bulk_export.hpp>
#include <epicenter/fhir/ndjson_reader.hpp>

#include "lib/epicenter/fhir/tests/scripted_server.hpp"

namespace epicenter::fhir::test {
namespace {

using testing::ElementsAre;

TEST(fhir_ndjson, gives_each_line_however_the_bytes_are_cut) {
  const std::string text = "{\"a\":1}\n\r\n  \n{\"b\":\"\\n\"}\r\n{\"c\":3}";
  for (std::size_t cut = 1; cut <= text.size(); ++cut) {
    for (const std::uint64_t skip :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{9}}) {
      ndjson_reader reader(20, skip);
      std::string got;
      const auto take = [&] {
        if (reader.has_value()) got += json::write(reader.take_value());
      };
      for (std::string_view rest = text; !rest.empty(); take())
        rest.remove_prefix(*reader.feed(rest.substr(0, cut)));
      EXPECT_TRUE(reader.finish().has_value());
      take();
      const std::vector<std::string> lines{"{\"a\":1}", "{\"b\":\"\\n\"}", "{\"c\":3}"};
      std::string wanted;
      for (std::size_t i = skip; i < lines.size(); ++i) wanted += lines[i];
      EXPECT_EQ(got, wanted) << cut << ' ' << skip;
      EXPECT_EQ(reader.lines(), 3u);
    }
  }
}

TEST(fhir_ndjson, is_bounded_and_names_the_line_that_is_broken) {
  ndjson_reader reader(10);
  EXPECT_EQ(*reader.feed("{\"a\":1}\n{\"b\":2}"), 8u);
  (void)reader.take_value();
  EXPECT_EQ(reader.feed("{\"name\":\"LOPEZ").error().detail(), "line 2");
  EXPECT_EQ(reader.feed("x").error(), make_error_code(json::errc::too_large)) << "for good";
  ndjson_reader broken(99);
  EXPECT_EQ(broken.feed("{\"name\":LOPEZ}\n").error().message(),
            "this is not valid JSON: line 1 of the file");
}

struct keeping final : export_sink {
  task<result<>> take(const export_file& file, json::value resource) override {
    if (refuse_at != 0 && ids.size() + 1 == refuse_at) co_return fail(errc::too_large, "enough");
    ids.push_back(file.type.substr(0, 1) + std::string(id_of(resource)));
    co_return result<>();
  }
  std::vector<std::string> ids;
  std::size_t refuse_at = 0;
};

std::string lines_of(std::string_view type, int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += resource_text(type, std::to_string(i)) + '\n';
  return text;
}

constexpr const char* manifest =
    R"({"transactionTime":"2026-01-05T00:00:00Z","requiresAccessToken":true,"output":[
  {"type":"Patient","url":"http://epic.test/fhir/file/1","count":3},
  {"type":"Condition","url":"/fhir/file/2"}],"error":[]})";

// A server with one job, which is ready after so many polls.
struct export_server {
  int polls_left = 2;
  std::vector<std::pair<std::string, std::string>> patience{{"Retry-After", "30"}};
  std::string manifest_text = manifest;
  std::map<std::string, std::string> files{{"/fhir/file/1", lines_of("Patient", 0, 3)},
                                           {"/fhir/file/2", lines_of("Condition", 0, 2)}};
  unsigned busy_status = 202;

  http::response answer(const http::request& r) {
    if (r.method == "DELETE") return answer_of(202, "");
    if (r.path().ends_with("$export")) {
      auto made = answer_of(202, "");
      made.fields.add("Content-Location", "http://epic.test/fhir/job/7");
      return made;
    }
    if (r.target == "/fhir/job/7") {
      if (polls_left-- <= 0) return answer_of(200, manifest_text, "application/json");
      auto made = answer_of(busy_status, "");
      for (const auto& [name, value] : patience) made.fields.add(name, value);
      return made;
    }
    const auto found = files.find(r.target);
    return found == files.end() ? answer_of(404, "<html></html>", "text/html")
                                : answer_of(200, found->second, "application/fhir+ndjson");
  }
};

struct export_run {
  result<> got = fail(errc::no_answer);
  export_progress progress;
  keeping sink;
  std::vector<std::string> targets;
  std::vector<instant> at;
};

// Runs until the deadline, as often as is said, over one progress.
export_run run_on(export_server server, duration time = 1h, int runs = 1,
                  std::function<task<bool>(http::exchange&)> instead = nullptr, std::size_t refuse_at = 0,
                  export_options options = {}) {
  scripted_server world([&server](const http::request& r) { return server.answer(r); },
                        compression::large_answers);
  world.before_answer = std::move(instead);
  export_run made;
  made.sink.refuse_at = refuse_at;
  world.run([&](scripted_server& here) -> task<> {
    bulk_export job(here.rt, here.epic, options);
    for (int i = 0; i != runs && !made.got; ++i) {
      http::parameters parameters{{"_type", "Patient,Condition"}};
      const std::string level = "Group/g1";
      made.got = co_await job.run(made.progress, level, std::move(parameters), made.sink, here.in(time));
      made.sink.refuse_at = 0;
      if (!made.got) expect_clean(made.got.error());
    }
    EXPECT_EQ(here.web.connections() > 1, false) << "one after the other";
  });
  for (const auto& one : world.seen) made.targets.push_back(one.method + ' ' + one.target);
  made.at = world.seen_at;
  return made;
}

TEST(fhir_export, is_started_waited_for_read_and_deleted) {
  const auto ran = run_on({});
  ASSERT_TRUE(ran.got.has_value()) << ran.got.error().message();
  EXPECT_THAT(ran.sink.ids, ElementsAre("P0", "P1", "P2", "C0", "C1"));
  EXPECT_THAT(ran.targets, ElementsAre("GET /fhir/Group/g1/$export?_type=Patient%2CCondition",
                                       "GET /fhir/job/7", "GET /fhir/job/7", "GET /fhir/job/7",
                                       "GET /fhir/file/1", "GET /fhir/file/2", "DELETE /fhir/job/7"));
  EXPECT_EQ((ran.at[3] - ran.at[2]) / 1s, 30) << "as Retry-After says";
  EXPECT_TRUE(ran.progress.removed);
  EXPECT_EQ(ran.progress.manifest->complete(), completeness::full);
}

TEST(fhir_export, waits_as_it_is_asked_to) {
  const auto gap_of = [](std::vector<std::pair<std::string, std::string>> patience, unsigned status = 202) {
    export_server server;
    server.patience = std::move(patience);
    server.busy_status = status;
    const auto ran = run_on(server);
    EXPECT_TRUE(ran.got.has_value());
    return (ran.at.at(2) - ran.at.at(1)) / 1s;
  };
  EXPECT_EQ(gap_of({{"Retry-After", "120"}}), 120);
  EXPECT_EQ(
      gap_of({{"Retry-After", "Mon, 05 Jan 2026 00:01:30 GMT"}, {"Date", "Mon, 05 Jan 2026 00:01:00 GMT"}}),
      30);
  EXPECT_EQ(gap_of({{"Retry-After", "120"}}, 429), 120);
  EXPECT_EQ(gap_of({{"Retry-After", "7"}}, 503), 7);
  EXPECT_EQ(gap_of({{"Retry-After", "soon"}}), 10) << "our own interval";
  EXPECT_EQ(gap_of({{"Retry-After", "0"}}), 1) << "never at once";
  EXPECT_EQ(gap_of({}), 10);
}

TEST(fhir_export, that_is_not_ready_by_the_deadline_goes_on_with_the_next_run) {
  export_server server;
  server.patience = {{"Retry-After", "7200"}};
  const auto once = run_on(server);
  EXPECT_EQ(once.got.error(), make_error_code(errc::in_progress));
  EXPECT_EQ(once.at.size(), 2u) << "not asked again before its time, and not waited for in vain";
  EXPECT_EQ(once.progress.status_url, "http://epic.test/fhir/job/7");
  server.patience = {{"Retry-After", "1800"}};
  server.polls_left = 4;
  const auto later = run_on(server, 1h, 4);
  EXPECT_TRUE(later.got.has_value());
  EXPECT_EQ(std::count_if(later.targets.begin(), later.targets.end(),
                          [](const std::string& t) { return t.find("$export") != std::string::npos; }),
            1)
      << "started once";
}

// Cuts the first `times` downloads of the first file after its second line.
std::function<task<bool>(http::exchange&)> cutting(int times) {
  return [times](http::exchange& x) mutable -> task<bool> {
    if (x.incoming().target != "/fhir/file/1" || times-- <= 0) co_return false;
    std::string bytes =
        "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + lines_of("Patient", 0, 2) + "{\"res";
    (void)co_await x.respond_raw(std::move(bytes));
    co_return true;
  };
}

TEST(fhir_export, reads_on_where_a_download_broke_off) {
  const auto ran = run_on({}, 1h, 1, cutting(2));
  ASSERT_TRUE(ran.got.has_value());
  EXPECT_THAT(ran.sink.ids, ElementsAre("P0", "P1", "P2", "C0", "C1")) << "each once";
  EXPECT_EQ(std::count(ran.targets.begin(), ran.targets.end(), "GET /fhir/file/1"), 3);
  const auto never = run_on({}, 1h, 1, cutting(100));
  EXPECT_EQ(never.got.error(), make_error_code(errc::no_answer));
  EXPECT_EQ(std::count(never.targets.begin(), never.targets.end(), "GET /fhir/file/1"), 4);
  EXPECT_EQ(never.progress.lines, 2u);
  EXPECT_FALSE(never.progress.removed) << "to be gone on with";
}

TEST(fhir_export, goes_on_after_a_failure_of_who_takes_it_with_the_line_that_was_not_taken) {
  const auto ran = run_on({}, 1h, 2, nullptr, 2);
  ASSERT_TRUE(ran.got.has_value());
  EXPECT_THAT(ran.sink.ids, ElementsAre("P0", "P1", "P2", "C0", "C1"));
  EXPECT_EQ(std::count(ran.targets.begin(), ran.targets.end(), "GET /fhir/file/1"), 2);
}

TEST(fhir_export, refuses_files_that_are_not_what_the_manifest_says) {
  const auto why = [](const std::string& text, export_options options = {}) {
    export_server server;
    server.files["/fhir/file/1"] = text;
    const auto ran = run_on(server, 1h, 1, nullptr, 0, options);
    EXPECT_EQ(std::count(ran.targets.begin(), ran.targets.end(), "GET /fhir/file/1"), 1)
        << "no use in repeating";
    return ran.got ? std::error_code() : ran.got.error().code();
  };
  EXPECT_EQ(why(lines_of("Patient", 0, 3)), std::error_code());
  EXPECT_EQ(why(lines_of("Patient", 0, 2)), make_error_code(errc::not_fhir)) << "fewer than counted";
  EXPECT_EQ(why(lines_of("Patient", 0, 2) + lines_of("Group", 2, 3)), make_error_code(errc::not_fhir));
  EXPECT_EQ(why(lines_of("Patient", 0, 2) + "{\"resou"), make_error_code(errc::not_fhir));
  EXPECT_EQ(why("<html></html>"), make_error_code(errc::not_fhir));
  export_options small;
  small.max_line_bytes = 30;
  EXPECT_EQ(why(lines_of("Patient", 0, 3), small), make_error_code(errc::too_large));
}

TEST(fhir_export, sends_its_token_to_no_other_server) {
  export_server elsewhere;
  elsewhere.manifest_text = R"({"output":[{"type":"Patient","url":"http://evil.test/file/1"}]})";
  const auto ran = run_on(elsewhere);
  EXPECT_EQ(ran.got.error(), make_error_code(errc::invalid_input));
  EXPECT_EQ(ran.targets.back(), "GET /fhir/job/7");
}

TEST(fhir_export, says_so_where_the_server_could_not_export_all) {
  export_server server;
  server.manifest_text = R"({"output":[],"error":[{"type":"OperationOutcome","url":"/fhir/file/9"}]})";
  const auto ran = run_on(server);
  EXPECT_TRUE(ran.got.has_value());
  EXPECT_EQ(ran.progress.manifest->complete(), completeness::partial);
}

TEST(fhir_export, fails_where_it_is_refused) {
  scripted_server world([](const http::request& r) {
    if (r.target.find("Group/none") != std::string::npos)
      return answer_of(404, outcome_of("fatal", "not-found", ""));
    if (r.target.find("Group/html") != std::string::npos) return answer_of(404, "<html>", "text/html");
    return answer_of(202, "");
  });
  world.run([](scripted_server& here) -> task<> {
    bulk_export job(here.rt, here.epic);
    const auto none = co_await job.start("Group/none", {}, here.in(1h));
    EXPECT_EQ(none.error(), make_error_code(errc::not_found));
    const auto html = co_await job.start("Group/html", {}, here.in(1h));
    EXPECT_EQ(html.error(), make_error_code(errc::not_fhir));
    const auto nowhere = co_await job.start("", {}, here.in(1h));
    EXPECT_EQ(nowhere.error(), make_error_code(errc::not_fhir));
    const auto bad = co_await job.start("Group/../x", {}, here.in(1h));
    EXPECT_EQ(bad.error(), make_error_code(errc::invalid_input));
  });
  EXPECT_EQ(world.seen.size(), 3u);
}

TEST(fhir_export, is_cancelled_cleanly_while_it_waits_and_while_it_reads) {
  for (const duration after : {duration(15s), duration(65s)}) {
    export_server server;
    server.files["/fhir/file/1"] = std::string();
    scripted_server world([&server](const http::request& r) { return server.answer(r); });
    bool hung = false;
    world.before_answer = [&world, &hung](http::exchange& x) -> task<bool> {
      if (x.incoming().target != "/fhir/file/1") co_return false;
      http::response head = answer_of(200, lines_of("Patient", 0, 2), "application/fhir+ndjson");
      (void)co_await x.start_chunked(std::move(head));
      hung = true;
      (void)co_await runtime::sleep_for(world.rt, 1min);
      co_return true;
    };
    world.run([&](scripted_server& here) -> task<> {
      bulk_export job(here.rt, here.epic);
      export_progress progress;
      keeping sink;
      auto work = job.run(progress, "Group/g1", {}, sink, here.in(1h));
      const auto ended = co_await runtime::with_timeout(here.rt, here.in(after), std::move(work));
      EXPECT_EQ(ended.error(), make_error_code(runtime::errc::timed_out));
      EXPECT_EQ(hung, after > 60s);
      EXPECT_EQ(sink.ids.size(), after > 60s ? 2u : 0u);
      EXPECT_EQ(progress.lines, sink.ids.size());
      EXPECT_EQ(here.web.connections(), hung ? 0U : 1U) << "what was being read is closed";
      const auto gone = co_await job.remove(progress.status_url, here.in(1h));
      EXPECT_TRUE(gone.has_value());
    });
    EXPECT_EQ(world.seen.back().method, "DELETE");
  }
}

}  // namespace
}  // namespace epicenter::fhir::test
