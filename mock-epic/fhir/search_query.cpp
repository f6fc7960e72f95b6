#include "mock-epic/fhir/search_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mock-epic/fhir/search_rules.hpp"
#include "mock-epic/fhir/search_text.hpp"

namespace epicenter::mock::fhir {
namespace {

using refusal = std::optional<answer>;

std::string upper(std::string_view text) {
  std::string made(text);
  for (char& c : made)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return made;
}

answer refuse(unsigned status, std::string_view code, std::string_view epic_code, std::string diagnostics,
              const std::string& name, std::string rule) {
  return answer_outcome(status, issue{"fatal", code, epic_code, std::move(diagnostics), name},
                        std::move(rule));
}

class reader {
 public:
  reader(const search_request& request, const search_world& world) : request_(request), world_(world) {}

  std::variant<search_query, answer> read() {
    if (request_.parameters.size() > max_parameters)
      return refuse(400, "too-costly", "4100", "Too many parameters.", "", "search_size");
    if (auto refused = read_types()) return std::move(*refused);
    // Epic: _id goes with _count, _include and _revinclude; all others are ignored.
    const bool by_id = !world_.orders && std::any_of(request_.parameters.begin(), request_.parameters.end(),
                                                     [](const auto& one) { return one.first == "_id"; });
    for (const auto& [name, value] : request_.parameters) {
      if (by_id && name != "_id" && !is_control(name)) continue;
      if (auto refused = read_one(name, value)) return std::move(*refused);
    }
    return std::move(made_);
  }

 private:
  bool is_control(std::string_view name) const {
    const std::string_view plain = name.substr(0, name.find(':'));
    for (const std::string_view one : {"_count", "_summary", "_include", "_revinclude", "_format", "_pretty"})
      if (plain == one) return true;
    if (!world_.orders) return false;
    for (const std::string_view one : {"_sort", "_elements", "_total", "_type", "_cursor"})
      if (plain == one) return true;
    return false;
  }

  refusal read_types() {
    std::vector<type_id> types = request_.types;
    for (const auto& [name, value] : request_.parameters) {
      if (name != "_type" || !world_.orders || request_.types.size() == 1) continue;
      types.clear();
      for (const std::string_view part : split_value(value, ',')) {
        const auto type = type_named(part);
        if (!type) return bad_value(name);
        if (std::find(types.begin(), types.end(), *type) == types.end()) types.push_back(*type);
      }
    }
    for (const type_id type : types) made_.targets.push_back({type, {}});
    types_ = std::move(types);
    return std::nullopt;
  }

  refusal read_one(const std::string& name, const std::string& value) {
    if (is_control(name)) return read_control(name, value);
    if (value.empty() && world_.orders) return std::nullopt;  // R4: parameters without a value are ignored
    for (search_target& target : made_.targets) {
      auto read = criterion::read(target.type, name, value, world_);
      if (const auto* why = std::get_if<unreadable>(&read)) return refuse_criterion(*why, name);
      target.criteria.push_back(std::get<criterion>(std::move(read)));
    }
    made_.given.emplace_back(made_.targets.empty() ? name : made_.targets.front().criteria.back().name());
    return std::nullopt;
  }

  refusal refuse_criterion(unreadable why, const std::string& name) {
    switch (why) {
      case unreadable::parameter:
        return unknown(name);
      case unreadable::modifier:
        return refuse(world_.orders ? 400 : 422, "not-supported", "59012",
                      "Modifier is not supported: " + name, name, "search_modifier");
      case unreadable::value:
        return bad_value(name);
      case unreadable::too_deep:
        return refuse(400, "too-costly", "4100", "The chain is too long: " + name, name, "search_chain");
      case unreadable::too_costly:
        return refuse(400, "too-costly", "4100", "Would look through every chart: " + name, name,
                      "search_costly");
    }
    return std::nullopt;
  }

  static answer bad_value(const std::string& name) {
    return refuse(400, "value", "4115", "Invalid value of parameter: " + name, name, "search_value");
  }

  refusal unknown(const std::string& name) {
    // A multi-type search may have read it for the types before.
    if (request_.unknown_refused)
      return refuse(400, "not-supported", "59100", "Unknown parameter: " + upper(name) + ".", name,
                    "search_unknown");
    const bool told = world_.orders || (types_.size() == 1 && tells_unknown_parameters(types_.front()));
    if (told)
      made_.notes.push_back({world_.orders ? "warning" : "information", "invalid", "59100",
                             "Unknown parameter: " + upper(name) + ". Parameter has been ignored.", ""});
    for (search_target& target : made_.targets)
      if (target.criteria.size() > made_.given.size()) target.criteria.pop_back();
    return std::nullopt;
  }

