#include "mock-epic/fhir/json_patch.hpp"

#include <algorithm>
#include <charconv>

namespace epicenter::mock::fhir {
namespace {

using pointer = std::vector<std::string>;

/// The reference tokens of a pointer; nothing where it is none.
std::optional<pointer> read_pointer(std::string_view text) {
  pointer made;
  if (text.empty()) return made;
  if (text.front() != '/') return std::nullopt;
  std::string token;
  for (std::size_t i = 1; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '/') {
      made.push_back(std::move(token));
      token.clear();
    } else if (text[i] == '~') {
      ++i;
      if (i == text.size() || (text[i] != '0' && text[i] != '1')) return std::nullopt;
      token += text[i] == '0' ? '~' : '/';
    } else {
      token += text[i];
    }
  }
  return made;
}

/// Digits without leading zeros (RFC 6901, section 4).
std::optional<std::size_t> index_of(std::string_view token) {
  std::size_t index = 0;
  const auto [end, why] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool whole = why == std::errc() && end == token.data() + token.size();
  if (!whole || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  return index;
}

json::value* child_of(json::value& in, std::string_view token) {
  if (json::object* object = in.if_object()) return object->find(token);
  json::array* list = in.if_array();
  const auto index = list ? index_of(token) : std::nullopt;
  return index && *index < list->size() ? &(*list)[*index] : nullptr;
}

json::value* find(json::value& document, const pointer& path, std::size_t steps) {
  json::value* at = &document;
  for (std::size_t i = 0; at && i < steps; ++i) at = child_of(*at, path[i]);
  return at;
}

bool add(json::value& document, const pointer& path, json::value v) {
  if (path.empty()) {
    document = std::move(v);
    return true;
  }
  json::value* const parent = find(document, path, path.size() - 1);
  if (!parent) return false;
  if (json::object* object = parent->if_object()) {
    object->set(path.back(), std::move(v));
    return true;
  }
  json::array* list = parent->if_array();
  if (!list) return false;
  const auto index = path.back() == "-" ? std::optional(list->size()) : index_of(path.back());
  if (!index || *index > list->size()) return false;
  list->insert(list->begin() + static_cast<std::ptrdiff_t>(*index), std::move(v));
  return true;
}

bool remove(json::value& document, const pointer& path) {
  if (path.empty()) {
    document = nullptr;
    return true;
  }
  json::value* const parent = find(document, path, path.size() - 1);
  if (!parent || !child_of(*parent, path.back())) return false;
  if (json::object* object = parent->if_object()) return object->erase(path.back());
  json::array& list = *parent->if_array();
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(*index_of(path.back())));
  return true;
}

/// Equal as JSON: members in any order, numbers by their value.
bool is_equal(const json::value& a, const json::value& b) {
  if (const json::object* left = a.if_object()) {
    const json::object* right = b.if_object();
    return right && left->size() == right->size() &&
           std::all_of(left->begin(), left->end(), [&](const auto& member) {
             const json::value* other = right->find(member.first);
             return other && is_equal(member.second, *other);
           });
  }
  if (const json::array* left = a.if_array()) {
    const json::array* right = b.if_array();
    return right && std::equal(left->begin(), left->end(), right->begin(), right->end(), is_equal);
  }
  if (a.is_number() && b.is_number() && !(a == b)) {
    const auto left = a.to_double();
    const auto right = b.to_double();
    return left && right && *left == *right;
  }
  return a == b;
}

std::size_t count_values(const json::value& v) {
  std::size_t count = 1;
  if (const json::array* list = v.if_array())
    for (const json::value& one : *list) count += count_values(one);
  if (const json::object* object = v.if_object())
    for (const auto& [key, one] : *object) count += count_values(one);
  return count;
}

std::size_t depth_of(const json::value& v) {
  std::size_t deepest = 0;
  if (const json::array* list = v.if_array())
    for (const json::value& one : *list) deepest = std::max(deepest, depth_of(one));
  if (const json::object* object = v.if_object())
    for (const auto& [key, one] : *object) deepest = std::max(deepest, depth_of(one));
  return deepest + 1;
}

bool is_prefix(const pointer& of, const pointer& whole) {
  return of.size() < whole.size() && std::equal(of.begin(), of.end(), whole.begin());
}

using why = patch_failure::why;

class application {
 public:
  explicit application(json::value& document) : document_(document), values_(count_values(document)) {}

