// What applications ask of a patient's chart, and what they are given.
#pragma once

#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace epicenter::epic {

/// Where a part of an answer came from.
enum class source { live, cached, stale };
struct provenance {
  epic::source source = source::live;
  duration age{};           ///< since it was fetched
  std::string_view reason;  ///< why stale, empty otherwise
};

using resource_ptr = std::shared_ptr<const json::value>;

/// Resources as they came, shared with the cache and never changed: copying a list copies a pointer.
class resource_list {
 public:
  resource_list() = default;
  explicit resource_list(std::vector<json::value> resources)
      : held_(std::make_shared<const std::vector<json::value>>(std::move(resources))) {}

  std::size_t size() const { return held_ ? held_->size() : 0; }
  bool empty() const { return size() == 0; }
  const json::value& operator[](std::size_t i) const { return (*held_)[i]; }
  const json::value* begin() const { return held_ ? held_->data() : nullptr; }
  const json::value* end() const { return held_ ? held_->data() + held_->size() : nullptr; }

 private:
  std::shared_ptr<const std::vector<json::value>> held_;
};

/// Resources of one kind with what is known about their completeness. `partial` is never to be read as
/// «none».
struct section {
  resource_list resources;
  bool partial = false;
  provenance from;
  /// FHIR id of the patient these belong to, where Epic has merged the one asked for into another; empty
  /// otherwise. Show it: the person at the screen may not know.
  std::string merged_into = {};
};

struct patient_context {
  resource_ptr demographics;  ///< the Patient; never empty
  provenance demographics_from;
  section allergies;
  section problems;
  section medications;
  std::string merged_into = {};  ///< as in section
};
struct labs {
  section observations;  ///< newest first
};

struct read_request {
  std::string operation;            ///< id of the operation; empty: one is made
  std::string patient;              ///< FHIR id
  std::string user;                 ///< who asks, for the audit log
  std::optional<instant> deadline;  ///< default: the profile's
  /// True: Epic is asked now, for this call alone, and nothing that is kept is served in its place, neither
  /// fresh nor stale; where Epic cannot answer, or reading is switched off, the call fails. The answer
  /// renews what is kept. For checks that an order hangs on.
  bool live = false;
};

/// Asks for what a note says. The document is one that `notes` has brought: it tells the patient and the
/// Binary.
struct note_request {
  read_request who;
  json::value document;
  std::string content_type = "text/html";  ///< of the attachments the one wanted; Epic has text/rtf too
};
struct note_content {
  std::string content_type;
  std::string bytes;  ///< decoded
  provenance from;
};

}  // namespace epicenter::epic
