// Reading of search parameters: names with modifiers and chains, and their values.
#include <algorithm>

#include "mock-epic/fhir/compartment.hpp"
#include "mock-epic/fhir/criterion.hpp"
#include "mock-epic/fhir/search_text.hpp"

namespace epicenter::mock::fhir {
namespace {

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

param_kind kind_named(std::string_view name) {
  for (const param_kind kind : {param_kind::token, param_kind::reference, param_kind::text, param_kind::date,
                                param_kind::number, param_kind::quantity})
    if (name_of(kind) == name) return kind;
  return param_kind::uri;
}

}  // namespace

criterion::reading criterion::read(type_id type, std::string_view name, std::string_view value,
                                   const search_world& world) {
  return read(type, name, value, world, 0);
}

criterion::reading criterion::read(type_id type, std::string_view name, std::string_view value,
                                   const search_world& world, std::size_t depth) {
  if (world.orders && name.starts_with("_has:")) return read_has(type, name, value, world, depth);
  const std::size_t dot = name.find('.');
  const std::string_view head = name.substr(0, dot);
  const std::size_t colon = head.find(':');
  const std::string_view modifier =
      colon == std::string_view::npos ? std::string_view() : head.substr(colon + 1);
  criterion made;
  made.name_ = head.substr(0, colon);
  if (made.name_ == "_id" && dot == std::string_view::npos)
    return modifier.empty() ? read_id(value) : reading(unreadable::modifier);
  static constexpr search_param last_updated{"_lastUpdated", param_kind::date, "", "", param_source::r4};
  const bool updated = (made.name_ == "_lastUpdated" && world.orders) ||
                       (made.name_ == "_lastupdated" &&
                        (type == type_id::document_reference || type == type_id::measure_report));
  made.param_ = updated ? &last_updated : find_param(type, made.name_, world.orders);
  if (!made.param_) return unreadable::parameter;
  if (made.param_->path == "!") made.mode_ = mode::everything;
  if (dot != std::string_view::npos) {
    if (made.param_->kind != param_kind::reference || !world.orders) return unreadable::parameter;
    return read_chain(std::move(made), modifier, name.substr(dot + 1), value, world, depth);
  }
  if (!modifier.empty() && (!world.orders || updated)) return unreadable::modifier;
  if (updated) made.mode_ = mode::updated;
  if (made.param_->kind == param_kind::composite) {
    if (!modifier.empty()) return unreadable::modifier;
    return made.read_composite(value, world) ? reading(std::move(made)) : reading(unreadable::value);
  }
  made.where_.emplace_back(made.param_->path);
  if (const auto why = made.set_modifier(modifier, value)) return *why;
  if (made.mode_ == mode::absent || made.mode_ == mode::present || made.mode_ == mode::everything)
    return made;
  if (!made.read_alternatives(value, world)) return unreadable::value;
  made.patients_ = made.named_patients();
  return made;
}

criterion::reading criterion::read_id(std::string_view value) {
  criterion made;
  made.name_ = "_id";
  made.mode_ = mode::id;
  const auto parts = split_value(value, ',');
  if (parts.size() > max_alternatives) return unreadable::value;
  for (const std::string_view part : parts) {
    if (part.empty()) return unreadable::value;
    made.ids_.push_back(unescape_value(part));
  }
  return made;
}

criterion::reading criterion::read_has(type_id type, std::string_view name, std::string_view value,
                                       const search_world& world, std::size_t depth) {
  if (depth + 1 >= max_chain) return unreadable::too_deep;
  name.remove_prefix(std::string_view("_has:").size());
  const auto from = type_named(take_until(name, ':'));
  const std::string_view by = take_until(name, ':');
  if (!from || by.empty() || name.empty()) return unreadable::parameter;
  criterion made;
  made.name_ = "_has";
  made.mode_ = mode::has;
  made.param_ = find_param(*from, by, world.orders);
  if (!made.param_ || made.param_->kind != param_kind::reference) return unreadable::parameter;
  if (!is_of_patients(type) && world.records.hospital().size() > world.small_hospital)
    return unreadable::too_costly;
  made.where_.emplace_back(made.param_->path);
  reading rest = read(*from, name, value, world, depth + 1);
  if (const auto* why = std::get_if<unreadable>(&rest)) return *why;
  made.links_.push_back({*from, std::make_shared<const criterion>(std::get<criterion>(std::move(rest)))});
  return made;
}

criterion::reading criterion::read_chain(criterion made, std::string_view type, std::string_view rest,
                                         std::string_view value, const search_world& world,
                                         std::size_t depth) {
  if (depth + 1 >= max_chain) return unreadable::too_deep;
  made.mode_ = mode::chain;
  made.where_.emplace_back(made.param_->path);
  std::string_view targets = made.param_->targets;
  if (!type.empty()) {
    if (!type_named(type)) return unreadable::modifier;
    targets = type;
  }
  if (targets == "*") return unreadable::modifier;  // which type's parameters are meant, nobody could say
  unreadable why = unreadable::parameter;
  while (!targets.empty()) {
    const auto target = type_named(take_until(targets, ','));
    if (!target) continue;
    reading read_on = read(*target, rest, value, world, depth + 1);
    if (const auto* failed = std::get_if<unreadable>(&read_on)) {
      if (*failed != unreadable::parameter) why = *failed;
      continue;
    }
    made.links_.push_back(
        {*target, std::make_shared<const criterion>(std::get<criterion>(std::move(read_on)))});
  }
  if (made.links_.empty()) return why;
  return made;
}

std::optional<unreadable> criterion::set_modifier(std::string_view modifier, std::string_view value) {
  if (modifier.empty()) return std::nullopt;
  if (modifier == "missing") {
    if (value != "true" && value != "false") return unreadable::value;
    mode_ = value == "true" ? mode::absent : mode::present;
    return std::nullopt;
  }
  const param_kind kind = param_->kind;
  if (kind == param_kind::text && modifier == "exact") {
    text_ = text_match::exact;
  } else if (kind == param_kind::text && modifier == "contains") {
    text_ = text_match::contains;
  } else if (kind == param_kind::token && modifier == "not") {
    mode_ = mode::negated;
  } else if ((kind == param_kind::token || kind == param_kind::reference) && modifier == "text") {
    mode_ = mode::label;
  } else if (kind == param_kind::token && modifier == "of-type") {
    typed_identifier_ = true;
  } else if (kind == param_kind::reference && modifier == "identifier") {
    mode_ = mode::of_identifier;
  } else if (kind == param_kind::reference && type_named(modifier)) {
    type_modifier_ = modifier;
  } else if (kind == param_kind::uri && (modifier == "below" || modifier == "above")) {
    uri_ = modifier == "below" ? uri_match::below : uri_match::above;
  } else {
    return unreadable::modifier;
  }
  return std::nullopt;
}

bool criterion::read_alternatives(std::string_view value, const search_world& world) {
  const auto parts = split_value(value, ',');
  if (parts.size() > max_alternatives) return false;
  for (const std::string_view part : parts) {
    auto read = read_alternative(param_->kind, part, world);
    if (!read) return false;
    if (auto* reference = std::get_if<reference_value>(&*read); reference && !type_modifier_.empty()) {
      if (reference->id.empty() || (!reference->type.empty() && reference->type != type_modifier_))
        return false;
      reference->type = type_modifier_;
    }
    alternatives_.push_back(std::move(*read));
  }
  return true;
}

bool criterion::read_composite(std::string_view value, const search_world& world) {
  mode_ = mode::composite;
  for (const std::string_view form : split_value(param_->path, '&')) {
    const auto parts = split_value(form, ';');
    composite made{selection(parts[0]), {}};
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const std::size_t colon = parts[i].find(':');
      made.parts.push_back({selection(parts[i].substr(colon + 1)), kind_named(parts[i].substr(0, colon))});
    }
    composites_.push_back(std::move(made));
  }
  const auto tuples = split_value(value, ',');
  if (tuples.size() > max_alternatives) return false;
  for (const std::string_view tuple : tuples) {
    const auto texts = split_value(tuple, '$');
    const auto& kinds = composites_.front().parts;
    if (texts.size() != kinds.size()) return false;
    std::vector<alternative> made;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      auto read = read_alternative(kinds[i].kind, texts[i], world);
      if (!read) return false;
      made.push_back(std::move(*read));
    }
    tuples_.push_back(std::move(made));
  }
  return true;
}

std::optional<criterion::alternative> criterion::read_alternative(param_kind kind, std::string_view text,
                                                                  const search_world& world) const {
  const auto given = [](auto read) -> std::optional<alternative> {
    if (!read) return std::nullopt;
    return alternative(std::move(*read));
  };
  if (mode_ == mode::label) return given(text_value::read(text, text_match::starts));
  if (mode_ == mode::of_identifier) return given(token_value::read(text));
  if (typed_identifier_) return given(typed_identifier::read(text));
  switch (kind) {
    case param_kind::token:
      return given(token_value::read(text));
    case param_kind::reference:
      return given(reference_value::read(text, world.base));
    case param_kind::text:
      return given(text_value::read(text, text_));
    case param_kind::date:
      return given(date_value::read(text, world.now));
    case param_kind::number:
      return given(quantity_value::read_number(text));
    case param_kind::quantity:
      return given(quantity_value::read(text));
    case param_kind::uri:
      if (text.empty()) return std::nullopt;
      return alternative(uri_value{unescape_value(text), uri_});
    case param_kind::composite:
      break;
  }
  return std::nullopt;
}

}  // namespace epicenter::mock::fhir
