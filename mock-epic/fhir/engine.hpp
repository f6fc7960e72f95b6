// The FHIR API below its base path: from a request to an answer, without transport and without tokens.
#pragma once

#include <epicenter/runtime/random.hpp>

#include "mock-epic/bulk/exporter.hpp"
#include "mock-epic/fhir/bundle_runner.hpp"
#include "mock-epic/fhir/call.hpp"
#include "mock-epic/fhir/historian.hpp"
#include "mock-epic/fhir/reader.hpp"
#include "mock-epic/fhir/search.hpp"
#include "mock-epic/fhir/writer.hpp"

namespace epicenter::mock::fhir {

struct engine_options {
  bool orders = false;    ///< profile orders: the full R4 server; else Epic's public API as it is
  std::string base_path;  ///< "/interconnect-fhir-oauth/api/FHIR/R4"
  std::string token_path;
  std::uint64_t seed = 1;  ///< of ids, sessions and UUIDs
  store_options store;
  std::size_t small_hospital = 500;  ///< patients up to which a search may look through all charts at once
  bulk::export_options exports;
  bool requires_token = true;  ///< what export manifests say of their files
};

class engine {
 public:
  engine(engine_options, data::hospital);

  /// True for what is served without a token: /metadata.
  bool is_public(std::string_view path) const;
  /// `request.path()` begins with the base path. The representation is negotiated already in the answer.
  answer handle(const http::request&, moment, const access* = nullptr, interference* = nullptr);

  fhir::store& store() { return store_; }
  /// Answers below …/api/FHIR/BulkRequest, which is not below the base path.
  bulk::exporter& exporter() { return exporter_; }
  fhir::pager& pager() { return searcher_.pages(); }

 private:
  answer dispatch(const call&);
  std::string token_url(const call&) const;
  answer read(const call&);
  answer search(const call&);
  search_result matches(const call&, type_id, std::string_view query);
  answer write(const call&);
  answer of_versions(const call&);

  engine_options options_;
  fhir::store store_;
  searcher searcher_;
  reader reader_;
  historian historian_;
  writer writer_;
  bundle_runner bundles_;
  bulk::exporter exporter_;
  runtime::random_stream operation_uuids_;
};

}  // namespace epicenter::mock::fhir