  std::optional<patch_failure> apply(const json::value& operation, std::size_t number) {
    number_ = number;
    const json::value* path_text = operation.find("path");
    const auto path =
        path_text && path_text->if_string() ? read_pointer(*path_text->if_string()) : std::nullopt;
    if (!path) return failed(why::malformed, "no path");
    const std::string_view op = operation.string_at("op");
    if (op == "remove") return done(remove(document_, *path));
    if (op == "move" || op == "copy") {
      const json::value* from_text = operation.find("from");
      const auto from =
          from_text && from_text->if_string() ? read_pointer(*from_text->if_string()) : std::nullopt;
      if (!from) return failed(why::malformed, "no from");
      return op == "move" ? move(*from, *path) : copy(*from, *path);
    }
    const json::value* v = operation.find("value");
    const bool known = op == "add" || op == "replace" || op == "test";
    if (!known) return failed(why::malformed, "unknown op");
    if (!v) return failed(why::malformed, "no value");
    if (op == "add") return insert(*path, *v);
    json::value* const target = find(document_, *path, path->size());
    if (!target) return failed(why::not_applied, "the path leads nowhere");
    if (op == "replace") {
      if (is_too_deep(*path, *v)) return failed(why::not_applied, "the document grows too deep");
      *target = *v;
      return std::nullopt;
    }
    if (!is_equal(*target, *v)) return failed(why::test_failed, "the test failed");
    return std::nullopt;
  }

 private:
  std::optional<patch_failure> failed(why what, std::string detail) const {
    return patch_failure{what, number_, std::move(detail)};
  }
  std::optional<patch_failure> done(bool worked) const {
    if (worked) return std::nullopt;
    return failed(why::not_applied, "the path leads nowhere");
  }

  static bool is_too_deep(const pointer& path, const json::value& v) {
    return path.size() + depth_of(v) > max_patched_depth;
  }

  std::optional<patch_failure> insert(const pointer& path, json::value v) {
    if (is_too_deep(path, v)) return failed(why::not_applied, "the document grows too deep");
    values_ += count_values(v);
    if (values_ > max_patched_values) return failed(why::not_applied, "the document grows too large");
    return done(add(document_, path, std::move(v)));
  }

  std::optional<patch_failure> copy(const pointer& from, const pointer& path) {
    const json::value* const source = find(document_, from, from.size());
    if (!source) return failed(why::not_applied, "from leads nowhere");
    return insert(path, *source);
  }

  std::optional<patch_failure> move(const pointer& from, const pointer& path) {
    if (is_prefix(from, path)) return failed(why::malformed, "moves into itself");
    json::value* const source = find(document_, from, from.size());
    if (!source) return failed(why::not_applied, "from leads nowhere");
    json::value taken = *source;
    if (is_too_deep(path, taken)) return failed(why::not_applied, "the document grows too deep");
    remove(document_, from);
    return done(add(document_, path, std::move(taken)));
  }

  json::value& document_;
  std::size_t values_;
  std::size_t number_ = 0;
};

}  // namespace

std::optional<patch_failure> apply_json_patch(const json::value& patch, json::value& document) {
  const json::array* operations = patch.if_array();
  if (!operations || operations->size() > max_patch_operations)
    return patch_failure{why::malformed, 0, "not an array of at most 1000 operations"};
  application made(document);
  for (std::size_t i = 0; i < operations->size(); ++i) {
    if (!(*operations)[i].is_object()) return patch_failure{why::malformed, i, "not an object"};
    if (auto failure = made.apply((*operations)[i], i)) return failure;
  }
  return std::nullopt;
}

}  // namespace epicenter::mock::fhir
