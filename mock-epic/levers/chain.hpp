// Several levers as one meddler.
#pragma once

#include <algorithm>
#include <vector>

#include "mock-epic/levers/lever_type.hpp"

namespace epicenter::mock {

/// Asks the levers in the order given. Where an answer is wanted the first that has one decides, and the rest
/// is not asked; changes add up.
class lever_chain final : public meddler {
 public:
  void set(std::vector<active_lever*> levers) { levers_ = std::move(levers); }
  bool empty() const { return levers_.empty(); }

  std::optional<fhir::answer> at_the_door(const http::request&) override;
  duration clock_offset(const http::request&) override;
  void before_token(const http::request&, token_conditions&) override;
  void after_token(const http::request&, fhir::answer&) override;
  std::optional<fhir::answer> before(const fhir::call&) override;
  bool page_expired(const fhir::call&) override;
  std::size_t page_size(const fhir::call&, std::size_t wanted) override;
  void found(const fhir::call&, fhir::hits&, std::vector<fhir::issue>&) override;
  bool files_again(const fhir::call&, const fhir::resource_ptr& existing) override;
  bool refuses_duplicate(const fhir::call&, const fhir::resource_ptr& existing) override;
  bool holds(const fhir::call&, fhir::type_id) override;
  void held(const fhir::resource&) override;
  bool changed_meanwhile(const fhir::call&, const fhir::resource&) override;
  void after(const fhir::call&, fhir::answer&) override;

 private:
  template <class Ask>
  bool any(const Ask& ask) {
    return std::any_of(levers_.begin(), levers_.end(), ask);
  }
  template <class Ask>
  std::optional<fhir::answer> first(const Ask& ask) {
    for (active_lever* const one : levers_)
      if (auto made = ask(*one)) return made;
    return std::nullopt;
  }

  std::vector<active_lever*> levers_;
  active_lever* holder_ = nullptr;  ///< who said that the create under way has to wait
};

}  // namespace epicenter::mock
