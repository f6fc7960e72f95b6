// One state of the mock hospital: records, tokens and keys. A reset makes a new one.
#pragma once

#include <epicenter/runtime/runtime.hpp>

#include "mock-epic/fhir/engine.hpp"
#include "mock-epic/mock.hpp"
#include "mock-epic/oauth/token_endpoint.hpp"

namespace epicenter::mock::server {

class site {
 public:
  site(const runtime::runtime&, const options&);

  struct reply {
    fhir::answer answer;
    std::uint64_t token = 0;  ///< number of the token presented or issued
  };
  /// Answers what is asked of Epic: token endpoint, FHIR, or an unknown route.
  reply handle(const http::request&);

  void register_client(client_registration);
  oauth::token_store& tokens() { return tokens_; }
  fhir::store& store() { return engine_.store(); }

 private:
  reply handle_fhir(const http::request&);

  const runtime::runtime& rt_;
  bool open_;
  oauth::client_keys clients_;
  oauth::token_store tokens_;
  oauth::token_endpoint endpoint_;
  fhir::engine engine_;
};

}  // namespace epicenter::mock::server
