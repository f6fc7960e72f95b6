// A stub and a request, both hostile: up to the first line break JSON of a stub, then target, a header line
// and body. Whatever is taken must be shown so that it is taken again, and must be answered within the
// engine's bounds.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/stubs/stub_engine.hpp"

namespace {

std::string take_line(std::string& text) {
  const std::size_t end = text.find('\n');
  std::string line = text.substr(0, end);
  text = end == std::string::npos ? std::string() : text.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace stubs = epicenter::mock::stubs;
  std::string text(data, data + size);
  stubs::stub_engine engine(stubs::engine_options{});
  epicenter::mock::journal_options kept;
  kept.detail = true;
  epicenter::mock::journal journal(kept);
  const stubs::admin_world world{journal, {}, {}};
  epicenter::http::request call;
  call.method = "POST";
  call.body = take_line(text);
  const auto created = engine.admin(call, "/mappings", world);
  if (created.status == 201) {
    const auto shown = epicenter::json::parse(created.body);
    EPICENTER_CHECK(shown.has_value(), "a stored stub is JSON");
    call.method = "PUT";
    call.body = created.body;
    const auto again = engine.admin(call, "/mappings/" + std::string(shown->string_at("id")), world);
    EPICENTER_CHECK(again.status == 200, "what was shown is taken again");
  }
  epicenter::http::request r;
  r.target = "/" + take_line(text);
  r.method = r.target.size() % 2 == 0 ? "POST" : "GET";
  const std::string field = take_line(text);
  const std::size_t colon = std::min(field.find(':'), field.size());
  r.fields.add(field.substr(0, colon), field.substr(std::min(colon + 1, field.size())));
  r.body = std::move(text);
  const stubs::stub_request view(r, {});
  auto answer = engine.match(view);
  if (!answer) EPICENTER_CHECK(engine.no_match(view).status == 404, "what matches nothing has a page");
  const std::uint64_t seq = journal.received({});
  journal.describe_request(seq, r, {});
  if (answer) journal.describe_response(seq, answer->response);
  journal.matched(seq, answer ? answer->stub_id : "", answer.has_value());
  call.method = "POST";
  call.body = "{}";
  const auto counted = engine.admin(call, "/requests/count", world);
  EPICENTER_CHECK(counted.status == 200, "requests can be counted");
  call.method = "GET";
  call.body.clear();
  const auto listed = engine.admin(call, "/requests", world);
  EPICENTER_CHECK(epicenter::json::parse(listed.body).has_value(), "the journal can be read");
  return 0;
}
