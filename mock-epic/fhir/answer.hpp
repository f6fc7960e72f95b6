// What the server answers, and what the journal is told about it.
#pragma once

#include <cstdint>
#include <epicenter/http/message.hpp>
#include <string>
#include <vector>

#include "mock-epic/fhir/outcome.hpp"
#include "mock-epic/journal/journal.hpp"

namespace epicenter::mock::fhir {

/// One change of the store that the request brought about.
struct filed {
  using action = change_kind;
  std::string identifier;  ///< value of the first identifier, or empty
  std::string resource;    ///< "ServiceRequest/<id>"
  action what = action::created;
  std::uint32_t version = 1;
};

struct answer {
  http::response response;
  std::string rule;                ///< what decided it
  std::vector<fhir::filed> filed;  ///< several in a batch or transaction
};

/// A FHIR body; its content type is set by content negotiation.
answer answer_fhir(unsigned status, std::string text, std::string rule);
answer answer_outcome(unsigned status, const issue&, std::string rule);
answer answer_empty(unsigned status, std::string rule);
/// 403 with Epic's challenge and no body: the token does not reach this far.
answer answer_insufficient_scope();
/// The page of Microsoft IIS that stands before Epic's FHIR server: for routes it does not know (captured).
answer answer_html_404();
/// http.sys's refusal of a Host header it cannot read.
answer answer_bad_host();

}  // namespace epicenter::mock::fhir
