#include "harness/scenario/scalars.hpp"

#include <charconv>

namespace epicenter::scenario {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

shape_ptr scalar_shape(shape_kind kind, std::string what, std::string defined = {},
                       std::string pattern = {}) {
  auto type = std::make_shared<shape>();
  type->kind = kind;
  type->what = std::move(what);
  type->defined = std::move(defined);
  type->pattern = std::move(pattern);
  return type;
}

/// Wraps a reader of text: other kinds of nodes are refused with the shape's own words.
template <class T, class F>
binder<T> scalar(shape_ptr type, F from_text) {
  return {type, [type, from_text](reading& in, const node& at) -> std::optional<T> {
            if (at.is != node::kind::scalar) {
              refuse_kind(in, at, *type);
              return std::nullopt;
            }
            return from_text(in, at);
          }};
}

/// A reader from units.hpp, with its sentence turned into a message.
template <class T, class F>
binder<T> with_unit(shape_ptr type, F parse) {
  return scalar<T>(type, [type, parse](reading& in, const node& at) -> std::optional<T> {
    const result<T> read = parse(std::string_view(at.text));
    if (read) return *read;
    in.refuse(at.at, fmt::format("'{}' is not {}: {}", at.text, type->what, read.error().message()));
    return std::nullopt;
  });
}

std::optional<std::int64_t> plain_integer(const node& at) {
  std::string_view digits = at.text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (at.quoted || digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  if (digits.size() > 1 && digits[0] == '0') return std::nullopt;
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(at.text.data(), at.text.data() + at.text.size(), value);
  if (problem != std::errc{}) return std::nullopt;
  return value;
}

std::string why_no_integer(const node& at) {
  if (at.quoted) return "; remove the quotes";
  if (at.text.size() > 1 && at.text[0] == '0')
    return "; some readers take a leading zero for octal, remove it";
  return {};
}

bool is_reference(std::string_view text) {
  return text.find("${env:") != std::string_view::npos || text.find("${file:") != std::string_view::npos;
}

}  // namespace

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

binder<std::string> text(std::string what) {
  const shape_ptr type = scalar_shape(shape_kind::text, std::move(what));
  return scalar<std::string>(type, [type](reading& in, const node& at) -> std::optional<std::string> {
    if (at.text.empty()) {
      in.refuse(at.at, fmt::format("this text is empty; write {}", type->what));
    } else if (is_reference(at.text)) {
      in.refuse(
          at.at,
          "${env:…} and ${file:…} are for secrets only, and this field holds none; write the value out");
    } else {
      return at.text;
    }
    return std::nullopt;
  });
}

binder<std::string> identifier() {
  const shape_ptr type = scalar_shape(shape_kind::text, "a name of a-z, 0-9 and '-' such as epic-outage",
                                      "name", "^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$");
  return scalar<std::string>(type, [type](reading& in, const node& at) -> std::optional<std::string> {
    const bool characters =
        at.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    const bool ends = !at.text.empty() && at.text.front() != '-' && at.text.back() != '-';
    if (characters && ends && at.text.size() <= 64) return at.text;
    in.refuse(at.at, fmt::format("'{}' is not {}", at.text.substr(0, 80), type->what));
    return std::nullopt;
  });
}

binder<std::int64_t> integer(std::int64_t least, std::int64_t most) {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::integer;
  type->least = least;
  type->most = most;
  type->what = most == largest ? fmt::format("a whole number of at least {}", least)
                               : fmt::format("a whole number from {} to {}", least, most);
  return scalar<std::int64_t>(
      type, [type, least, most](reading& in, const node& at) -> std::optional<std::int64_t> {
        const std::optional<std::int64_t> value = plain_integer(at);
        if (value && *value >= least && *value <= most) return value;
        in.refuse(at.at,
                  fmt::format("'{}' is not {}{}", at.text, type->what, value ? "" : why_no_integer(at)));
        return std::nullopt;
      });
}

binder<std::int64_t> ratio() {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::number;
  type->what = "a number such as 3 or 2.5";
  type->least = 0;
  return scalar<std::int64_t>(type, [type](reading& in, const node& at) -> std::optional<std::int64_t> {
    // A duration of so many milliseconds has the same grammar and the same millionths.
    const result<duration> read = parse_duration(at.text + "ms");
    const bool plain = !at.quoted && at.text.find_first_not_of("0123456789.") == std::string::npos;
    if (read && plain) return read->count();
    in.refuse(at.at, fmt::format("'{}' is not {}", at.text, type->what));
    return std::nullopt;
  });
}

binder<bool> boolean() {
  const shape_ptr type = scalar_shape(shape_kind::boolean, "true or false");
  return scalar<bool>(type, [](reading& in, const node& at) -> std::optional<bool> {
    if (!at.quoted && at.text == "true") return true;
    if (!at.quoted && at.text == "false") return false;
    in.refuse(at.at,
              fmt::format("'{}' is neither true nor false; write true or false, without quotes", at.text));
    return std::nullopt;
  });
}

binder<duration> a_duration() {
  return with_unit<duration>(
      scalar_shape(shape_kind::duration, "a duration such as 500ms or 1m30s", "duration"),
      [](std::string_view written) -> result<duration> {
        // Far beyond any experiment, and far from where sums of times overflow.
        constexpr duration longest = 168h;
        auto read = parse_duration(written);
        if (read && *read > longest) return fail(units_errc::out_of_range, "at most 168h");
        return read;
      });
}

binder<duration> positive_duration() {
  const binder<duration> any = a_duration();
  return {any.type, [any](reading& in, const node& at) -> std::optional<duration> {
            const std::optional<duration> read = any.read(in, at);
            if (read && *read == duration::zero()) {
              in.refuse(at.at, "this duration must be more than 0");
              return std::nullopt;
            }
            return read;
          }};
}

binder<share> a_share() {
  return with_unit<share>(scalar_shape(shape_kind::share, "a share such as 30% or 0.3", "share"),
                          [](std::string_view written) { return parse_share(written); });
}

binder<rate> a_rate() {
  const binder<rate> any =
      with_unit<rate>(scalar_shape(shape_kind::rate, "a rate such as 50/s or 600/m", "rate"),
                      [](std::string_view written) { return parse_rate(written); });
  return {any.type, [any](reading& in, const node& at) -> std::optional<rate> {
            const std::optional<rate> read = any.read(in, at);
            if (read && (read->events < 1 || read->per_second() > 1e6)) {
              in.refuse(at.at, "this rate must be more than 0 and at most 1000000/s");
              return std::nullopt;
            }
            return read;
          }};
}

binder<std::uint64_t> a_size() {
  return with_unit<std::uint64_t>(scalar_shape(shape_kind::size, "a size such as 64kB or 512B", "size"),
                                  [](std::string_view written) { return parse_size(written); });
}

binder<secret_reference> a_secret() {
  const shape_ptr type = scalar_shape(shape_kind::text, "a reference such as ${env:NAME} or ${file:PATH}",
                                      "secret", "^\\$\\{(env|file):[^}]+\\}$");
  return scalar<secret_reference>(type, [](reading& in, const node& at) -> std::optional<secret_reference> {
    std::string_view written = at.text;
    secret_reference out;
    if (written.starts_with("${env:")) out.from = secret_reference::kind::env;
    if (written.starts_with("${file:")) out.from = secret_reference::kind::file;
    const std::size_t colon = written.find(':');
    if (out.from != secret_reference::kind::none && written.ends_with('}') && written.size() > colon + 2) {
      out.name = written.substr(colon + 1, written.size() - colon - 2);
      return out;
    }
    // The value itself is not repeated: it may be the secret.
    diagnostic hidden;
    hidden.at = at.at;
    hidden.message = "a secret never stands in a scenario; write ${env:NAME} or ${file:PATH}";
    in.take({hidden});
    return std::nullopt;
  });
}

binder<std::string> word(std::string what, std::vector<std::string> words) {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::choice;
  type->what = fmt::format("{}: {}", what, joined(words));
  type->words = std::move(words);
  return scalar<std::string>(
      type, [type, what = std::move(what)](reading& in, const node& at) -> std::optional<std::string> {
        if (std::find(type->words.begin(), type->words.end(), at.text) != type->words.end()) return at.text;
        in.refuse(at.at, fmt::format("'{}' is not {}{}", at.text, what, suggestion(at.text, type->words)));
        return std::nullopt;
      });
}

}  // namespace epicenter::scenario
