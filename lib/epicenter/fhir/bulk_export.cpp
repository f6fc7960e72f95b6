// The job: started, polled, deleted.
#include <algorithm>
#include <epicenter/fhir/bulk_export.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/resilience/retry_after.hpp>
#include <epicenter/runtime/task.hpp>

namespace epicenter::fhir {
namespace {

std::vector<export_file> files_at(const json::value& from, std::string_view name) {
  std::vector<export_file> made;
  const json::value* const found = from.find(name);
  const json::array* const list = found == nullptr ? nullptr : found->if_array();
  if (list == nullptr) return made;
  for (const json::value& one : *list) {
    export_file file{std::string(one.string_at("type")), std::string(one.string_at("url")), {}};
    if (const json::value* const count = one.find("count"))
      if (const auto number = count->to_int64()) file.count = *number;
    made.push_back(std::move(file));
  }
  return made;
}

error meaning_of(const http::response& answer) {
  const auto meant = interpret(answer);
  if (const auto* const bad = std::get_if<failure>(&meant)) return bad->to_error();
  return error(make_error_code(errc::not_fhir), "status " + std::to_string(answer.status));
}

bool asks_for_patience(const http::response& answer) {
  return answer.status == 202 || answer.status == 429 ||
         (answer.status == 503 && answer.fields.contains("Retry-After"));
}

}  // namespace

std::optional<export_manifest> parse_export_manifest(const json::value& from) {
  const json::value* const output = from.find("output");
  if (output == nullptr || output->if_array() == nullptr) return std::nullopt;
  export_manifest made;
  made.transaction_time = from.string_at("transactionTime");
  made.output = files_at(from, "output");
  made.errors = files_at(from, "error");
  return made;
}

instant bulk_export::within(instant deadline, duration time) const {
  return std::min(deadline, runtime_.now() + time);
}

runtime::task<result<std::string>> bulk_export::start(std::string level, http::parameters parameters,
                                                      instant deadline) {
  auto message = client_.build().start_export(level, parameters);
  if (!message) co_return fail(std::move(message.error()));
  const instant limit = within(deadline, options_.request_timeout);
  auto answer = co_await client_.through().send(std::move(*message), limit);
  if (!answer) co_return fail(no_answer(answer.error()));
  if (answer->status != 202) co_return fail(meaning_of(*answer));
  std::string where(answer->fields.get("Content-Location"));
  auto status = client_.build().next_page(where, client_.through().home());
  if (!status)
    co_return fail(error(make_error_code(errc::not_fhir), "202").caused_by(std::move(status.error())));
  co_return where;
}

struct bulk_export::poll_answer {
  std::optional<export_manifest> manifest;
  std::optional<error> why;  // it cannot go on
  duration delay{};
};

bulk_export::poll_answer bulk_export::read_poll(const http::exchange_result& got,
                                                std::uint32_t& failures) const {
  poll_answer made;
  made.delay = options_.poll_interval;
  if (!got) {
    const bool stopped = got.error().why == make_error_code(http::errc::cancelled);
    if (stopped || ++failures >= options_.poll_failures) made.why = no_answer(got.error());
    return made;
  }
  failures = 0;
  if (got->status == 200) {
    const auto parsed = json::parse(got->body, {got->body.size(), 64});
    if (parsed) made.manifest = parse_export_manifest(*parsed);
    if (!made.manifest) made.why = meaning_of(*got);
    return made;
  }
  if (!asks_for_patience(*got)) {
    made.why = meaning_of(*got);
    return made;
  }
  const auto asked =
      resilience::parse_retry_after(got->fields.get("Retry-After"), got->fields.get("Date"), runtime_.wall());
  if (asked) made.delay = std::max(*asked, options_.min_poll_interval);
  return made;
}

runtime::task<result<export_manifest>> bulk_export::wait(std::string status_url, instant deadline) {
  std::uint32_t failures = 0;
  for (;;) {
    auto message = client_.build().next_page(status_url, client_.through().home());
    if (!message) co_return fail(std::move(message.error()));
    message->fields.set("Accept", "application/json");
    const instant limit = within(deadline, options_.request_timeout);
    auto got = co_await client_.through().send(std::move(*message), limit);
    auto heard = read_poll(got, failures);
    if (heard.manifest) co_return std::move(*heard.manifest);
    if (heard.why) co_return fail(std::move(*heard.why));
    if (heard.delay >= deadline - runtime_.now()) co_return fail(errc::in_progress);
    auto slept = co_await runtime::sleep_for(runtime_, heard.delay);
    if (!slept) co_return fail(error(make_error_code(errc::no_answer)).caused_by(std::move(slept.error())));
  }
}

runtime::task<result<>> bulk_export::remove(std::string status_url, instant deadline) {
  auto message = client_.build().next_page(status_url, client_.through().home());
  if (!message) co_return fail(std::move(message.error()));
  message->method = "DELETE";
  const instant limit = within(deadline, options_.request_timeout);
  auto answer = co_await client_.through().send(std::move(*message), limit);
  if (!answer) co_return fail(no_answer(answer.error()));
  const bool gone = answer->status == 404 || answer->status == 410;
  if (gone || (answer->status >= 200 && answer->status < 300)) co_return result<>();
  co_return fail(meaning_of(*answer));
}

runtime::task<result<>> bulk_export::run(export_progress& at, std::string level, http::parameters parameters,
                                         export_sink& to, instant deadline) {
  if (at.removed) co_return result<>();
  if (at.status_url.empty()) {
    auto started = co_await start(std::move(level), std::move(parameters), deadline);
    if (!started) co_return fail(std::move(started.error()));
    at.status_url = std::move(*started);
  }
  if (!at.manifest) {
    auto ready = co_await wait(at.status_url, deadline);
    if (!ready) co_return fail(std::move(ready.error()));
    at.manifest = std::move(*ready);
  }
  while (at.file < at.manifest->output.size()) {
    export_file file = at.manifest->output[at.file];
    auto read = co_await download(std::move(file), at.lines, to, deadline);
    if (!read) co_return read;
    ++at.file;
    at.lines = 0;
  }
  auto gone = co_await remove(at.status_url, deadline);
  at.removed = gone.has_value();
  co_return gone;
}

}  // namespace epicenter::fhir
