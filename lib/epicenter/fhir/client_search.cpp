// Searches: pages read as streams, entry by entry.
#include <epicenter/fhir/client.hpp>

namespace epicenter::fhir {

// Between the bytes of one page and whoever wants its entries.
struct client::page_sink final : http::body_sink {
  page_sink(search_walk& w, entry_sink& t, const json::element_limits& l) : walk(w), to(t), limits(l) {}

  bool begin(const http::response& head) override {
    if (head.status != 200) return false;
    reader.emplace(head.status, head.content_type(), limits);
    return true;
  }

  runtime::task<result<>> take(std::string_view part) override {
    while (!part.empty()) {
      part.remove_prefix(reader->feed(part));
      if (!reader->has_entry()) continue;
      bundle_entry entry = reader->take_entry();
      if (!walk.take(entry.resource)) continue;
      auto taken = co_await to.take(std::move(entry));
      if (!taken) {
        refused = taken.error();
        co_return fail(std::move(taken.error()));
      }
    }
    co_return result<>();
  }

  search_walk& walk;
  entry_sink& to;
  json::element_limits limits;
  std::optional<answer_reader> reader;
  std::optional<error> refused;  // by who takes the entries
};

runtime::task<std::variant<bundle, failure, error>> client::fetch_page(search_walk& walk,
                                                                       http::request message,
                                                                       instant deadline, entry_sink& to,
                                                                       std::size_t& bytes) {
  page_sink sink(walk, to, options_.entry_limits);
  auto answer = co_await through_.stream(std::move(message), deadline, sink);
  if (!answer) co_return sink.refused ? *sink.refused : no_answer(answer.error());
  if (!sink.reader) {
    auto meant = interpret(*answer);
    if (auto* const bad = std::get_if<failure>(&meant)) co_return std::move(*bad);
    co_return make_failure(answer->status, body_form::json);
  }
  bytes = sink.reader->bytes();
  auto end = sink.reader->finish();
  if (auto* const page = std::get_if<bundle>(&end)) co_return std::move(*page);
  if (auto* const bad = std::get_if<failure>(&end)) co_return std::move(*bad);
  co_return make_failure(answer->status, body_form::json);
}

runtime::task<result<search_summary>> client::search(search_query what, instant deadline, entry_sink& to) {
  search_walk walk(options_.build, through_.home(), what.type, what.parameters, options_.bounds, what.method);
  operation_outcome told;
  while (!walk.done()) {
    auto message = walk.next_request();
    if (!message) co_return fail(std::move(message.error()));
    std::size_t bytes = 0;
    auto page = co_await fetch_page(walk, std::move(*message), deadline, to, bytes);
    if (auto* const broken = std::get_if<error>(&page)) co_return fail(std::move(*broken));
    if (const auto* const bad = std::get_if<failure>(&page)) {
      if (walk.begin_again(bad->why)) continue;
      co_return fail(bad->to_error());
    }
    auto& whole = std::get<bundle>(page);
    walk.end_page(whole, bytes);
    told = std::move(whole.outcome);
  }
  search_summary made;
  made.missing = walk.missing();
  made.complete = walk.missing().verdict();
  made.outcome = std::move(told);
  made.pages = walk.pages();
  made.restarts = walk.restarts();
  made.resources = walk.resources();
  made.bytes = walk.bytes();
  co_return made;
}

namespace {

struct collector final : entry_sink {
  runtime::task<result<>> take(bundle_entry entry) override {
    const bool match = entry.role == entry_role::match;
    (match ? got.matches : got.included).push_back(std::move(entry.resource));
    co_return result<>();
  }
  search_answer got;
};

}  // namespace

runtime::task<result<search_answer>> client::search(search_query what, instant deadline) {
  collector all;
  auto summary = co_await search(std::move(what), deadline, all);
  if (!summary) co_return fail(std::move(summary.error()));
  all.got.summary = std::move(*summary);
  co_return std::move(all.got);
}

}  // namespace epicenter::fhir
