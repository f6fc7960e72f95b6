// One entry of a batch or transaction: the request that it stands for, and its answer.
#pragma once

#include <epicenter/json/value.hpp>
#include <tl/expected.hpp>

#include "mock-epic/fhir/bundle_runner.hpp"

namespace epicenter::mock::fhir {

struct bundle_runner::entry {
  http::request request;
  route asked;
  std::optional<json::value> body;
  std::string full_url;
  std::string id;  ///< of what it creates or updates, where a transaction has decided it
  answer reply;
  bool settled = false;  ///< answered without being carried out

  /// What is wrong with it, where it cannot be read.
  static tl::expected<entry, std::string> read(const json::value&, std::string_view base_path,
                                               const call& outer);
  /// The JSON Patch in the Binary that a PATCH carries.
  std::optional<json::value> patch_operations() const;
  /// Appends the entry of the response bundle; `whole`: with what was written.
  void write_reply(std::string& out, bool whole) const;
};

}  // namespace epicenter::mock::fhir
