// The one place that instantiates Boost.JSON's parser. It is used for its grammar only: the handler keeps the
// text of numbers, which boost::json::value would lose. Documents without a fault do not come this far (see
// plain_parse.hpp).
#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <epicenter/json/plain_parse.hpp>
#include <epicenter/json/utf8.hpp>

namespace epicenter::json {
namespace {

using boost::json::error_code;
using text_part = boost::json::string_view;

// Names of the parser's calls are Boost's. Values and keys wait on two stacks until their array or object
// ends.
struct builder {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }

  bool on_object_end(std::size_t count, error_code& failure) {
    if (has_duplicate(count)) {
      failure = make_error_code(boost::system::errc::invalid_argument);
      duplicate = true;
      return false;
    }
    std::vector<object::member> members;
    members.reserve(count);
    const std::size_t first_key = keys.size() - count;
    const std::size_t first_value = values.size() - count;
    for (std::size_t i = 0; i != count; ++i)
      members.emplace_back(std::move(keys[first_key + i]), std::move(values[first_value + i]));
    keys.resize(first_key);
    values.resize(first_value);
    values.emplace_back(object::from_unique(std::move(members)));
    return true;
  }

  bool on_array_end(std::size_t count, error_code&) {
    const auto first = values.end() - static_cast<std::ptrdiff_t>(count);
    array elements(std::make_move_iterator(first), std::make_move_iterator(values.end()));
    values.erase(first, values.end());
    values.emplace_back(std::move(elements));
    return true;
  }

  bool on_key_part(text_part part, std::size_t, error_code&) { return collect(part); }
  bool on_key(text_part last, std::size_t, error_code&) {
    keys.push_back(take(last));
    return true;
  }
  bool on_string_part(text_part part, std::size_t, error_code&) { return collect(part); }
  bool on_string(text_part last, std::size_t, error_code&) {
    values.emplace_back(take(last));
    return true;
  }
  bool on_number_part(text_part part, error_code&) { return collect(part); }
  bool on_int64(std::int64_t, text_part last, error_code&) { return on_number(last); }
  bool on_uint64(std::uint64_t, text_part last, error_code&) { return on_number(last); }
  bool on_double(double, text_part last, error_code&) { return on_number(last); }
  bool on_bool(bool b, error_code&) {
    values.emplace_back(b);
    return true;
  }
  bool on_null(error_code&) {
    values.emplace_back();
    return true;
  }
  bool on_comment_part(text_part, error_code&) { return true; }
  bool on_comment(text_part, error_code&) { return true; }

  bool on_number(text_part last) {
    values.emplace_back(number{take(last)});
    return true;
  }

  bool collect(text_part part) {
    pending.append(part.data(), part.size());
    return true;
  }

  std::string take(text_part last) {
    if (pending.empty()) return std::string(last.data(), last.size());
    pending.append(last.data(), last.size());
    return std::exchange(pending, {});
  }

  // Small objects are compared pair by pair; large ones are sorted, so that a hostile document costs n log n.
  bool has_duplicate(std::size_t count) const {
    const auto first = keys.end() - static_cast<std::ptrdiff_t>(count);
    if (count <= 16) {
      for (auto a = first; a != keys.end(); ++a)
        if (std::find(first, a, *a) != a) return true;
      return false;
    }
    std::vector<std::string_view> sorted(first, keys.end());
    std::sort(sorted.begin(), sorted.end());
    return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  }

  std::vector<value> values;
  std::vector<std::string> keys;
  std::string pending;
  bool duplicate = false;
};

errc meaning_of(const error_code& failure, bool duplicate) {
  namespace bj = boost::json;
  if (duplicate) return errc::duplicate_key;
  if (failure == bj::error::too_deep) return errc::too_deep;
  if (failure == bj::error::incomplete) return errc::incomplete;
  return errc::syntax;
}

// Boost.JSON reports a bad byte in a string as a syntax error; the caller should know that the encoding is at
// fault.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string place_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto line_start = before.rfind('\n');
  const auto column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

tl::unexpected<error> refuse(std::string_view text, std::size_t offset, errc code) {
  if (code == errc::syntax && !is_utf8(text)) code = errc::bad_encoding;
  const char* const what = code == errc::duplicate_key ? "the object that ends at " : "";
  return fail(code, what + place_of(text, offset));
}

}  // namespace

result<value> detail::parse_strictly(std::string_view text, const parse_limits& limits) {
  boost::json::parse_options options;
  options.max_depth = limits.max_depth;
  boost::json::basic_parser<builder> parser(options);
  error_code failure;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), failure);
  builder& built = parser.handler();
  if (failure) return refuse(text, consumed, meaning_of(failure, built.duplicate));
  if (consumed != text.size()) return refuse(text, consumed, errc::syntax);
  return std::move(built.values.back());
}

result<value> parse(std::string_view text, const parse_limits& limits) {
  if (text.size() > limits.max_bytes)
    return fail(errc::too_large,
                std::to_string(text.size()) + " bytes, allowed are " + std::to_string(limits.max_bytes));
  if (auto plain = detail::parse_plainly(text, limits.max_depth)) return std::move(*plain);
  return detail::parse_strictly(text, limits);
}

}  // namespace epicenter::json
