// What applications file in a patient's chart, and how it ends.
#pragma once

#include <cstdint>
#include <epicenter/base/error.hpp>
#include <epicenter/base/time.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace epicenter::epic {

/// What every write says of itself.
struct write_request {
  std::string operation;  ///< id of the operation, a UUID: also the identifier under which it is filed;
                          ///< empty: one is made
  std::string patient;    ///< FHIR id
  std::string encounter;  ///< FHIR id; Epic files nothing outside an encounter
  std::string user;  ///< who asks: "<FHIR id>" of a Practitioner, or "Practitioner/<id>". Reaches Epic as
                     ///< requester, recorder, performer or author
  std::optional<instant> deadline;
  /// Where the write provably did not reach Epic by the deadline: false closes it as NOT_SENT, true leaves it
  /// with the adapter, which sends it once Epic can be reached (see adapter_options::queue_for).
  bool queue = false;
};

/// One code of one terminology.
struct coded {
  std::string system;  ///< "http://www.nlm.nih.gov/research/umls/rxnorm"
  std::string code;
  std::string display;
  bool empty() const { return code.empty(); }
};

struct lab_order {
  write_request who;
  std::string loinc;  ///< "58410-2"
  std::string display;
  std::string priority = "routine";  ///< routine, urgent, asap, stat
  std::string indication = {};       ///< free text, at most 256 characters
};
struct imaging_order {
  write_request who;
  std::string loinc;  ///< "36643-5"
  std::string display;
  std::string priority = "routine";
  std::string indication = {};
};
struct medication_order {
  write_request who;
  std::string rxnorm;  ///< of drug, strength and form: "314076"
  std::string display;
  std::string sig;  ///< how to take it, at most 1000 characters: "1 tablet by mouth daily"
  std::string priority = "routine";
  unsigned days = 0;  ///< of supply; 0: not said
};
/// Filed unconfirmed: it waits for a clinician to reconcile it.
struct allergy {
  write_request who;
  coded substance;            ///< RxNorm, or a SNOMED CT «allergy to …»
  coded reaction = {};        ///< SNOMED CT; may be empty
  std::string severity = {};  ///< of the reaction: mild, moderate, severe; empty: not said
};
/// Filed as provisional on the problem list: it waits for a clinician to reconcile it.
struct problem {
  write_request who;
  coded condition;        ///< SNOMED CT or ICD-10-CM
  std::string note = {};  ///< at most 450 characters
};
/// A decimal keeps its digits: 72.0 is not 72.
struct quantity {
  std::string value;  ///< "72.5"
  std::string unit;   ///< UCUM: "kg"
};
struct blood_pressure {
  unsigned systolic = 0;  ///< mm[Hg]
  unsigned diastolic = 0;
};
struct vital_sign {
  write_request who;
  std::string loinc;  ///< "29463-7"; of a blood pressure "85354-9"
  std::string display;
  std::variant<quantity, blood_pressure> measured;
  std::optional<wall_time> taken_at = {};  ///< default: now
  std::string note = {};                   ///< at most 254 characters
};
/// Filed as a draft: signing is for its author.
struct note {
  write_request who;
  std::string loinc = "11506-3";  ///< type of the document: progress note
  std::string text;
};

/// How a write stands when the call returns.
enum class write_state {
  written,       ///< in the EHR, under `resource`
  rejected,      ///< Epic refused it
  not_sent,      ///< provably never reached Epic by the deadline; closed
  duplicate,     ///< in the EHR more than once
  needs_review,  ///< nobody knows: on the worklist for a person
  unknown,       ///< nobody knows yet: reconciliation goes on and ends in one of the others
  queued,        ///< provably not in the EHR yet: it will be sent, as was asked for with `queue`
};
std::string_view name_of(write_state);

/// Whether what Epic filed was compared with what was sent.
enum class read_back {
  not_done,  ///< the site cannot read it, or there was no time
  same,
  altered,  ///< see write_outcome::altered
};

struct write_outcome {
  write_state state = write_state::unknown;
  std::string operation;
  std::string resource;      ///< "ServiceRequest/<id>" where known
  std::optional<error> why;  ///< for all but written
  epic::read_back read_back = read_back::not_done;
  std::vector<std::string> altered = {};  ///< elements that Epic filed otherwise or dropped: "encounter"
};

/// A write of which nobody knows whether Epic has it: a person looks into the chart and says.
struct review_item {
  std::string operation;  ///< also the identifier to look for
  std::string kind;       ///< "order_lab"
  std::string resource_type;
  std::string patient;         ///< FHIR id; empty where the row in the ledger is damaged
  std::string reason;          ///< "not_found"
  std::uint32_t attempts = 0;  ///< times it was handed to the transport
  std::uint32_t searches = 0;  ///< looks for it that were complete and found nothing
  wall_time planned_at{};
  wall_time updated_at{};
  std::uint32_t version = 0;  ///< of this state of it: for review_decision
  bool may_release = false;   ///< release_once would send it
};

/// Who decides on a write, and what of it that person has seen.
struct review_decision {
  std::string operation;
  std::uint32_t version = 0;  ///< needed: review_item::version of the item that was looked at
  std::string actor;          ///< needed; at most 256 bytes
};

}  // namespace epicenter::epic
