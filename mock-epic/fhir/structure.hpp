// The structure of R4's types: which elements each has, of which type, how often, with which codes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/fhir/primitive.hpp"
#include "mock-epic/fhir/type_id.hpp"

namespace epicenter::mock::fhir {

struct structure;

/// A value set that R4 binds as required.
struct code_set {
  struct part {
    std::string_view system;
    std::vector<std::string_view> codes;
  };
  std::string_view name;
  std::vector<part> parts;

  bool has(std::string_view code) const;
  /// Without a system: in any of the parts.
  bool has(std::string_view system, std::string_view code) const;
};

struct element {
  std::string name;                 ///< as in JSON: "valueQuantity"
  primitive simple{};               ///< none where it has a structure or is a resource
  const structure* type = nullptr;  ///< of a complex one
  bool is_resource = false;         ///< any resource: contained, Bundle.entry.resource
  bool required = false;            ///< of a choice: one of its elements is
  bool many = false;
  std::uint16_t choice = 0;         ///< elements of the same number exclude each other; 0: no choice
  const code_set* codes = nullptr;  ///< of a code, Coding or CodeableConcept
  std::vector<type_id> targets;     ///< of a reference; empty: any
};

/// A resource type, a data type, or a part of one ("Patient.contact").
struct structure {
  std::string_view name;
  const structure* base = nullptr;  ///< its elements are elements of this one too
  std::vector<element> elements;    ///< in the order of the definition

  /// Also one of a base; nullptr where there is no such element.
  const element* find(std::string_view name) const;
};

/// All of R4. Read once from structure_data when first asked for, and constant from then on.
class structures {
 public:
  static const structures& r4();
  /// nullptr where R4 has no such type.
  const structure* find(std::string_view name) const;

 private:
  structures();
  void read_codes(std::string_view text);
  void read_names(std::string_view text);
  void read_types(std::string_view text);
  void add(structure& to, std::string_view word);
  void set_type(element&, std::string_view type) const;

  std::map<std::string_view, std::unique_ptr<structure>> types_;
  std::map<std::string_view, std::unique_ptr<code_set>> codes_;
};

}  // namespace epicenter::mock::fhir
