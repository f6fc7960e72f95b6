// One state of the mock hospital: records, tokens and keys. A reset makes a new one.
#pragma once

#include <epicenter/runtime/runtime.hpp>

#include "mock-epic/fhir/engine.hpp"
#include "mock-epic/levers/identity_controls.hpp"
#include "mock-epic/levers/meddler.hpp"
#include "mock-epic/mock.hpp"
#include "mock-epic/oauth/token_endpoint.hpp"

namespace epicenter::mock::server {

class site {
 public:
  site(const runtime::runtime&, const options&);
  site(const site&) = delete;
  site& operator=(const site&) = delete;

  struct reply {
    fhir::answer answer;
    std::uint64_t token = 0;  ///< number of the token presented or issued
  };
  /// Answers what is asked of Epic: token endpoint, FHIR, or an unknown route. `levers`: null where none is
  /// active.
  reply handle(const http::request&, meddler* levers = nullptr);

  void register_client(client_registration);
  identity_controls& identity() { return identity_; }
  fhir::store& store() { return engine_.store(); }

 private:
  /// Tokens and keys as levers reach them.
  class own_identity final : public identity_controls {
   public:
    explicit own_identity(site& of) : site_(of) {}
    std::uint64_t expire_tokens(std::string why) override;
    std::uint64_t revoke_tokens(std::string why) override;
    bool knows_client(std::string_view id) const override { return site_.clients_.contains(id); }
    std::set<std::string> keys_of(std::string_view client) const override;
    void freeze_keys() override { ++site_.frozen_; }
    void thaw_keys() override;

   private:
    site& site_;
  };
  reply answer(const http::request&, fhir::moment, meddler*);
  reply handle_token(const http::request&, fhir::moment, meddler*);
  reply handle_fhir(const http::request&, fhir::moment, meddler*);

  const runtime::runtime& rt_;
  bool open_;
  own_identity identity_;
  oauth::client_keys clients_;
  oauth::client_keys unseen_;  ///< registered while key sets are frozen
  unsigned frozen_ = 0;        ///< by so many levers
  oauth::token_store tokens_;
  oauth::token_endpoint endpoint_;
  fhir::engine engine_;
};

}  // namespace epicenter::mock::server
