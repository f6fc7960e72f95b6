// A FHIR R4 client over any exchange: reads and searches. It repeats nothing by itself but a search whose
// pages have expired.
#pragma once

#include <epicenter/fhir/answer_reader.hpp>
#include <epicenter/fhir/exchange.hpp>
#include <epicenter/fhir/search_walk.hpp>

namespace epicenter::fhir {

struct client_options {
  request_builder build;
  search_bounds bounds;
  json::element_limits entry_limits;  ///< of what is read as a stream
};

/// A resource as the server has it.
struct read_answer {
  json::value content;
  std::string version;  ///< from ETag, else meta.versionId; empty where the server keeps none, as Epic
  /// The patient was merged (4107), and the content is that of this one. Whoever keeps ids must change its
  /// own, and write nothing until that is confirmed.
  std::optional<reference> merged_into;
};

struct search_query {
  std::string type;
  http::parameters parameters;
  search_method method = search_method::get;
};

/// Takes what a search brings, one by one.
class entry_sink {
 public:
  virtual ~entry_sink() = default;
  /// A match or an included resource, each once. An error ends the search, which fails with it.
  virtual runtime::task<result<>> take(bundle_entry) = 0;
};

struct search_summary {
  completeness complete = completeness::full;
  missing_set missing;        ///< why it is partial
  operation_outcome outcome;  ///< of the last page
  std::uint32_t pages = 0;
  std::uint32_t restarts = 0;
  std::size_t resources = 0;
  std::size_t bytes = 0;
};

struct search_answer {
  std::vector<json::value> matches;
  std::vector<json::value> included;
  search_summary summary;
};

/// All fail with a code of fhir::errc: what the server said, no_answer, invalid_input where nothing was sent.
class client {
 public:
  client(exchange& through, client_options options) : through_(through), options_(std::move(options)) {}

  /// Another resource than the one asked for is errc::not_fhir. A merged patient is followed once, on the
  /// same server only.
  runtime::task<result<read_answer>> read(reference what, instant deadline);

  /// Every page, within the bounds. Memory: of the page, one entry.
  runtime::task<result<search_summary>> search(search_query, instant deadline, entry_sink&);
  /// The same, collected. Where the search fails what the sink was given is not to be used.
  runtime::task<result<search_answer>> search(search_query, instant deadline);

  const request_builder& build() const { return options_.build; }
  exchange& through() const { return through_; }

 private:
  struct page_sink;
  runtime::task<result<read_answer>> read_once(reference what, instant deadline, std::string& moved_to);
  runtime::task<std::variant<bundle, failure, error>> fetch_page(search_walk&, http::request,
                                                                 instant deadline, entry_sink&,
                                                                 std::size_t& bytes);

  exchange& through_;
  client_options options_;
};

/// The version of a resource by its answer: the ETag without W/ and quotes, else meta.versionId.
std::string version_of(const http::headers&, const json::value& content);

}  // namespace epicenter::fhir
