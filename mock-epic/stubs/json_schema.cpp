#include "mock-epic/stubs/json_schema.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "mock-epic/stubs/date_text.hpp"
#include "mock-epic/stubs/json_equality.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_steps = 1'000'000;
constexpr std::size_t deepest = 128;
constexpr std::string_view types[] = {"null", "boolean", "object", "array", "number", "string", "integer"};

bool is_integer(const json::value& v) {
  const auto number = v.to_double();
  return number && std::floor(*number) == *number;
}

bool has_type(const json::value& v, std::string_view type) {
  if (type == "null") return v.is_null();
  if (type == "boolean") return v.is_bool();
  if (type == "object") return v.is_object();
  if (type == "array") return v.is_array();
  if (type == "string") return v.is_string();
  if (type == "number") return v.is_number();
  return type == "integer" && v.is_number() && is_integer(v);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_format(std::string_view text, std::string_view format) {
  static const regex email(R"([^@\s]+@[^@\s]+\.[^@\s]+)");
  static const regex uri(R"([A-Za-z][A-Za-z0-9+.-]*:\S*)");
  static const regex uuid("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
  static const regex ipv4(R"((25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3})");
  static const regex time(R"(([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d))");
  if (format == "date") return text.size() == 10 && parse_date_text(text);
  if (format == "date-time") return text.size() > 10 && text[10] == 'T' && parse_date_text(text);
  if (format == "email") return email.matches_whole(text);
  if (format == "uri") return uri.matches_whole(text);
  if (format == "uuid") return uuid.matches_whole(text);
  if (format == "ipv4") return ipv4.matches_whole(text);
  if (format == "time") return time.matches_whole(text);
  return true;
}

/// The place that "#/a/b" names in the document; nullptr where it leads nowhere.
const json::value* resolve(const json::value& root, std::string_view reference) {
  if (!reference.starts_with('#')) return nullptr;
  const json::value* at = &root;
  reference.remove_prefix(1);
  while (at && reference.starts_with('/')) {
    reference.remove_prefix(1);
    const std::size_t end = std::min(reference.find('/'), reference.size());
    std::string key;
    for (std::size_t i = 0; i < end; ++i) {
      const bool escaped = reference[i] == '~' && i + 1 < end;
      if (escaped) ++i;
      key += escaped ? (reference[i] == '0' ? '~' : '/') : reference[i];
    }
    if (const json::array* elements = at->if_array()) {
      std::size_t index = elements->size();
      if (!key.empty() && key.size() < 9 && key.find_first_not_of("0123456789") == std::string::npos)
        index = std::stoul(key);
      at = index < elements->size() ? &(*elements)[index] : nullptr;
    } else {
      at = at->find(key);
    }
    reference.remove_prefix(end);
  }
  return reference.empty() ? at : nullptr;
}

std::optional<double> bound_of(const json::value& schema, std::string_view key) {
  const json::value* found = schema.find(key);
  const auto number = found ? found->to_double() : result<double>(0.0);
  return found && number ? std::optional<double>(*number) : std::nullopt;
}

}  // namespace

struct json_schema::check {
  const json_schema& of;
  std::size_t steps = 0;

  bool valid(const json::value& schema, const json::value& v, std::size_t depth) {
    if (++steps > most_steps || depth > deepest) return false;
    if (const bool* all = schema.if_bool()) return *all;
    if (!schema.is_object()) return false;
    if (const json::value* reference = schema.find("$ref"); reference && reference->is_string()) {
      const json::value* target = resolve(of.schema_, *reference->if_string());
      return target && valid(*target, v, depth + 1);
    }
    return kind_valid(schema, v) && logic_valid(schema, v, depth) &&
           (!v.is_object() || object_valid(schema, *v.if_object(), depth)) &&
           (!v.is_array() || array_valid(schema, *v.if_array(), depth)) &&
           (!v.is_string() || text_valid(schema, *v.if_string())) &&
           (!v.is_number() || number_valid(schema, v));
  }

  bool kind_valid(const json::value& schema, const json::value& v) {
    if (const json::value* type = schema.find("type")) {
      const json::array* list = type->if_array();
      const auto fits = [&v](const json::value& t) { return t.is_string() && has_type(v, *t.if_string()); };
      if (list ? std::none_of(list->begin(), list->end(), fits) : !fits(*type)) return false;
    }
    if (const json::value* wanted = schema.find("const"); wanted && !equal_values(*wanted, v)) return false;
    const json::value* choices = schema.find("enum");
    if (!choices || !choices->is_array()) return true;
    return std::any_of(choices->if_array()->begin(), choices->if_array()->end(),
                       [&](const json::value& one) { return equal_values(one, v); });
  }

  bool equal_values(const json::value& a, const json::value& b) {
    ++steps;
    if (a.is_number() && b.is_number()) return equal_numbers(*a.if_number(), *b.if_number());
    if (a.is_object() && b.is_object()) {
      const json::object& x = *a.if_object();
      const json::object& y = *b.if_object();
      if (x.size() != y.size()) return false;
      return std::all_of(x.begin(), x.end(), [&](const auto& m) {
        const json::value* other = y.find(m.first);
        return other && equal_values(m.second, *other);
      });
    }
    if (a.is_array() && b.is_array())
      return std::equal(a.if_array()->begin(), a.if_array()->end(), b.if_array()->begin(),
                        b.if_array()->end(),
                        [this](const auto& x, const auto& y) { return equal_values(x, y); });
    return a == b;
  }

  bool logic_valid(const json::value& schema, const json::value& v, std::size_t depth) {
    const auto count_valid = [&](const json::value& list) {
      return std::count_if(list.if_array()->begin(), list.if_array()->end(),
                           [&](const json::value& one) { return valid(one, v, depth + 1); });
    };
    const auto list_at = [&schema](std::string_view key) {
      const json::value* list = schema.find(key);
      return list && list->is_array() ? list : nullptr;
    };
    if (const auto* all = list_at("allOf"); all && count_valid(*all) != std::ssize(*all->if_array()))
      return false;
    if (const auto* any = list_at("anyOf"); any && count_valid(*any) == 0) return false;
    if (const auto* one = list_at("oneOf"); one && count_valid(*one) != 1) return false;
    if (const auto* no = schema.find("not"); no && valid(*no, v, depth + 1)) return false;
    const json::value* condition = schema.find("if");
    if (!condition) return true;
    const json::value* branch = schema.find(valid(*condition, v, depth + 1) ? "then" : "else");
    return !branch || valid(*branch, v, depth + 1);
  }

  bool has_all(const json::object& members, const json::value* names) {
    if (!names || !names->is_array()) return true;
    return std::all_of(
        names->if_array()->begin(), names->if_array()->end(),
        [&members](const json::value& one) { return one.is_string() && members.contains(*one.if_string()); });
  }

  bool object_valid(const json::value& schema, const json::object& members, std::size_t depth) {
    const auto size = static_cast<double>(members.size());
    if (size < bound_of(schema, "minProperties").value_or(0)) return false;
    if (size > bound_of(schema, "maxProperties").value_or(size)) return false;
    if (!has_all(members, schema.find("required"))) return false;
    for (const std::string_view key : {"dependencies", "dependentRequired", "dependentSchemas"}) {
      const json::value* rules = schema.find(key);
      if (!rules || !rules->is_object()) continue;
      for (const auto& [name, rule] : *rules->if_object()) {
        if (!members.contains(name)) continue;
        if (rule.is_array() ? !has_all(members, &rule) : !valid(rule, json::value(members), depth + 1))
          return false;
      }
    }
    for (const auto& [key, value] : members)
      if (!member_valid(schema, key, value, depth)) return false;
    return true;
  }

  bool member_valid(const json::value& schema, const std::string& key, const json::value& value,
                    std::size_t depth) {
    if (const json::value* names = schema.find("propertyNames");
        names && !valid(*names, json::value(key), depth + 1))
      return false;
    bool known = false;
    const json::value* properties = schema.find("properties");
    if (const json::value* rule = properties ? properties->find(key) : nullptr) {
      known = true;
      if (!valid(*rule, value, depth + 1)) return false;
    }
    const json::value* patterns = schema.find("patternProperties");
    if (patterns && patterns->is_object()) {
      for (const auto& [expression, rule] : *patterns->if_object()) {
        if (++steps > most_steps) return false;
        const auto found = of.expressions_.find(expression);
        if (found == of.expressions_.end() || !found->second->finds_in(key)) continue;
        known = true;
        if (!valid(rule, value, depth + 1)) return false;
      }
    }
    const json::value* others = schema.find("additionalProperties");
    return known || !others || valid(*others, value, depth + 1);
  }

  bool array_valid(const json::value& schema, const json::array& elements, std::size_t depth) {
    const auto size = static_cast<double>(elements.size());
    if (size < bound_of(schema, "minItems").value_or(0)) return false;
    if (size > bound_of(schema, "maxItems").value_or(size)) return false;
    const json::value* items = schema.find("items");
    const json::value* rest = schema.find("additionalItems");
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const json::value* rule = items;
      if (items && items->is_array()) rule = i < items->if_array()->size() ? &(*items->if_array())[i] : rest;
      if (rule && !valid(*rule, elements[i], depth + 1)) return false;
    }
    const json::value* wanted = schema.find("contains");
    if (wanted && std::none_of(elements.begin(), elements.end(),
                               [&](const json::value& one) { return valid(*wanted, one, depth + 1); }))
      return false;
    const json::value* unique = schema.find("uniqueItems");
    if (!unique || !unique->if_bool() || !*unique->if_bool()) return true;
    for (std::size_t i = 0; i < elements.size(); ++i)
      for (std::size_t j = i + 1; j < elements.size(); ++j)
        if (steps > most_steps || equal_values(elements[i], elements[j])) return false;
    return true;
  }

  bool text_valid(const json::value& schema, const std::string& text) {
    const auto size = static_cast<double>(characters(text));
    if (size < bound_of(schema, "minLength").value_or(0)) return false;
    if (size > bound_of(schema, "maxLength").value_or(size)) return false;
    if (const auto expression = text_of(schema, "pattern")) {
      const auto found = of.expressions_.find(*expression);
      if (found == of.expressions_.end() || !found->second->finds_in(text)) return false;
    }
    const auto format = text_of(schema, "format");
    return !format || has_format(text, *format);
  }

  static json::maybe<json::text_view> text_of(const json::value& schema, std::string_view key) {
    const json::value* found = schema.find(key);
    return found ? found->if_string() : nullptr;
  }

  bool number_valid(const json::value& schema, const json::value& v) {
    const double number = v.to_double().value_or(0);
    if (const auto low = bound_of(schema, "minimum"); low && number < *low) return false;
    if (const auto high = bound_of(schema, "maximum"); high && number > *high) return false;
    if (const auto low = bound_of(schema, "exclusiveMinimum"); low && number <= *low) return false;
    if (const auto high = bound_of(schema, "exclusiveMaximum"); high && number >= *high) return false;
    const auto factor = bound_of(schema, "multipleOf");
    if (!factor || *factor <= 0) return true;
    const double times = number / *factor;
    return std::abs(times - std::round(times)) < 1e-9 * std::max(1.0, std::abs(times));
  }
};

