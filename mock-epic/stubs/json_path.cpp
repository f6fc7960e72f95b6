#include "mock-epic/stubs/json_path.hpp"

#include <algorithm>
#include <charconv>

#include "mock-epic/stubs/json_path_step.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t longest_path = 4 * 1024;
constexpr std::size_t most_steps = 64;
constexpr std::size_t most_found = 100'000;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '$' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

void add_children(const json::value& v, std::vector<const json::value*>& out) {
  if (const json::object* members = v.if_object())
    for (const auto& [key, value] : *members) out.push_back(&value);
  else if (const json::array* elements = v.if_array())
    for (const json::value& one : *elements) out.push_back(&one);
}

/// The value and all below it, in document order.
std::vector<const json::value*> with_descendants(const json::value& v, json_path_walk& walk) {
  std::vector<const json::value*> out;
  std::vector<const json::value*> stack{&v};
  while (!stack.empty() && walk.spend()) {
    const json::value* one = stack.back();
    stack.pop_back();
    out.push_back(one);
    std::vector<const json::value*> children;
    add_children(*one, children);
    stack.insert(stack.end(), children.rbegin(), children.rend());
  }
  return out;
}

void apply_slice(const json_path_step& step, const json::array& elements,
                 std::vector<const json::value*>& out) {
  const auto size = static_cast<std::int64_t>(elements.size());
  const auto place = [size](std::int64_t i) {
    return std::clamp(i < 0 ? i + size : i, std::int64_t{0}, size);
  };
  const std::int64_t to = place(step.to.value_or(size));
  for (std::int64_t i = place(step.from.value_or(0)); i < to; i += step.stride)
    out.push_back(&elements[static_cast<std::size_t>(i)]);
}

void apply(const json_path_step& step, const json::value& v, json_path_walk& walk,
           std::vector<const json::value*>& out) {
  using kind = json_path_step::kind;
  if (!walk.spend()) return;
  const json::array* elements = v.if_array();
  if (step.what == kind::names) {
    for (const std::string& name : step.names)
      if (const json::value* found = v.find(name)) out.push_back(found);
  } else if (step.what == kind::wildcard) {
    add_children(v, out);
  } else if (step.what == kind::filter) {
    std::vector<const json::value*> candidates;
    if (elements)
      add_children(v, candidates);
    else if (v.is_object())
      candidates.push_back(&v);
    for (const json::value* one : candidates)
      if (walk.spend() && step.filter->holds(*one, walk)) out.push_back(one);
  } else if (elements && step.what == kind::slice) {
    apply_slice(step, *elements, out);
  } else if (elements) {
    const auto size = static_cast<std::int64_t>(elements->size());
    for (const std::int64_t i : step.indices) {
      const std::int64_t at = i < 0 ? i + size : i;
      if (at >= 0 && at < size) out.push_back(&(*elements)[static_cast<std::size_t>(at)]);
    }
  }
}

bool read_bracket(json_path_cursor& in, json_path_step& step, bool& definite) {
  using kind = json_path_step::kind;
  in.skip_spaces();
  if (in.take("*")) {
    step.what = kind::wildcard;
    definite = false;
  } else if (in.take("?")) {
    in.skip_spaces();
    if (!in.take("(")) return in.fail("( is needed after ?");
    step.what = kind::filter;
    step.filter = read_filter(in);
    if (!step.filter) return false;
    if (!in.take(")")) return in.fail("the filter does not end with )");
    definite = false;
  } else if (in.peek() == '\'' || in.peek() == '"') {
    do {
      in.skip_spaces();
      if (!read_quoted(in, step.names.emplace_back())) return false;
      in.skip_spaces();
    } while (in.take(","));
    definite = definite && step.names.size() == 1;
  } else {
    step.what = kind::indices;
    std::int64_t number = 0;
    const bool has_from = in.peek() != ':';
    if (has_from && !read_integer(in, number)) return in.fail("an index is needed between [ and ]");
    if (in.take(":")) {
      step.what = kind::slice;
      definite = false;
      if (has_from) step.from = number;
      if (in.peek() != ']' && in.peek() != ':') {
        if (!read_integer(in, number)) return in.fail("the slice does not end with a number");
        step.to = number;
      }
      if (in.take(":") && (!read_integer(in, step.stride) || step.stride < 1))
        return in.fail("the step of a slice is a positive number");
    } else {
      step.indices.push_back(number);
      for (in.skip_spaces(); in.take(","); in.skip_spaces()) {
        in.skip_spaces();
        if (!read_integer(in, number)) return in.fail("an index is needed after ,");
        step.indices.push_back(number);
      }
      definite = definite && step.indices.size() == 1;
    }
  }
  in.skip_spaces();
  return in.take("]") || in.fail("] is missing");
}

