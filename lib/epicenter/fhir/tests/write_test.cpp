#include "lib/epicenter/fhir/tests/scripted_server.hpp"

namespace epicenter::fhir::test {
namespace {

json::value parsed(std::string_view text) {
  return json::parse(text).value();
}

json::value observation(std::string_view value = "72") {
  return parsed(R"({"resourceType":"Observation","id":"o1","status":"final","valueQuantity":{"value":)" +
                std::string(value) + R"(,"unit":"bpm"}})");
}

struct seen_write {
  write_answer got;
  std::vector<http::request> seen;
};

// One create, answered so.
seen_write create_under(const std::function<http::response()>& answer, create_options how = {},
                        std::optional<capabilities> can = {}) {
  scripted_server world([&answer](const http::request&) { return answer(); });
  seen_write made;
  world.run([&](scripted_server& here) -> task<> {
    write_client writes(here.epic, can);
    json::value content = observation();
    create_options options = how;
    made.got = co_await writes.create(std::move(content), std::move(options), here.in(9s));
    if (made.got.why) expect_clean(*made.got.why);
  });
  made.seen = std::move(world.seen);
  EXPECT_EQ(made.got.why.has_value(), made.got.end != write_end::done && made.got.end != write_end::existed);
  return made;
}

write_answer create_under(http::response answer) {
  return create_under([&answer] { return answer; }).got;
}

TEST(fhir_create, is_done_where_a_resource_of_its_type_is_named) {
  const auto epic_way = create_under(located(201, "Observation/o9"));
  EXPECT_EQ(epic_way.end, write_end::done);
  EXPECT_EQ(epic_way.where->to_string(), "Observation/o9");
  EXPECT_TRUE(epic_way.content.is_null() && epic_way.version.empty());
  const auto absolute = create_under(located(201, "https://epic.test/fhir/Observation/o9/_history/3"));
  EXPECT_EQ(absolute.where->id + absolute.version, "o93");
  const auto by_body = create_under(answer_of(201, resource_text("Observation", "o9")));
  EXPECT_EQ(by_body.where->id, "o9");
  EXPECT_EQ(id_of(by_body.content), "o9");
  EXPECT_EQ(create_under(located(201, "Observation/o9", "{\"resou")).end, write_end::done);
  EXPECT_EQ(create_under(located(200, "Observation/o9", "<html></html>")).end, write_end::done);
}

TEST(fhir_create, of_unknown_outcome_is_never_called_anything_else) {
  const std::string html = "<html>504 LOPEZ</html>";
  for (const auto& answer :
       {answer_of(201, ""), located(201, "Patient/p1"), located(201, "urn:uuid:1"), answer_of(200, ""),
        answer_of(200, html, "text/html"), answer_of(200, outcome_of("fatal", "exception", "59177")),
        answer_of(204, ""), answer_of(302, ""), answer_of(408, html, "text/html"), answer_of(500, ""),
        answer_of(500, outcome_of("fatal", "exception", "59177")), answer_of(502, html), answer_of(503, html),
        answer_of(504, html, "text/html")}) {
    const auto got = create_under(answer);
    EXPECT_EQ(got.end, write_end::unknown) << answer.status << answer.body;
    EXPECT_EQ(*got.why, make_error_code(errc::outcome_unknown));
    EXPECT_FALSE(got.where.has_value());
  }
}

TEST(fhir_create, that_is_refused_was_refused_for_a_reason) {
  struct one {
    http::response answer;
    write_end end;
    errc why;
  };
  for (const one& o : std::vector<one>{
           {answer_of(400, outcome_of("fatal", "business-rule", "59159")), write_end::refused,
            errc::rejected},
           {answer_of(422, outcome_of("fatal", "value", "59012")), write_end::refused, errc::rejected},
           {answer_of(400, outcome_of("fatal", "duplicate", "59141")), write_end::duplicate, errc::duplicate},
           {answer_of(400, outcome_of("fatal", "processing", "59189")), write_end::duplicate,
            errc::duplicate},
           {answer_of(403, ""), write_end::refused, errc::forbidden},
           {answer_of(404, "<html></html>", "text/html"), write_end::refused, errc::not_fhir},
           {answer_of(405, ""), write_end::refused, errc::unsupported},
           {answer_of(401, "\"\""), write_end::not_processed, errc::unauthorized},
           {answer_of(429, ""), write_end::not_processed, errc::throttled},
           {answer_of(409, ""), write_end::conflict, errc::conflict},
           {answer_of(412, ""), write_end::conflict, errc::conflict}}) {
    const auto got = create_under(o.answer);
    EXPECT_EQ(got.end, o.end) << o.answer.status;
    EXPECT_EQ(*got.why, make_error_code(o.why)) << o.answer.status;
    EXPECT_EQ(got.status, o.answer.status);
  }
}

// What the server does in place of an answer.
write_answer create_with(std::function<task<bool>(http::exchange&)> instead) {
  scripted_server world([](const http::request&) { return answer_of(500, ""); });
  world.before_answer = std::move(instead);
  write_answer got;
  world.run([&got](scripted_server& here) -> task<> {
    write_client writes(here.epic);
    json::value content = observation();
    create_options options;
    got = co_await writes.create(std::move(content), std::move(options), here.in(9s));
  });
  EXPECT_EQ(world.seen.size(), 1u) << "never twice";
  return got;
}

TEST(fhir_create, whose_answer_is_lost_is_unknown_unless_its_head_named_the_resource) {
  const auto reset = create_with([](http::exchange& x) -> task<bool> {
    x.reset();
    co_return true;
  });
  EXPECT_EQ(reset.end, write_end::unknown);
  const auto cut = create_with([](http::exchange& x) -> task<bool> {
    std::string bytes = "HTTP/1.1 201 Created\r\nLocation: Observation/o9\r\nContent-Length: 99\r\n\r\n{";
    (void)co_await x.respond_raw(std::move(bytes));
    co_return true;
  });
  EXPECT_EQ(cut.end, write_end::done);
  EXPECT_EQ(cut.where->id, "o9");
  const auto nameless = create_with([](http::exchange& x) -> task<bool> {
    std::string bytes = "HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{";
    (void)co_await x.respond_raw(std::move(bytes));
    co_return true;
  });
  EXPECT_EQ(nameless.end, write_end::unknown);
}

TEST(fhir_create, that_never_left_is_not_processed) {
  scripted_server world([](const http::request&) { return answer_of(500, ""); });
  world.rt.set_unknown_hosts({"epic.test"});
  world.run([](scripted_server& here) -> task<> {
    write_client writes(here.epic);
    json::value content = observation();
    create_options options;
    const auto got = co_await writes.create(std::move(content), std::move(options), here.in(9s));
    EXPECT_EQ(got.end, write_end::not_processed);
    EXPECT_EQ(*got.why, make_error_code(errc::no_answer));
  });
  EXPECT_TRUE(world.seen.empty());
}

TEST(fhir_create, on_a_condition_is_for_servers_that_say_so) {
  create_options how;
  how.if_none_exist = "identifier=sys%7Cabc";
  const auto statement = [](const char* flag) {
    return parse_capabilities(parsed(
        std::string(
            R"({"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server",)") +
        R"("resource":[{"type":"Observation","conditionalCreate":)" + flag +
        R"(,"versioning":"no-version","interaction":[{"code":"create"}],"searchParam":[{"name":"code"}]}]}]})"));
  };
  const auto made = [] { return located(201, "Observation/o9"); };
  for (const auto& can : {std::optional<capabilities>(), statement("false")}) {
    const auto refused = create_under(made, how, can);
    EXPECT_EQ(refused.got.end, write_end::not_processed);
    EXPECT_EQ(*refused.got.why, make_error_code(errc::unsupported));
    EXPECT_TRUE(refused.seen.empty());
  }
  const auto can = statement("true");
  EXPECT_TRUE(can->can("Observation", "create") && !can->can("Observation", "update"));
  EXPECT_FALSE(can->find("Observation")->versioned);
  const auto done = create_under(made, how, can);
  EXPECT_EQ(done.got.end, write_end::done);
  EXPECT_EQ(done.seen[0].fields.get("If-None-Exist"), how.if_none_exist);
  const auto found = create_under([] { return located(200, "Observation/o1"); }, how, can);
  EXPECT_EQ(found.got.end, write_end::existed);
  EXPECT_EQ(found.got.where->id, "o1");
  EXPECT_EQ(create_under([] { return answer_of(412, ""); }, how, can).got.end, write_end::conflict);
}

// A server with one Observation. It may keep versions, check them, or store something else.
struct chart {
  json::value content = observation();
  int version = 1;
  bool versioned = true;
  bool rewrites = false;
  bool loses_answers = false;
  std::size_t puts = 0;

