// The files: read as streams, line by line.
#include <epicenter/fhir/bulk_export.hpp>
#include <epicenter/fhir/ndjson_reader.hpp>

namespace epicenter::fhir {
namespace {

// What is wrong with the file itself comes again with the next download.
error broken_file(error why) {
  const bool large = why == make_error_code(json::errc::too_large);
  return error(make_error_code(large ? errc::too_large : errc::not_fhir)).caused_by(std::move(why));
}

}  // namespace

struct bulk_export::file_sink final : http::body_sink {
  file_sink(const export_file& f, std::uint64_t& l, export_sink& t, std::size_t max_line_bytes)
      : file(f), lines(l), to(t), reader(max_line_bytes, l) {}

  bool begin(const http::response& head) override { return streams = head.status == 200; }

  runtime::task<result<>> take(std::string_view part) override {
    while (!part.empty()) {
      auto used = reader.feed(part);
      if (!used) co_return stop(broken_file(std::move(used.error())));
      part.remove_prefix(*used);
      auto passed = co_await pass_on();
      if (!passed) co_return passed;
    }
    co_return result<>();
  }

  runtime::task<result<>> finish() {
    auto ended = reader.finish();
    if (!ended) co_return stop(broken_file(std::move(ended.error())));
    auto passed = co_await pass_on();
    if (!passed) co_return passed;
    const bool all =
        !file.count || *file.count < 0 || reader.lines() >= static_cast<std::uint64_t>(*file.count);
    if (!all) {
      co_return stop(error(make_error_code(errc::not_fhir),
                           std::to_string(reader.lines()) + " lines of " + std::to_string(*file.count)));
    }
    co_return result<>();
  }

  runtime::task<result<>> pass_on() {
    if (!reader.has_value()) co_return result<>();
    json::value resource = reader.take_value();
    if (type_of(resource) != file.type)
      co_return stop(error(make_error_code(errc::not_fhir),
                           "line " + std::to_string(reader.lines()) + " holds another type of resource"));
    auto taken = co_await to.take(file, std::move(resource));
    if (!taken) co_return stop(std::move(taken.error()));
    ++lines;
    co_return result<>();
  }

  result<> stop(error why) {
    stopped = why;
    return fail(std::move(why));
  }

  const export_file& file;
  std::uint64_t& lines;
  export_sink& to;
  ndjson_reader reader;
  bool streams = false;
  std::optional<error> stopped;  // by this side: no reason to try again
};

runtime::task<result<>> bulk_export::download_once(const export_file& file, std::uint64_t& lines,
                                                   export_sink& to, instant deadline) {
  auto message = client_.build().next_page(file.url, client_.through().home());
  if (!message) co_return fail(std::move(message.error()));
  message->fields.set("Accept", "application/fhir+ndjson");
  file_sink sink(file, lines, to, options_.max_line_bytes);
  const instant limit = within(deadline, options_.file_timeout);
  auto answer = co_await client_.through().stream(std::move(*message), limit, sink);
  if (sink.stopped) co_return fail(std::move(*sink.stopped));
  if (!answer) co_return fail(no_answer(answer.error()));
  if (sink.streams) {
    auto ended = co_await sink.finish();
    co_return ended;
  }
  const auto meant = interpret(*answer);
  if (const auto* const bad = std::get_if<failure>(&meant)) co_return fail(bad->to_error());
  co_return fail(errc::not_fhir, "status " + std::to_string(answer->status));
}

runtime::task<result<>> bulk_export::download(export_file file, std::uint64_t& lines, export_sink& to,
                                              instant deadline) {
  std::uint32_t idle = 0;
  for (;;) {
    const std::uint64_t before = lines;
    auto read = co_await download_once(file, lines, to, deadline);
    if (read || read.error() != make_error_code(errc::no_answer)) co_return read;
    const error* const cause = read.error().cause();
    const bool stopped = cause != nullptr && *cause == make_error_code(http::errc::cancelled);
    idle = lines == before ? idle + 1 : 0;
    const instant again = runtime_.now() + options_.poll_interval;
    if (stopped || idle >= options_.file_attempts || again >= deadline) co_return read;
    auto slept = co_await runtime::sleep_until(runtime_, again);
    if (!slept) co_return read;
  }
}

}  // namespace epicenter::fhir
