#include "mock-epic/fhir/criterion.hpp"

#include <algorithm>

#include "mock-epic/fhir/search_text.hpp"

namespace epicenter::mock::fhir {
namespace {

/// Whether text that contains the value may lack these characters: then JSON would write them in another way.
bool is_written_plainly(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

}  // namespace

bool criterion::value_matches(const alternative& wanted, const json::value& leaf, const search_world& world) {
  return std::visit(
      [&](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, reference_value>) {
          return value.matches(leaf, world.base);
        } else {
          return value.matches(leaf);
        }
      },
      wanted);
}

bool criterion::leaf_matches(const json::value& leaf, const search_world& world) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const alternative& wanted) {
    if (mode_ == mode::label) return std::get<text_value>(wanted).matches_label(leaf);
    if (mode_ != mode::of_identifier) return value_matches(wanted, leaf, world);
    const json::value* identifier = leaf.find("identifier");
    return identifier && value_matches(wanted, *identifier, world);
  });
}

bool criterion::is_ruled_out_by_text(const resource& r) const {
  if (r.is_parsed() || mode_ != mode::plain) return false;
  return std::all_of(alternatives_.begin(), alternatives_.end(), [&](const alternative& wanted) {
    std::string_view needed;
    if (const auto* token = std::get_if<token_value>(&wanted)) needed = token->code;
    if (const auto* reference = std::get_if<reference_value>(&wanted)) needed = reference->id;
    if (needed.empty() || needed == "true" || needed == "false" || !is_written_plainly(needed)) return false;
    return r.text().find(needed) == std::string::npos;
  });
}

bool criterion::matches(const resource& r, const search_world& world) const {
  switch (mode_) {
    case mode::everything:
      return true;
    case mode::id:
      return std::find(ids_.begin(), ids_.end(), r.id()) != ids_.end();
    case mode::updated: {
      const auto second = std::chrono::floor<std::chrono::seconds>(r.updated()).time_since_epoch().count();
      const data::date_range held{second, second + 1};
      return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const alternative& wanted) {
        return std::get<date_value>(wanted).matches(held);
      });
    }
    case mode::absent:
      return !where_.front().exists_in(r);
    case mode::present:
      return where_.front().exists_in(r);
    case mode::composite:
      return composite_matches(r.value(), world);
    case mode::chain:
      return chain_matches(r, world);
    case mode::has:
      return has_matches(r, world);
    case mode::plain:
    case mode::negated:
    case mode::label:
    case mode::of_identifier:
      break;
  }
  if (!r.patient().empty() && r.type() != type_id::patient &&
      std::find(patients_.begin(), patients_.end(), r.patient()) != patients_.end())
    return true;
  if (is_ruled_out_by_text(r)) return false;
  bool found = where_.front().any_in(r, [&](const json::value& leaf) { return leaf_matches(leaf, world); });
  // "deceased" of R4 is false where nothing says that the patient has died.
  if (!found && param_->path.find('?') != std::string_view::npos && !where_.front().exists_in(r))
    found = leaf_matches(json::value(false), world);
  return found != (mode_ == mode::negated);
}

bool criterion::composite_matches(const json::value& content, const search_world& world) const {
  const auto tuple_matches = [&](const composite& form, const json::value& base,
                                 const std::vector<alternative>& tuple) {
    for (std::size_t i = 0; i < form.parts.size(); ++i)
      if (!form.parts[i].where.any(
              base, [&](const json::value& leaf) { return value_matches(tuple[i], leaf, world); }))
        return false;
    return true;
  };
  return std::any_of(composites_.begin(), composites_.end(), [&](const composite& form) {
    return form.base.any(content, [&](const json::value& base) {
      return std::any_of(tuples_.begin(), tuples_.end(),
                         [&](const auto& tuple) { return tuple_matches(form, base, tuple); });
    });
  });
}

bool criterion::chain_matches(const resource& r, const search_world& world) const {
  return where_.front().any_in(r, [&](const json::value& leaf) {
    const auto parts = parts_of_reference(leaf.string_at("reference"), world.base);
    if (!parts || !parts->local) return false;
    const auto at = std::find_if(links_.begin(), links_.end(),
                                 [&](const link& one) { return name_of(one.type) == parts->type; });
    if (at == links_.end()) return false;
    const resource_ptr target = world.records.find(at->type, parts->id);
    return target && target->searchable() && at->rest->matches(*target, world);
  });
}

bool criterion::has_matches(const resource& r, const search_world& world) const {
  const reference_value back{std::string(name_of(r.type())), r.id(), {}};
  const link& from = links_.front();
  const std::string& patient = r.type() == type_id::patient ? r.id() : r.patient();
  const hits candidates =
      patient.empty() ? world.records.of_type(from.type) : world.records.of_patient(from.type, patient);
  return std::any_of(candidates.begin(), candidates.end(), [&](const resource_ptr& one) {
    return one->searchable() && from.rest->matches(*one, world) &&
           where_.front().any_in(*one,
                                 [&](const json::value& leaf) { return back.matches(leaf, world.base); });
  });
}

std::vector<std::string> criterion::named_patients() const {
  if (mode_ != mode::plain || !param_ || param_->kind != param_kind::reference) return {};
  if (param_->name != "patient" && param_->name != "subject" && param_->name != "beneficiary") return {};
  std::vector<std::string> found;
  for (const alternative& one : alternatives_) {
    const auto* wanted = std::get_if<reference_value>(&one);
    const bool is_patient =
        wanted && !wanted->id.empty() &&
        (wanted->type == "Patient" ||
         (wanted->type.empty() &&
          (param_->targets == "*" || param_->targets.find("Patient") != std::string_view::npos)));
    if (!is_patient) return {};
    found.push_back(wanted->id);
  }
  return found;
}

std::vector<std::string_view> criterion::identifiers() const {
  if (mode_ != mode::plain || !param_ || param_->path != "identifier") return {};
  std::vector<std::string_view> found;
  for (const alternative& one : alternatives_) {
    const auto* wanted = std::get_if<token_value>(&one);
    if (!wanted || wanted->code.empty()) return {};
    found.push_back(wanted->code);
  }
  return found;
}

}  // namespace epicenter::mock::fhir
