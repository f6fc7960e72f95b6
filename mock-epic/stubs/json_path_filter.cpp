// Conditions of JSONPath filters: comparisons joined by &&, ||, ! and brackets.
#include <algorithm>

#include "mock-epic/stubs/json_equality.hpp"
#include "mock-epic/stubs/json_path_step.hpp"
#include "mock-epic/stubs/regex.hpp"

namespace epicenter::mock::stubs {
namespace {

using filter_ptr = std::shared_ptr<const json_path_filter>;
constexpr std::size_t most_nesting = 16;

class both final : public json_path_filter {
 public:
  both(filter_ptr a, filter_ptr b) : a_(std::move(a)), b_(std::move(b)) {}
  bool holds(const json::value& v, json_path_walk& w) const override {
    return a_->holds(v, w) && b_->holds(v, w);
  }

 private:
  filter_ptr a_, b_;
};

class either final : public json_path_filter {
 public:
  either(filter_ptr a, filter_ptr b) : a_(std::move(a)), b_(std::move(b)) {}
  bool holds(const json::value& v, json_path_walk& w) const override {
    return a_->holds(v, w) || b_->holds(v, w);
  }

 private:
  filter_ptr a_, b_;
};

class negated final : public json_path_filter {
 public:
  explicit negated(filter_ptr a) : a_(std::move(a)) {}
  bool holds(const json::value& v, json_path_walk& w) const override { return !a_->holds(v, w); }

 private:
  filter_ptr a_;
};

/// A literal, or a path from the current value (@) or the root ($).
struct operand {
  bool is_path = false;
  bool from_root = false;
  bool definite = true;
  std::vector<std::shared_ptr<const json_path_step>> steps;
  std::string function;
  json::value literal;

  /// Nothing where the path leads nowhere.
  std::optional<json::value> value(const json::value& current, json_path_walk& walk) const {
    if (!is_path) return literal;
    const auto found = follow(steps, from_root ? *walk.root : current, walk);
    if (!function.empty()) return length_of(found);
    if (!definite) {
      json::array all;
      for (const json::value* one : found) all.push_back(*one);
      return json::value(std::move(all));
    }
    if (found.empty()) return std::nullopt;
    return *found.front();
  }

 private:
  static std::optional<json::value> length_of(const std::vector<const json::value*>& found) {
    if (found.empty()) return std::nullopt;
    if (const json::array* elements = found.front()->if_array())
      return json::value(std::uint64_t{elements->size()});
    if (const auto text = found.front()->if_string()) return json::value(std::uint64_t{text->size()});
    if (const json::object* members = found.front()->if_object())
      return json::value(std::uint64_t{members->size()});
    return std::nullopt;
  }
};

bool same(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return equal_numbers(*a.if_number(), *b.if_number());
  return a == b;
}

bool is_one_of(const json::value& v, const json::value& list) {
  const json::array* elements = list.if_array();
  return elements &&
         std::any_of(elements->begin(), elements->end(), [&v](const auto& one) { return same(v, one); });
}

class comparison final : public json_path_filter {
 public:
  comparison(operand left, std::string op, operand right)
      : left_(std::move(left)), op_(std::move(op)), right_(std::move(right)) {}
  comparison(operand left, std::shared_ptr<const regex> expression)
      : left_(std::move(left)), op_("=~"), expression_(std::move(expression)) {}

  bool holds(const json::value& current, json_path_walk& walk) const override {
    const auto left = left_.value(current, walk);
    if (op_.empty()) return left.has_value() && (left_.definite || !left->if_array()->empty());
    if (op_ == "=~") return left && left->is_string() && expression_->matches_whole(*left->if_string());
    const auto right = right_.value(current, walk);
    if (op_ == "!=") return !(left && right && same(*left, *right)) && (left || right);
    if (op_ == "==") return left && right && same(*left, *right);
    if (!left || !right) return op_ == "nin";
    if (op_ == "in") return is_one_of(*left, *right);
    if (op_ == "nin") return !is_one_of(*left, *right);
    if (op_ == "contains") return contains(*left, *right);
    if (op_ == "size")
      return left->is_array() && same(json::value(std::uint64_t{left->if_array()->size()}), *right);
    if (op_ == "empty") return right->is_bool() && is_empty(*left) == *right->if_bool();
    return ordered(*left, *right);
  }

 private:
  static bool is_empty(const json::value& v) {
    return (v.is_array() && v.if_array()->empty()) || (v.is_string() && v.if_string()->empty());
  }
  static bool contains(const json::value& in, const json::value& what) {
    if (in.is_string() && what.is_string())
      return in.if_string()->find(*what.if_string()) != std::string::npos;
    return is_one_of(what, in);
  }
  bool ordered(const json::value& a, const json::value& b) const {
    int sign = 0;
    if (a.is_string() && b.is_string()) {
      sign = a.if_string()->compare(*b.if_string());
    } else {
      const auto x = a.to_double();
      const auto y = b.to_double();
      if (!x || !y) return false;
      sign = *x < *y ? -1 : *x > *y ? 1 : 0;
    }
    if (op_ == "<") return sign < 0;
    if (op_ == "<=") return sign <= 0;
    return op_ == ">" ? sign > 0 : sign >= 0;
  }

