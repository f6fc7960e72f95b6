// One request to the FHIR API with all that decides its answer.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/json/value.hpp>

#include "mock-epic/fhir/route.hpp"

namespace epicenter::mock::fhir {

class interference;

struct moment {
  instant now{};
  wall_time wall{};
};

/// What the presented token allows.
class access {
 public:
  virtual ~access() = default;
  /// `resource`: the one read, found or written, where it is known; null asks whether any could be permitted.
  virtual bool permits(type_id, interaction, const json::value* resource) const = 0;
  /// The only patient whose records are permitted; empty: any.
  virtual std::string_view patient() const = 0;
};

struct call {
  const http::request& request;
  const route& asked;
  std::string base;  ///< absolute URL of the FHIR server as the client reached it, without a slash at the end
  moment at;
  const access* allowed = nullptr;  ///< null: everything (the server is open)
  interference* meddler = nullptr;  ///< null: nothing meddles
};

}  // namespace epicenter::mock::fhir
