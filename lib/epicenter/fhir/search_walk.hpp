// The way through the pages of one search: decisions without I/O.
#pragma once

#include <epicenter/fhir/bundle.hpp>
#include <epicenter/fhir/request.hpp>
#include <unordered_set>

namespace epicenter::fhir {

/// What one search may bring. What lies beyond makes it partial, never an error.
struct search_bounds {
  std::uint32_t max_pages = 50;  ///< fetched in all, restarts included
  std::size_t max_resources = 20'000;
  std::size_t max_bytes = 256 * 1024 * 1024;  ///< of bodies; looked at between pages
  std::uint32_t max_restarts = 1;             ///< after an expired session (4113)
};

/// GET shows the parameters to whoever logs URLs; POST needs a server that offers _search.
enum class search_method { get, post };

/// Follows next links as they came. Only the absence of one ends a search: neither an empty page nor the
/// total does. Rows that move between pages, or come again after a restart, are taken once, by type and id.
class search_walk {
 public:
  search_walk(const request_builder&, http::origin home, std::string type, http::parameters,
              search_bounds = {}, search_method = search_method::get);

  /// The request for the page to be fetched now. errc::invalid_input where the server's link leads to another
  /// origin, or what was asked for is no search: nothing is to be sent.
  result<http::request> next_request() const;
  /// Whether the resource is one to keep. What was seen before is not, nor what exceeds the bound.
  bool take(const json::value& resource);
  /// A page came whole; its resources were taken. `bytes`: of its body.
  void end_page(const bundle& page, std::size_t bytes);
  /// A page was refused. True where the search begins again for it, with what was taken still known.
  bool begin_again(errc why);

  bool done() const { return done_; }
  /// Whether the page to be fetched now is the first of the search or of a restart.
  bool at_start() const { return next_.empty(); }
  const missing_set& missing() const { return missing_; }
  std::uint32_t pages() const { return pages_; }
  std::uint32_t restarts() const { return restarts_; }
  std::size_t resources() const { return taken_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::optional<epicenter::fhir::missing> reason_to_stop(const std::string& next) const;

  const request_builder& build_;
  http::origin home_;
  std::string type_;
  http::parameters parameters_;
  search_bounds bounds_;
  search_method method_;
  std::string next_;
  bool done_ = false;
  std::unordered_set<std::string> followed_;  // never iterated, as is the next
  std::unordered_set<std::string> seen_;
  missing_set missing_;
  std::uint32_t pages_ = 0;
  std::uint32_t restarts_ = 0;
  std::size_t taken_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace epicenter::fhir