  operand left_;
  std::string op_;
  operand right_;
  std::shared_ptr<const regex> expression_;
};

bool read_literal(json_path_cursor& in, json::value& into) {
  if (in.peek() == '\'' || in.peek() == '"') {
    std::string text;
    if (!read_quoted(in, text)) return false;
    into = std::move(text);
    return true;
  }
  if (in.take("[")) {
    json::array list;
    for (in.skip_spaces(); !in.take("]"); in.skip_spaces()) {
      if (list.size() > 1'000 || (!list.empty() && !in.take(",")))
        return in.fail("a list does not end with ]");
      in.skip_spaces();
      if (in.peek() == '[' || !read_literal(in, list.emplace_back())) return in.fail("a list holds literals");
    }
    into = std::move(list);
    return true;
  }
  if (in.take("true")) return into = true, true;
  if (in.take("false")) return into = false, true;
  if (in.take("null")) return into = nullptr, true;
  std::string digits;
  while (std::string_view("+-.eE0123456789").find(in.peek()) != std::string_view::npos && in.peek() != '\0')
    digits += in.text[in.at++];
  into = json::number{digits};
  return (!digits.empty() && into.to_double()) || in.fail("a value is needed here");
}

bool read_operand(json_path_cursor& in, operand& into) {
  in.skip_spaces();
  if (in.peek() != '@' && in.peek() != '$') return read_literal(in, into.literal);
  into.is_path = true;
  into.from_root = in.peek() == '$';
  ++in.at;
  if (!read_steps(in, into.steps, into.definite, &into.function)) return false;
  return into.function.empty() || into.function == "length" || into.function == "size" ||
         in.fail("of the functions only length() and size() may stand in a filter");
}

std::shared_ptr<const regex> read_regex(json_path_cursor& in) {
  in.skip_spaces();
  std::string expression;
  if (!in.take("/")) return in.fail("=~ needs /expression/"), nullptr;
  for (; in.at < in.text.size() && in.peek() != '/'; ++in.at) {
    if (in.peek() == '\\' && in.at + 1 < in.text.size()) expression += in.text[in.at++];
    expression += in.peek();
  }
  if (!in.take("/")) return in.fail("the expression does not end with /"), nullptr;
  auto flag = regex::flag::none;
  while (in.peek() == 'i' || in.peek() == 's' || in.peek() == 'm' || in.peek() == 'u' || in.peek() == 'x') {
    if (in.peek() == 'i') flag = regex::flag::ignore_case;
    ++in.at;
  }
  if (const auto wrong = regex::check(expression)) return in.fail(*wrong), nullptr;
  return std::make_shared<regex>(expression, flag);
}

filter_ptr read_or(json_path_cursor& in);

filter_ptr read_primary(json_path_cursor& in) {
  static constexpr std::string_view ops[] = {"==", "!=",  "<=",   ">=",        "<",     ">",
                                             "=~", "in ", "nin ", "contains ", "size ", "empty "};
  in.skip_spaces();
  if (++in.depth > most_nesting) return in.fail("the filter is nested too deep"), nullptr;
  filter_ptr made;
  if (in.peek() == '!' && in.peek(1) != '=') {
    ++in.at;
    if (filter_ptr inner = read_primary(in)) made = std::make_shared<negated>(std::move(inner));
  } else if (in.take("(")) {
    made = read_or(in);
    in.skip_spaces();
    if (made && !in.take(")")) made = (in.fail(") is missing"), nullptr);
  } else {
    operand left;
    if (!read_operand(in, left)) return nullptr;
    in.skip_spaces();
    std::string op;
    for (const std::string_view one : ops)
      if (op.empty() && in.take(one)) op = one;
    if (op.ends_with(' ')) op.pop_back();
    if (op == "=~") {
      if (auto expression = read_regex(in))
        made = std::make_shared<comparison>(std::move(left), std::move(expression));
    } else {
      operand right;
      if (!op.empty() && !read_operand(in, right)) return nullptr;
      made = std::make_shared<comparison>(std::move(left), std::move(op), std::move(right));
    }
  }
  --in.depth;
  return made;
}

filter_ptr read_and(json_path_cursor& in) {
  filter_ptr left = read_primary(in);
  for (in.skip_spaces(); left && in.take("&&"); in.skip_spaces()) {
    filter_ptr right = read_primary(in);
    left = right ? std::make_shared<both>(std::move(left), std::move(right)) : nullptr;
  }
  return left;
}

filter_ptr read_or(json_path_cursor& in) {
  filter_ptr left = read_and(in);
  for (in.skip_spaces(); left && in.take("||"); in.skip_spaces()) {
    filter_ptr right = read_and(in);
    left = right ? std::make_shared<either>(std::move(left), std::move(right)) : nullptr;
  }
  return left;
}

}  // namespace

filter_ptr read_filter(json_path_cursor& in) {
  filter_ptr made = read_or(in);
  in.skip_spaces();
  if (!made) in.fail("the filter cannot be read");
  return made;
}

}  // namespace epicenter::mock::stubs