std::optional<json::value> apply_function(const std::string& name, const json::value& to) {
  const json::array* elements = to.if_array();
  if (name == "length" || name == "size") {
    if (elements) return std::uint64_t{elements->size()};
    if (const json::object* members = to.if_object()) return std::uint64_t{members->size()};
    if (const auto text = to.if_string()) return std::uint64_t{text->size()};
    return std::nullopt;
  }
  if (name == "keys") {
    if (!to.is_object()) return std::nullopt;
    json::array keys;
    for (const auto& [key, value] : *to.if_object()) keys.emplace_back(key);
    return keys;
  }
  if (!elements || elements->empty()) return std::nullopt;
  if (name == "first") return elements->front();
  if (name == "last") return elements->back();
  double sum = 0;
  double least = 0;
  double most = 0;
  std::size_t count = 0;
  for (const json::value& one : *elements) {
    const auto number = one.to_double();
    if (!number) continue;
    sum += *number;
    least = count == 0 ? *number : std::min(least, *number);
    most = count == 0 ? *number : std::max(most, *number);
    ++count;
  }
  if (count == 0) return std::nullopt;
  if (name == "sum") return sum;
  if (name == "avg") return sum / static_cast<double>(count);
  return name == "min" ? least : most;
}

}  // namespace

bool json_path_cursor::take(std::string_view wanted) {
  if (text.substr(at, wanted.size()) != wanted) return false;
  at += wanted.size();
  return true;
}

void json_path_cursor::skip_spaces() {
  while (peek() == ' ' || peek() == '\t') ++at;
}

bool json_path_cursor::fail(std::string why) {
  if (failure.empty()) failure = std::move(why) + " (at character " + std::to_string(at + 1) + ")";
  return false;
}

bool read_quoted(json_path_cursor& in, std::string& into) {
  const char mark = in.peek();
  if (mark != '\'' && mark != '"') return in.fail("a quoted text is needed");
  for (++in.at; in.at < in.text.size() && in.peek() != mark; ++in.at) {
    if (in.peek() == '\\' && in.at + 1 < in.text.size()) ++in.at;
    into += in.peek();
  }
  return in.take(std::string_view(&mark, 1)) || in.fail("a quoted text does not end");
}

bool read_integer(json_path_cursor& in, std::int64_t& into) {
  const std::string_view rest = in.text.substr(in.at);
  const auto [end, wrong] = std::from_chars(rest.data(), rest.data() + rest.size(), into);
  if (wrong != std::errc{} || into > 1'000'000'000 || into < -1'000'000'000) return false;
  in.at += static_cast<std::size_t>(end - rest.data());
  return true;
}

bool read_steps(json_path_cursor& in, std::vector<std::shared_ptr<const json_path_step>>& into,
                bool& definite, std::string* function) {
  static constexpr std::string_view functions = " length size min max avg sum keys first last ";
  while (in.peek() == '.' || in.peek() == '[') {
    if (into.size() == most_steps) return in.fail("too many steps");
    auto step = std::make_shared<json_path_step>();
    if (in.take("..")) {
      step->deep = true;
      definite = false;
    } else {
      in.take(".");
    }
    if (in.take("[")) {
      if (!read_bracket(in, *step, definite)) return false;
    } else if (in.take("*")) {
      step->what = json_path_step::kind::wildcard;
      definite = false;
    } else {
      std::string name;
      while (is_name(in.peek())) name += in.text[in.at++];
      if (name.empty()) return in.fail("a name is needed after .");
      if (function && functions.find(" " + name + " ") != std::string_view::npos && in.take("()")) {
        *function = std::move(name);
        return true;
      }
      step->names.push_back(std::move(name));
    }
    into.push_back(std::move(step));
  }
  return true;
}

std::vector<const json::value*> follow(const std::vector<std::shared_ptr<const json_path_step>>& steps,
                                       const json::value& from, json_path_walk& walk) {
  std::vector<const json::value*> here{&from};
  for (const auto& step : steps) {
    std::vector<const json::value*> next;
    for (const json::value* one : here) {
      if (next.size() > most_found) break;
      if (!step->deep) {
        apply(*step, *one, walk, next);
        continue;
      }
      for (const json::value* below : with_descendants(*one, walk)) apply(*step, *below, walk, next);
    }
    here = std::move(next);
  }
  return here;
}

tl::expected<json_path, std::string> json_path::parse(std::string_view text) {
  json_path made;
  json_path_cursor in;
  in.text = text;
  if (text.size() > longest_path) return tl::unexpected(std::string("the path is longer than 4 KiB"));
  // Jayway adds the $ where it is missing.
  if (!in.take("$")) {
    if (text.empty() || !is_name(text.front())) return tl::unexpected(std::string("a path begins with $"));
    const std::string whole = "$." + std::string(text);
    return parse(whole);
  }
  if (!read_steps(in, made.steps_, made.definite_, &made.function_)) return tl::unexpected(in.failure);
  if (in.at != text.size()) {
    in.fail("what stands here is no step");
    return tl::unexpected(in.failure);
  }
  return made;
}

std::vector<json::value> json_path::find_all(const json::value& document) const {
  json_path_walk walk;
  walk.root = &document;
  std::vector<json::value> out;
  for (const json::value* one : follow(steps_, document, walk)) out.push_back(*one);
  if (function_.empty()) return out;
  const json::value to = definite_ ? (out.empty() ? json::value() : out.front())
                                   : json::value(json::array(out.begin(), out.end()));
  const auto result = apply_function(function_, to);
  out.clear();
  if (result) out.push_back(*result);
  return out;
}

std::optional<json::value> json_path::read(const json::value& document) const {
  std::vector<json::value> found = find_all(document);
  if (!definite_ && function_.empty()) return json::value(json::array(found.begin(), found.end()));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

}  // namespace epicenter::mock::stubs
