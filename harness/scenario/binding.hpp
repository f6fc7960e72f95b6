// Keys of the format bound to members of the model: one table per mapping gives reader, checks and schema.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/scenario/reading.hpp"
#include "harness/scenario/shape.hpp"

namespace epicenter::scenario {

/// How a T is written. read gives nothing where it has reported why.
template <class T>
struct binder {
  shape_ptr type;
  std::function<std::optional<T>(reading&, const node&)> read;
};

/// How a key is offered. `required`: an error where it is absent. Not `supported`: checked, then refused as
/// such.
struct key_options {
  bool required = false;
  bool supported = true;
};
inline constexpr key_options required{true, true};
inline constexpr key_options not_yet{false, false};

/// Says that the value is not of the kind that the shape asks for, unless that was said already.
inline void refuse_kind(reading& in, const node& value, const shape& wanted) {
  if (value.is == node::kind::refused) return;
  if (value.is == node::kind::null)
    in.refuse(value.at, fmt::format("there is no value; write {}", wanted.what));
  else
    in.refuse(value.at, fmt::format("this must be {}", wanted.what));
}

/// A mapping whose keys fill a T.
template <class T>
class object_of {
 public:
  using setter = std::function<void(reading&, const node&, T&)>;
  using hook = std::function<void(reading&, const node&, T&)>;

  explicit object_of(std::string what, std::string defined = {}) {
    shape_.kind = shape_kind::object;
    shape_.what = std::move(what);
    shape_.defined = std::move(defined);
  }

  template <class U, class C>
  object_of& key(std::string name, std::string help, binder<U> value, U C::*member, key_options how = {}) {
    return set(std::move(name), std::move(help), value, how,
               [member](T& out, U read) { static_cast<C&>(out).*member = std::move(read); });
  }
  template <class U, class C>
  object_of& key(std::string name, std::string help, binder<U> value, std::optional<U> C::*member,
                 key_options how = {}) {
    return set(std::move(name), std::move(help), value, how,
               [member](T& out, U read) { static_cast<C&>(out).*member = std::move(read); });
  }
  template <class U, class F>
  object_of& set(std::string name, std::string help, binder<U> value, key_options how, F assign) {
    shape_.keys.push_back({std::move(name), std::move(help), how.required, how.supported, value.type});
    setters_.push_back([value, assign](reading& in, const node& at, T& out) {
      if (std::optional<U> read = value.read(in, at)) assign(out, std::move(*read));
    });
    return *this;
  }
  template <class C>
  object_of& mark(source_mark C::*member) {
    return then([member](reading&, const node& at, T& out) { static_cast<C&>(out).*member = at.at; });
  }
  /// Called after the keys, for checks among them.
  object_of& then(hook check) {
    hooks_.push_back(std::move(check));
    return *this;
  }

  binder<T> done() const {
    auto type = std::make_shared<shape>(shape_);
    return {type,
            [type, setters = setters_, hooks = hooks_](reading& in, const node& at) -> std::optional<T> {
              if (at.is != node::kind::map) {
                refuse_kind(in, at, *type);
                return std::nullopt;
              }
              T out{};
              read_keys(in, at, *type, setters, out);
              for (const hook& check : hooks) check(in, at, out);
              return out;
            }};
  }

 private:
  static void read_keys(reading& in, const node& at, const shape& type, const std::vector<setter>& setters,
                        T& out) {
    std::vector<std::string> names;
    for (const shape_key& known : type.keys) names.push_back(known.name);
    for (const entry& found : at.entries) {
      const auto known = std::find(names.begin(), names.end(), found.key.text);
      if (known == names.end()) {
        std::string hint = found.value.is == node::kind::null && found.key.text.find(':') != std::string::npos
                               ? "; put a space after the colon"
                               : suggestion(found.key.text, names);
        in.refuse(found.key.at, fmt::format("unknown key '{}' in {}{}", found.key.text, type.what, hint));
        continue;
      }
      const auto index = static_cast<std::size_t>(known - names.begin());
      setters[index](in, found.value, out);
      if (!type.keys[index].supported) in.unsupported(found.key.at, fmt::format("'{}'", found.key.text));
    }
    for (const shape_key& known : type.keys) {
      if (!known.required || at.find(known.name) != nullptr) continue;
      const std::string what = known.type->kind == shape_kind::object ? known.help : known.type->what;
      in.refuse(at.at, fmt::format("the key '{}' is missing in {}; add {}: {}", known.name, type.what,
                                   known.name, what));
    }
  }

  shape shape_;
  std::vector<setter> setters_;
  std::vector<hook> hooks_;
};

/// A list of T.
template <class T>
binder<std::vector<T>> list_of(std::string what, binder<T> item, std::size_t least = 0) {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::list;
  type->what = std::move(what);
  type->item = item.type;
  type->least_items = least;
  return {type, [type, item](reading& in, const node& at) -> std::optional<std::vector<T>> {
            if (at.is != node::kind::list) {
              refuse_kind(in, at, *type);
              return std::nullopt;
            }
            if (at.items.size() < type->least_items) {
              in.refuse(at.at, fmt::format("this list is too short; write {}", type->what));
              return std::nullopt;
            }
            std::vector<T> out;
            for (const node& one : at.items)
              if (std::optional<T> read = item.read(in, one)) out.push_back(std::move(*read));
            return out;
          }};
}

/// The same text read into another type.
template <class U, class T, class F>
binder<U> mapped(binder<T> from, F change) {
  return {from.type, [from, change](reading& in, const node& at) -> std::optional<U> {
            std::optional<T> read = from.read(in, at);
            if (!read) return std::nullopt;
            return change(std::move(*read));
          }};
}

}  // namespace epicenter::scenario
