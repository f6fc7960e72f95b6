// One state of the mock hospital: records, tokens and keys. A reset makes a new one.
#pragma once

#include <epicenter/runtime/runtime.hpp>
#include <variant>

#include "mock-epic/fhir/engine.hpp"
#include "mock-epic/levers/identity_controls.hpp"
#include "mock-epic/levers/meddler.hpp"
#include "mock-epic/mock.hpp"
#include "mock-epic/oauth/authority.hpp"

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
  /// A token request that waits for its client's keys, with what levers said of it: they are asked once.
  struct pending {
    oauth::need_keys keys;
    duration clock_off{};
    token_conditions conditions;
  };
  /// An answer, or the question for a client's keys that must be fetched first.
  using step = std::variant<reply, pending>;
  /// Answers what is asked of Epic: FHIR, authorization, or an unknown route. `levers`: null where none is
  /// active.
  step handle(const http::request&, meddler* levers = nullptr);
  /// After the keys were fetched, or not.
  reply resume(pending, oauth::fetched_keys, meddler* levers = nullptr);

  oauth::authority& authority() { return authority_; }
  identity_controls& identity() { return identity_; }
  fhir::store& store() { return engine_.store(); }

 private:
  /// Tokens and keys as levers reach them.
  class own_identity final : public identity_controls {
   public:
    explicit own_identity(site& of) : site_(of) {}
    std::uint64_t expire_tokens(std::string why) override;
    std::uint64_t revoke_tokens(std::string why) override;
    bool knows_client(std::string_view id) const override;
    std::set<std::string> keys_of(std::string_view client) const override;
    void freeze_keys() override;
    void thaw_keys() override;

   private:
    site& site_;
    unsigned frozen_ = 0;  ///< by so many levers
  };
  oauth::authority_options authority_options_of(const options&);
  step answer(const http::request&, duration clock_off, meddler*);
  step authorise(const http::request&, duration clock_off, meddler*);
  reply finish(oauth::token_answer, const http::request&, meddler*);
  fhir::moment moment_of(duration clock_off) const { return {rt_.now(), rt_.wall() + clock_off}; }
  reply show_clock(reply, duration clock_off) const;
  reply handle_fhir(const http::request&, fhir::moment, meddler*);
  fhir::answer handle_export(const http::request&, fhir::moment, const fhir::access*, meddler*);

  const runtime::runtime& rt_;
  bool open_;
  bool orders_;
  own_identity identity_;
  fhir::engine engine_;
  oauth::authority authority_;
};

}  // namespace epicenter::mock::server
