// What a token may do, made ready to be asked for every request.
#pragma once

#include <array>
#include <epicenter/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mock-epic/oauth/scope.hpp"

namespace epicenter::mock::oauth {

class scope_set {
 public:
  scope_set() = default;
  /// `lost` is taken away: a scope without a category takes every grant of its interactions on its type with
  /// it, granular ones too; one with a category takes that granular grant alone.
  explicit scope_set(const scope_list& granted, const std::vector<resource_scope>& lost = {});

  /// Everything: what a server that asks for no token grants.
  static scope_set everything();

  /// Whether the interaction is granted on the type. Where only granular scopes grant it, the resource
  /// decides by its `category`; without a resource the answer is yes, and each resource must be asked about.
  bool permits(std::string_view type, interaction, const json::value* resource = nullptr) const;
  /// True where permits needs the resource to say for certain.
  bool depends_on_content(std::string_view type, interaction) const;
  /// True where only patient/ scopes grant it: no other patient's data may be touched.
  bool limits_to_patient(std::string_view type, interaction) const;
  /// A scope that is not on resources: "openid".
  bool has(std::string_view launch_scope) const;

 private:
  struct filter {
    interactions allowed;
    scope_context context;
    category_filter category;
  };
  struct rights {
    std::string type;
    std::array<interactions, 3> plain{};  ///< by scopes without a category, of each context
    std::vector<filter> filters;
  };
  static bool is_plain(const rights&, interaction);
  const rights& of(std::string_view type) const;
  rights& make(std::string_view type);
  static void add(rights&, const resource_scope&);
  static void take(rights&, const resource_scope&);

  std::vector<rights> by_type_;  ///< sorted
  rights other_;                 ///< of the types that are not named
  std::vector<std::string> launch_;
};

/// True where the resource is a Patient of another id, or names another in `subject` or `patient`.
bool is_of_other_patient(const json::value& resource, std::string_view patient_id);

}  // namespace epicenter::mock::oauth
