#include "lib/epicenter/fhir/tests/scripted_server.hpp"

namespace epicenter::fhir::test {
namespace {

using testing::ElementsAre;

std::vector<std::string> ids_of(const std::vector<json::value>& all) {
  std::vector<std::string> ids;
  for (const auto& one : all) ids.emplace_back(id_of(one));
  return ids;
}

search_query conditions() {
  return {"Condition", {{"patient", "p1"}}, search_method::get};
}

// A search of the pages: the first answers the query, each other one the link sessionID=<its number>.
struct outcome {
  result<search_answer> got = fail(errc::no_answer);
  std::vector<http::request> seen;
};
outcome search_pages(const std::vector<std::string>& pages, search_bounds bounds = {},
                     search_query what = conditions()) {
  scripted_server world([&pages](const http::request& r) {
    const auto at = r.target.find("sessionID=");
    const std::size_t page = at == std::string::npos ? 0 : std::stoul(r.target.substr(at + 10));
    return page < pages.size() ? answer_of(200, pages[page]) : answer_of(404, "");
  });
  outcome made;
  world.run([&](scripted_server& here) -> task<> {
    client epic(here.through, {request_builder("/fhir"), bounds, {}});
    search_query asked = what;
    made.got = co_await epic.search(std::move(asked), here.in(10s));
    if (!made.got) expect_clean(made.got.error());
  });
  made.seen = std::move(world.seen);
  return made;
}

TEST(fhir_search, follows_every_form_of_next_link_verbatim_through_empty_pages) {
  const auto [got, seen] =
      search_pages({page_of({"a"}, "http://epic.test/fhir/Condition?sessionID=1&x=%7C"),
                    page_of({}, "/fhir/Condition?sessionID=2"), page_of({"b"}, "Condition?sessionID=3"),
                    page_of({"c"}, "", outcome_of("warning", "processing", "4101"))});
  ASSERT_TRUE(got.has_value());
  EXPECT_THAT(ids_of(got->matches), ElementsAre("a", "b", "c")) << "whatever the total says";
  EXPECT_EQ(got->summary.complete, completeness::full);
  EXPECT_EQ(got->summary.pages, 4u);
  EXPECT_TRUE(got->summary.outcome.has_epic_code("4101"));
  EXPECT_EQ(seen[1].target, "/fhir/Condition?sessionID=1&x=%7C");
  EXPECT_EQ(seen[3].target, "/fhir/Condition?sessionID=3");
}

TEST(fhir_search, sends_nothing_to_another_origin) {
  for (const char* link :
       {"http://evil.test/fhir/Condition?sessionID=1", "https://epic.test/fhir?sessionID=1",
        "http://epic.test:81/fhir/Condition?sessionID=1", "//evil.test/x?sessionID=1",
        "http://epic.test@evil.test/?sessionID=1", "Condition/../../admin", "javascript:x"}) {
    const auto [got, seen] = search_pages({page_of({"a"}, link), page_of({"b"}, "")});
    ASSERT_FALSE(got.has_value()) << link;
    EXPECT_EQ(got.error(), make_error_code(errc::invalid_input)) << link;
    EXPECT_EQ(seen.size(), 1u) << link;
  }
}

TEST(fhir_search, is_partial_and_ends_where_links_turn_in_a_circle) {
  const auto [got, seen] = search_pages({page_of({"a"}, "/fhir/Condition?sessionID=1"),
                                         page_of({"b"}, "/fhir/Condition?sessionID=2"),
                                         page_of({"c"}, "/fhir/Condition?sessionID=1")});
  ASSERT_TRUE(got.has_value());
  EXPECT_THAT(ids_of(got->matches), ElementsAre("a", "b", "c"));
  EXPECT_EQ(got->summary.missing, missing_set{missing::link_loop});
  EXPECT_EQ(got->summary.complete, completeness::partial);
  EXPECT_EQ(seen.size(), 3u);
}

TEST(fhir_search, is_partial_beyond_its_bounds) {
  const std::vector<std::string> pages{page_of({"a", "b"}, "/fhir/Condition?sessionID=1"),
                                       page_of({"c", "d"}, "/fhir/Condition?sessionID=2"),
                                       page_of({"e"}, "")};
  search_bounds two_pages;
  two_pages.max_pages = 2;
  EXPECT_EQ(search_pages(pages, two_pages).got->summary.missing, missing_set{missing::page_limit});
  search_bounds three;
  three.max_resources = 3;
  const auto cut = search_pages(pages, three);
  EXPECT_THAT(ids_of(cut.got->matches), ElementsAre("a", "b", "c"));
  EXPECT_EQ(cut.got->summary.missing, missing_set{missing::resource_limit});
  search_bounds bytes;
  bytes.max_bytes = 300;
  EXPECT_EQ(search_pages(pages, bytes).got->summary.missing, missing_set{missing::byte_limit});
  search_bounds enough;
  enough.max_pages = 3;
  enough.max_resources = 5;
  EXPECT_TRUE(search_pages(pages, enough).got->summary.missing.empty());
}

TEST(fhir_search, takes_rows_that_moved_between_pages_once) {
  const auto [got, seen] =
      search_pages({page_of({"a", "b"}, "/fhir/Condition?sessionID=1"), page_of({"b", "c"}, "")});
  EXPECT_THAT(ids_of(got->matches), ElementsAre("a", "b", "c"));
}

TEST(fhir_search, says_why_it_is_partial_on_any_page) {
  const auto [got, seen] =
      search_pages({page_of({}, "/fhir/Condition?sessionID=1", outcome_of("warning", "suppressed", "59204")),
                    page_of({}, "", outcome_of("warning", "processing", "4119"))});
  EXPECT_TRUE(got->matches.empty());
  EXPECT_EQ(got->summary.missing, (missing_set{missing::client_not_authorized, missing::more_may_exist}));
  EXPECT_EQ(got->summary.complete, completeness::partial) << "empty, and yet not «none»";
}

// The second page's session is expired for the first so many times.
outcome with_expiry(int times) {
  int left = times;
  scripted_server world([&left](const http::request& r) {
    if (r.target.find("sessionID=1") == std::string::npos)
      return answer_of(200, page_of({"a", "b"}, "/fhir/Condition?sessionID=1"));
    if (left-- > 0) return answer_of(400, outcome_of("fatal", "processing", "4113"));
    return answer_of(200, page_of({"b", "c"}, ""));
  });
  outcome made;
  world.run([&](scripted_server& here) -> task<> {
    search_query asked = conditions();
    made.got = co_await here.epic.search(std::move(asked), here.in(9s));
  });
  made.seen = std::move(world.seen);
  return made;
}

TEST(fhir_search, begins_again_once_when_its_pages_expire) {
  const auto [got, seen] = with_expiry(1);
  ASSERT_TRUE(got.has_value());
  EXPECT_THAT(ids_of(got->matches), ElementsAre("a", "b", "c"));
  EXPECT_EQ(got->summary.restarts, 1u);
  EXPECT_EQ(got->summary.complete, completeness::full);
  EXPECT_EQ(seen.size(), 4u);
  const auto twice = with_expiry(2);
  EXPECT_EQ(twice.got.error(), make_error_code(errc::session_expired));
  EXPECT_EQ(twice.seen.size(), 4u);
}

TEST(fhir_search, by_post_keeps_its_parameters_out_of_the_url) {
  search_query hidden = conditions();
  hidden.method = search_method::post;
  const auto [got, seen] =
      search_pages({page_of({"a"}, "/fhir/Condition?sessionID=1"), page_of({"b"}, "")}, {}, hidden);
  EXPECT_THAT(ids_of(got->matches), ElementsAre("a", "b"));
  EXPECT_EQ(seen[0].method + " " + seen[0].target, "POST /fhir/Condition/_search");
  EXPECT_EQ(seen[0].body, "patient=p1");
  EXPECT_EQ(seen[0].fields.get("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(seen[1].method, "GET");
}

TEST(fhir_search, fails_by_what_the_answer_is) {
  struct bad {
    http::response answer;
    errc why;
  };
  const std::string html = "<!DOCTYPE html><html><body>LOPEZ</body></html>";
  const std::string half = page_of({"a", "b"}, "");
  for (const bad& one :
       std::vector<bad>{{answer_of(200, html, "text/html"), errc::not_fhir},
                        {answer_of(200, html), errc::not_fhir},
                        {answer_of(200, ""), errc::not_fhir},
                        {answer_of(200, half.substr(0, half.size() - 5)), errc::not_fhir},
                        {answer_of(200, "{\"resourceType\":\"Bundle\",\"x\":\"LOPEZ\xff\"}"), errc::not_fhir},
                        {answer_of(200, "<Bundle xmlns=\"http://hl7.org/fhir\"/>", "application/fhir+xml"),
                         errc::not_fhir},
                        {answer_of(200, outcome_of("fatal", "transient", "59177")), errc::unavailable},
                        {answer_of(200, resource_text("Condition", "x")), errc::not_fhir},
                        {answer_of(404, html, "text/html"), errc::not_fhir},
                        {answer_of(403, ""), errc::forbidden},
                        {answer_of(403, outcome_of("fatal", "security", "4130")), errc::restricted},
                        {answer_of(400, outcome_of("fatal", "throttled", "4135")), errc::quota_exceeded},
                        {answer_of(503, html, "text/html"), errc::unavailable}}) {
    scripted_server world([&one](const http::request&) { return one.answer; });
    world.run([&one](scripted_server& here) -> task<> {
      search_query asked = conditions();
      const auto got = co_await here.epic.search(std::move(asked), here.in(9s));
      EXPECT_FALSE(got.has_value()) << one.answer.body;
      if (got) co_return;
      EXPECT_EQ(got.error(), make_error_code(one.why)) << got.error().message() << one.answer.body;
      expect_clean(got.error());
      EXPECT_LT(got.error().message().size(), 300u);
    });
  }
}

TEST(fhir_search, asks_for_gzip_and_reads_it_as_a_stream) {
  std::vector<std::string> ids;
  for (int i = 0; i != 5000; ++i) ids.push_back("id-" + std::to_string(i));
  const std::string page = page_of(ids, "");
  scripted_server world([&page](const http::request&) { return answer_of(200, page); },
                        compression::large_answers);
  world.run([&](scripted_server& here) -> task<> {
    search_query asked = conditions();
    const auto got = co_await here.epic.search(std::move(asked), here.in(9s));
    EXPECT_TRUE(got.has_value());
    EXPECT_EQ(got ? got->matches.size() : 0, 5000u);
    EXPECT_EQ(got ? got->summary.bytes : 0, page.size()) << "of text, not of gzip";
  });
  EXPECT_EQ(world.seen.at(0).fields.get("Accept-Encoding"), "gzip");
}

struct refusing final : entry_sink {
  task<result<>> take(bundle_entry) override {
    ++taken;
    if (taken == 3) co_return fail(errc::too_large, "enough");
    co_return result<>();
  }
  int taken = 0;
};

TEST(fhir_search, ends_when_who_takes_its_entries_has_enough) {
  scripted_server world([](const http::request&) {
    return answer_of(200, page_of({"a", "b", "c", "d"}, ""));
  });
  world.run([](scripted_server& here) -> task<> {
    refusing sink;
    search_query asked = conditions();
    const auto got = co_await here.epic.search(std::move(asked), here.in(9s), sink);
    EXPECT_EQ(got.error(), make_error_code(errc::too_large));
    EXPECT_EQ(got.error().detail(), "enough");
    EXPECT_EQ(sink.taken, 3);
  });
}

TEST(fhir_read, gives_the_resource_asked_for_with_its_version_and_no_other) {
  http::response right = answer_of(200, resource_text("Patient", "p1"));
  right.fields.add("ETag", "W/\"7\"");
  const auto read = [](const http::response& answer) {
    scripted_server world([&answer](const http::request&) { return answer; });
    result<read_answer> got = fail(errc::no_answer);
    world.run([&got](scripted_server& here) -> task<> {
      reference patient{"Patient", "p1", {}};
      got = co_await here.epic.read(std::move(patient), here.in(9s));
    });
    EXPECT_EQ(world.seen.at(0).target, "/fhir/Patient/p1");
    return got;
  };
  EXPECT_EQ(read(right)->version, "7");
  EXPECT_EQ(read(answer_of(200, resource_text("Patient", "p1")))->version, "");
  EXPECT_EQ(read(answer_of(200, R"({"resourceType":"Patient","id":"p1","meta":{"versionId":"4"}})"))->version,
            "4");
  EXPECT_EQ(read(answer_of(200, resource_text("Patient", "p2"))).error(), make_error_code(errc::not_fhir));
  EXPECT_EQ(read(answer_of(200, resource_text("Group", "p1"))).error(), make_error_code(errc::not_fhir));
  EXPECT_EQ(read(answer_of(410, "")).error(), make_error_code(errc::gone));
}

TEST(fhir_read, follows_a_merged_patient_once_and_only_at_home) {
  const auto read = [](const char* location) {
    scripted_server world([location](const http::request& r) {
      if (r.target == "/fhir/Patient/heir") return answer_of(200, resource_text("Patient", "heir"));
      return located(302, location, outcome_of("fatal", "processing", "4107"));
    });
    result<read_answer> got = fail(errc::no_answer);
    world.run([&got](scripted_server& here) -> task<> {
      reference patient{"Patient", "p1", {}};
      got = co_await here.epic.read(std::move(patient), here.in(9s));
    });
    EXPECT_LE(world.seen.size(), 2u);
    return got;
  };
  const auto followed = read("http://epic.test/fhir/Patient/heir");
  ASSERT_TRUE(followed.has_value());
  EXPECT_EQ(followed->merged_into->id, "heir");
  EXPECT_EQ(id_of(followed->content), "heir");
  EXPECT_TRUE(read("Patient/heir").has_value());
  for (const char* no : {"http://evil.test/fhir/Patient/heir", "", "/fhir/Group/heir", "/fhir/Patient/p1",
                         "/fhir/Patient/another"})
    EXPECT_EQ(read(no).error(), make_error_code(errc::merged)) << no;
}

}  // namespace
}  // namespace epicenter::fhir::test
