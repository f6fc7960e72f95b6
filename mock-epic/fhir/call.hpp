// One request to the FHIR API with all that decides its answer.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/http/message.hpp>
#include <epicenter/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>

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
  /// False where `permits` says the same of every resource of the type.
  virtual bool depends_on_content(type_id, interaction) const { return true; }
  /// The client that the token was issued to: jobs and their files are its own. Empty: not told apart.
  virtual std::string_view client() const { return {}; }
  /// Of SMART Backend Services: no user, no patient.
  virtual bool is_backend() const { return patient().empty(); }
  /// The same for longer than the request: a job goes on with what was granted at its start. Null: refused.
  virtual std::shared_ptr<const access> kept() const { return nullptr; }
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
