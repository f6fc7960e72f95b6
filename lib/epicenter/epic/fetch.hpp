// Reads one resource or every page of a search, and makes sure that it is about the patient asked for.
#pragma once

#include <epicenter/epic/context_cache.hpp>
#include <epicenter/epic/pipeline.hpp>
#include <functional>

namespace epicenter::epic {

/// Who asks, and under which numbers: pages of a search are requests of their own, `stride` apart.
struct fetch_origin {
  call_purpose purpose = call_purpose::operation;
  std::string operation;
  std::uint32_t first_request = 1;
  std::uint32_t stride = 1;
  std::string user;
  std::string pseudonym;
  instant deadline{};
};

using fetch_result = tl::expected<fetched, call_failure>;

/// GET Patient/<id>. Another patient's data is failure_cause::protocol.
runtime::task<fetch_result> fetch_patient(pipeline&, fetch_origin, std::string patient);

struct search {
  std::string type;
  http::parameters parameters;
  std::string patient;  ///< whose resources they must be
};
/// Follows next links within bounds; what lies beyond them, and what the server says is missing, makes the
/// answer partial. An expired page session (4113) starts the search anew, once.
runtime::task<fetch_result> fetch_all(pipeline&, fetch_origin, search);

/// Newest first by effective time (dateTime, instant or the start of a period), else by when it was issued;
/// what has neither comes last.
resource_list newest_first(const resource_list& observations, const site_zone& = {});

}  // namespace epicenter::epic
