// One version of one resource, as it is served.
#pragma once

#include <deque>
#include <epicenter/base/time.hpp>
#include <epicenter/json/value.hpp>
#include <memory>
#include <string>
#include <vector>

#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

class resource;
using resource_ptr = std::shared_ptr<const resource>;
using hits = std::vector<resource_ptr>;

/// Remembers whose text was parsed, so that the trees, many times the size of the texts, stay within a
/// budget.
class parsed_budget {
 public:
  explicit parsed_budget(std::size_t bytes) : bytes_(bytes) {}
  void parsed(const resource&);
  /// Forgets the oldest trees beyond the budget. Call it where no reference to a tree is held: between
  /// requests.
  void trim();

 private:
  struct entry {
    std::weak_ptr<const resource> of;
    std::size_t bytes;
  };
  std::size_t bytes_;
  std::size_t held_ = 0;
  std::deque<entry> entries_;
};

/// Never changes once stored: an update stores another version.
class resource : public std::enable_shared_from_this<resource> {
 public:
  struct identity {
    type_id type{};
    std::string id;
    std::string patient;  ///< FHIR id of its subject, its own of a Patient; empty: of no patient
    std::uint32_t version = 1;
    wall_time updated{};
    bool searchable = true;  ///< false while it waits to be reconciled
    bool deleted = false;    ///< a version without content
    bool generated = false;  ///< began in a chart from the seed or in loaded data, not in a client's create
  };
  resource(identity, std::string text, parsed_budget*);

  type_id type() const { return identity_.type; }
  const std::string& id() const { return identity_.id; }
  const std::string& patient() const { return identity_.patient; }
  std::uint32_t version() const { return identity_.version; }
  wall_time updated() const { return identity_.updated; }
  bool searchable() const { return identity_.searchable && !identity_.deleted; }
  bool deleted() const { return identity_.deleted; }
  const identity& who() const { return identity_; }
  /// As JSON, without meta.versionId and meta.lastUpdated; empty where deleted.
  const std::string& text() const { return text_; }
  /// The same as a tree, parsed when first asked for. Valid until parsed_budget::trim().
  const json::value& value() const;
  /// Whether the tree is at hand.
  bool is_parsed() const { return value_ != nullptr; }

 private:
  friend class parsed_budget;
  identity identity_;
  std::string text_;
  parsed_budget* budget_;
  mutable std::unique_ptr<const json::value> value_;
};

}  // namespace epicenter::mock::fhir