tl::expected<json_schema, std::string> json_schema::compile(json::value schema) {
  json_schema made;
  made.schema_ = std::move(schema);
  if (!made.schema_.is_object() && !made.schema_.is_bool())
    return tl::unexpected(std::string("a schema is an object, true or false"));
  if (std::string wrong = made.prepare(made.schema_, 0); !wrong.empty())
    return tl::unexpected(std::move(wrong));
  return made;
}

std::string json_schema::prepare(const json::value& schema, std::size_t depth) {
  if (depth > deepest) return "the schema is nested too deep";
  if (const json::array* elements = schema.if_array()) {
    for (const json::value& one : *elements)
      if (std::string wrong = prepare(one, depth + 1); !wrong.empty()) return wrong;
    return {};
  }
  const json::object* members = schema.if_object();
  if (!members) return {};
  const auto add = [this](const std::string& expression) -> std::string {
    if (expressions_.contains(expression)) return {};
    if (const auto wrong = regex::check(expression)) return *wrong;
    expressions_.emplace(expression, std::make_shared<regex>(expression));
    return {};
  };
  for (const auto& [key, value] : *members) {
    if (key == "enum" || key == "const" || key == "default" || key == "examples") continue;
    std::string wrong;
    if (key == "type" && value.is_string() &&
        std::find(std::begin(types), std::end(types), *value.if_string()) == std::end(types))
      wrong = "no such type: " + std::string(*value.if_string());
    if (key == "pattern" && value.is_string()) wrong = add(*value.if_string());
    if (key == "$ref" && value.is_string() && !resolve(schema_, *value.if_string()))
      wrong = "the reference leads nowhere: " + std::string(*value.if_string());
    if (key == "patternProperties" && value.is_object())
      for (const auto& [expression, rule] : *value.if_object())
        if (wrong.empty()) wrong = add(expression);
    if (wrong.empty()) wrong = prepare(value, depth + 1);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

bool json_schema::is_valid(const json::value& document) const {
  return check{*this}.valid(schema_, document, 0);
}

}  // namespace epicenter::mock::stubs
