// The FHIR API below its base path: from a request to an answer, without transport and without tokens.
#pragma once

#include <epicenter/runtime/random.hpp>

#include "mock-epic/fhir/create.hpp"
#include "mock-epic/fhir/search.hpp"

namespace epicenter::mock::fhir {

struct engine_options {
  bool orders = false;    ///< ServiceRequest can be created
  std::string base_path;  ///< "/interconnect-fhir-oauth/api/FHIR/R4"
  std::string token_path;
  std::uint64_t seed = 1;  ///< of ids, sessions and UUIDs
};

struct moment {
  instant now{};
  wall_time wall{};
};

class engine {
 public:
  engine(engine_options, data::hospital);

  /// True for what is served without a token: /metadata and /.well-known/smart-configuration.
  bool is_public(std::string_view path) const;
  /// `request.path()` begins with the base path. The representation is negotiated already in the answer.
  answer handle(const http::request&, moment);

  fhir::store& store() { return store_; }

 private:
  answer route(const http::request&, std::string_view path, const std::string& origin, moment);
  answer handle_type(const http::request&, const type_rules&, std::string_view base, moment);
  answer create(const http::request&, const type_rules&);
  answer read(const type_rules&, std::string_view id);

  engine_options options_;
  fhir::store store_;
  searcher searcher_;
  creator creator_;
};

}  // namespace epicenter::mock::fhir
