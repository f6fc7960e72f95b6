// The resources that the adapter files, built from what the application asked for.
#pragma once

#include <epicenter/epic/adapter.hpp>

namespace epicenter::epic {

struct write_content {
  std::string_view kind;  ///< "order_lab"
  std::string type;       ///< "ServiceRequest"
  json::value resource;
  std::string sha256;  ///< of what was asked for, without times: the same request again has the same
};

/// Both check their input: errc::invalid_argument, without a word of it. The operation must be given.
result<write_content> content_of(const lab_order&, const std::string& identifier_system, wall_time now);
result<write_content> content_of(const note&, const std::string& identifier_system, wall_time now);

/// Letters, digits and '-', at most 64: it stands in a header and in a search.
bool is_operation_id(std::string_view);

}  // namespace epicenter::epic
