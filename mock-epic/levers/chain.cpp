#include "mock-epic/levers/chain.hpp"

namespace epicenter::mock {

std::optional<fhir::answer> lever_chain::at_the_door(const http::request& r) {
  return first([&](active_lever& one) { return one.at_the_door(r); });
}

duration lever_chain::clock_offset(const http::request& r) {
  duration sum{};
  for (active_lever* const one : levers_) sum += one->clock_offset(r);
  return sum;
}

void lever_chain::before_token(const http::request& r, token_conditions& conditions) {
  for (active_lever* const one : levers_) one->before_token(r, conditions);
}

void lever_chain::after_token(const http::request& r, fhir::answer& reply) {
  for (active_lever* const one : levers_) one->after_token(r, reply);
}

std::optional<fhir::answer> lever_chain::before(const fhir::call& c) {
  return first([&](active_lever& one) { return one.before(c); });
}

bool lever_chain::page_expired(const fhir::call& c) {
  return any([&](active_lever* one) { return one->page_expired(c); });
}

std::size_t lever_chain::page_size(const fhir::call& c, std::size_t wanted) {
  for (active_lever* const one : levers_) wanted = one->page_size(c, wanted);
  return wanted;
}

void lever_chain::found(const fhir::call& c, fhir::hits& results, std::vector<fhir::issue>& issues) {
  for (active_lever* const one : levers_) one->found(c, results, issues);
}

bool lever_chain::files_again(const fhir::call& c, const fhir::resource_ptr& existing) {
  return any([&](active_lever* one) { return one->files_again(c, existing); });
}

bool lever_chain::refuses_duplicate(const fhir::call& c, const fhir::resource_ptr& existing) {
  return any([&](active_lever* one) { return one->refuses_duplicate(c, existing); });
}

bool lever_chain::holds(const fhir::call& c, fhir::type_id type) {
  const auto at =
      std::find_if(levers_.begin(), levers_.end(), [&](active_lever* one) { return one->holds(c, type); });
  holder_ = at == levers_.end() ? nullptr : *at;
  return holder_ != nullptr;
}

void lever_chain::held(const fhir::resource& filed) {
  if (holder_) holder_->held(filed);
  holder_ = nullptr;
}

bool lever_chain::changed_meanwhile(const fhir::call& c, const fhir::resource& current) {
  return any([&](active_lever* one) { return one->changed_meanwhile(c, current); });
}

void lever_chain::after(const fhir::call& c, fhir::answer& reply) {
  for (active_lever* const one : levers_) one->after(c, reply);
}

}  // namespace epicenter::mock