  http::response answer(const http::request& r) {
    if (r.method == "PUT") {
      ++puts;
      const auto expected = r.fields.get("If-Match");
      if (versioned && expected != "W/\"" + std::to_string(version) + '"') return answer_of(412, "");
      content = parsed(r.body);
      if (rewrites) content.if_object()->set("status", "amended");
      ++version;
      if (loses_answers) return answer_of(504, "");
      return answer_of(200, "");
    }
    auto made = answer_of(200, json::write(content));
    if (versioned) made.fields.add("ETag", "W/\"" + std::to_string(version) + '"');
    return made;
  }
};

update_answer change_on(chart& server, json::value before, json::value after) {
  scripted_server world([&server](const http::request& r) { return server.answer(r); });
  update_answer got;
  world.run([&](scripted_server& here) -> task<> {
    write_client writes(here.epic);
    got = co_await writes.change(before, after, here.in(9s));
  });
  return got;
}

TEST(fhir_update, replaces_what_it_was_made_from) {
  for (const bool versioned : {true, false}) {
    chart server;
    server.versioned = versioned;
    const auto got = change_on(server, observation("72"), observation("80"));
    EXPECT_EQ(got.write.end, write_end::done);
    EXPECT_EQ(got.write.where->to_string(), "Observation/o1");
    EXPECT_EQ(got.compared, !versioned);
    EXPECT_TRUE(got.changed.empty());
    EXPECT_EQ(got.write.version, versioned ? "2" : "");
    EXPECT_EQ(server.content.at_path("valueQuantity.value")->if_number()->text, "80");
  }
}

TEST(fhir_update, never_overwrites_what_somebody_else_changed) {
  for (const bool versioned : {true, false}) {
    chart server;
    server.versioned = versioned;
    server.content = observation("99");
    const auto got = change_on(server, observation("72"), observation("80"));
    EXPECT_EQ(got.write.end, write_end::conflict);
    EXPECT_EQ(got.changed, std::vector<std::string>{"valueQuantity"});
    EXPECT_EQ(server.puts, 0u);
  }
}

TEST(fhir_update, says_what_the_server_made_of_it) {
  chart server;
  server.rewrites = true;
  const auto got = change_on(server, observation("72"), observation("80"));
  EXPECT_EQ(got.write.end, write_end::done);
  EXPECT_EQ(got.changed, std::vector<std::string>{"status"});
}

TEST(fhir_update, of_unknown_outcome_is_settled_by_reading_back) {
  chart stored;
  stored.loses_answers = true;
  EXPECT_EQ(change_on(stored, observation("72"), observation("80")).write.end, write_end::done);
  chart rewritten;
  rewritten.loses_answers = rewritten.rewrites = true;
  EXPECT_EQ(change_on(rewritten, observation("72"), observation("80")).write.end, write_end::unknown);
}

TEST(fhir_update, over_another_version_is_a_conflict) {
  chart server;
  scripted_server world([&server](const http::request& r) { return server.answer(r); });
  world.run([](scripted_server& here) -> task<> {
    write_client writes(here.epic);
    json::value content = observation("80");
    const auto stale = co_await writes.update(content, "7", here.in(9s));
    EXPECT_EQ(stale.end, write_end::conflict);
    const auto blind = co_await writes.update(content, "", here.in(9s));
    EXPECT_EQ(blind.end, write_end::not_processed);
    const auto good = co_await writes.update(content, "1", here.in(9s));
    EXPECT_EQ(good.end, write_end::done);
  });
  EXPECT_EQ(server.puts, 2u);
}

}  // namespace
}  // namespace epicenter::fhir::test
