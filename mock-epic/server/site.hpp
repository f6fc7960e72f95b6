// One state of the mock hospital: records, tokens and keys. A reset makes a new one.
#pragma once

#include <epicenter/runtime/runtime.hpp>

#include "mock-epic/fhir/engine.hpp"
#include "mock-epic/mock.hpp"
#include "mock-epic/oauth/authority.hpp"

namespace epicenter::mock::server {

class site {
 public:
  site(const runtime::runtime&, const options&);

  struct reply {
    fhir::answer answer;
    std::uint64_t token = 0;  ///< number of the token presented or issued
  };
  /// Answers what is asked of Epic: FHIR, or an unknown route. What the authority serves goes to it.
  reply handle(const http::request&);

  oauth::authority& authority() { return authority_; }
  oauth::token_store& tokens() { return authority_.tokens(); }
  fhir::store& store() { return engine_.store(); }

 private:
  reply handle_fhir(const http::request&);
  bool is_within_reach(const http::request&, const oauth::access&);
  oauth::authority_options authority_options_of(const options&);

  const runtime::runtime& rt_;
  bool open_;
  fhir::engine engine_;
  oauth::authority authority_;
};

}  // namespace epicenter::mock::server