  void ignore(const std::string& name) {
    if (world_.orders || (types_.size() == 1 && tells_unknown_parameters(types_.front())))
      made_.notes.push_back({"information", "invalid", "59109", "Invalid value ignored: " + name, name});
  }

  refusal read_control(const std::string& name, const std::string& value) {
    const std::string_view plain = std::string_view(name).substr(0, name.find(':'));
    if (plain == "_count") return read_count(name, value);
    if (plain == "_summary") return read_summary(name, value);
    if (plain == "_include" || plain == "_revinclude") return read_inclusion(name, value);
    if (plain == "_sort") {
      auto keys = read_sort(value, types_, true);
      if (!keys) return bad_value(name);
      made_.sort = std::move(*keys);
    } else if (plain == "_elements") {
      for (const std::string_view one : split_value(value, ','))
        if (!one.empty()) made_.parts.elements.emplace_back(one);
    } else if (plain == "_total") {
      if (value != "none" && value != "estimate" && value != "accurate") return bad_value(name);
      made_.total = value == "none" ? total_wanted::none : total_wanted::accurate;
    } else if (plain == "_cursor") {
      made_.cursor = value;
    }
    return std::nullopt;
  }

  refusal read_count(const std::string& name, const std::string& value) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    const bool number = error == std::errc{} && end == value.data() + value.size();
    if (number && count == 0 && world_.orders) {
      made_.parts.how = summary::count;
    } else if (number && count > 0) {
      made_.page_size = std::min(count, default_page);
    } else if (world_.orders) {
      return bad_value(name);
    } else {
      ignore(name);
    }
    return std::nullopt;
  }

  refusal read_summary(const std::string& name, const std::string& value) {
    if (value == "count") {
      made_.parts.how = summary::count;
    } else if (!world_.orders) {
      ignore(name);
    } else if (value == "true") {
      made_.parts.how = summary::yes;
    } else if (value == "text") {
      made_.parts.how = summary::text;
    } else if (value == "data") {
      made_.parts.how = summary::data;
    } else if (value != "false") {
      return bad_value(name);
    }
    return std::nullopt;
  }

  refusal read_inclusion(const std::string& name, const std::string& value) {
    const std::size_t colon = name.find(':');
    const std::string_view modifier =
        colon == std::string::npos ? "" : std::string_view(name).substr(colon + 1);
    inclusion made;
    made.iterate = modifier == "iterate" || modifier == "recurse";
    if (!modifier.empty() && (!made.iterate || !world_.orders))
      return refuse_criterion(unreadable::modifier, name);
    const bool reverse = name.starts_with("_rev");
    if (value != "*" && !read_inclusion_path(value, made)) {
      if (world_.orders) return bad_value(name);
      ignore(name);
      return std::nullopt;
    }
    if (value == "*") made.param = "*";
    // Epic declares Provenance:target alone.
    if (reverse && !world_.orders && value != "Provenance:target") {
      ignore(name);
      return std::nullopt;
    }
    (reverse ? made_.revincludes : made_.includes).push_back(std::move(made));
    return std::nullopt;
  }

  static bool read_inclusion_path(std::string_view value, inclusion& made) {
    const std::size_t first = value.find(':');
    if (first == std::string_view::npos) return false;
    made.from = type_named(value.substr(0, first));
    value.remove_prefix(first + 1);
    const std::size_t second = value.find(':');
    made.param = value.substr(0, second);
    if (second != std::string_view::npos) {
      made.target = type_named(value.substr(second + 1));
      if (!made.target) return false;
    }
    if (!made.from) return false;
    if (made.param == "*") return true;
    const search_param* param = find_param(*made.from, made.param, true);
    return param && param->kind == param_kind::reference;
  }

  const search_request& request_;
  const search_world& world_;
  std::vector<type_id> types_;
  search_query made_;
};

}  // namespace

bool search_query::is_given(std::string_view name) const {
  return std::find(given.begin(), given.end(), name) != given.end();
}

std::variant<search_query, answer> read_query(const search_request& request, const search_world& world) {
  return reader(request, world).read();
}

}  // namespace epicenter::mock::fhir
