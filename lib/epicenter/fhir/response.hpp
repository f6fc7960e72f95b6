// What an HTTP response means in FHIR, as Epic and the machines in front of it answer.
#pragma once

#include <epicenter/fhir/body_form.hpp>
#include <epicenter/fhir/bundle.hpp>
#include <epicenter/fhir/reference.hpp>
#include <epicenter/http/message.hpp>
#include <variant>

namespace epicenter::fhir {

/// A 2xx with one resource (a non-fatal OperationOutcome among them).
struct resource {
  json::value content;
};

/// A 201. The write has happened even where its body is unreadable or its id is not told.
struct created {
  std::optional<reference> where;  ///< from Location, else from the body
  json::value content;             ///< null after return=minimal
};

/// Anything else. `why` follows from (status, worst severity, codes), never from the order or text of issues.
struct failure {
  errc why = errc::not_fhir;
  unsigned status = 0;
  body_form form = body_form::empty;
  operation_outcome outcome;  ///< without issues where the body held none
  /// Where the answer points to (Location): of errc::merged the patient that is left. Whose server that is
  /// has not been looked at.
  std::string location;
  /// With status, form and codes in its detail; nothing of the content.
  error to_error() const;
};

using interpretation = std::variant<resource, bundle, created, failure>;

/// Never fails: an unreadable answer is a failure with errc::not_fhir. A 404 without an OperationOutcome is
/// one too: a gateway or IIS says so of a path, not FHIR of a patient.
interpretation interpret(const http::response&);
/// The same of a 2xx other than 201 whose body has been parsed.
interpretation interpret_document(unsigned status, json::value document);
/// A failure whose body is no JSON.
failure make_failure(unsigned status, body_form);

}  // namespace epicenter::fhir
