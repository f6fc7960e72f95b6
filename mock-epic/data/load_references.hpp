// What resources that are being loaded call each other.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mock-epic/data/error.hpp"

namespace epicenter::mock::data {

class reference_book {
 public:
  /// "urn:uuid:…" or an absolute URL, as Bundle.entry.fullUrl has it.
  void add_url(std::string url, std::string type_and_id);
  /// Every identifier of the resource.
  void add_identifiers(const json::object& resource, const std::string& type_and_id);

  /// Rewrites every reference inside to Type/id. Fails where a urn: names nothing; the detail says at which
  /// element.
  result<> rewrite(json::value&, const std::string& path = {}) const;

 private:
  result<> rewrite_reference(json::object& holder, const std::string& path) const;
  std::unordered_map<std::string, std::string> urls_;
  std::unordered_map<std::string, std::string> identified_;  ///< "Type?system|value"
};

}  // namespace epicenter::mock::data
