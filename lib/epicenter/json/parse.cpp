// The one place that instantiates Boost.JSON's parser. It is used for its grammar only: the handler keeps the
// text of numbers, which boost::json::value would lose. Documents without a fault do not come this far (see
// plain_parse.hpp).
#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <epicenter/json/document_builder.hpp>
#include <epicenter/json/plain_parse.hpp>
#include <epicenter/json/utf8.hpp>
#include <limits>

namespace epicenter::json {
namespace {

using boost::json::error_code;
using text_part = boost::json::string_view;

// Names of the parser's calls are Boost's.
struct builder {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit builder(std::size_t text_bytes) : built(text_bytes) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }

  bool on_object_end(std::size_t count, error_code& failure) {
    if (built.end_object(built.height() - 2 * count)) return true;
    failure = make_error_code(boost::system::errc::invalid_argument);
    duplicate = true;
    return false;
  }

  bool on_array_end(std::size_t count, error_code&) {
    built.end_array(built.height() - count);
    return true;
  }

  bool on_key_part(text_part part, std::size_t, error_code&) { return collect(part); }
  bool on_key(text_part last, std::size_t, error_code&) { return on_text(last); }
  bool on_string_part(text_part part, std::size_t, error_code&) { return collect(part); }
  bool on_string(text_part last, std::size_t, error_code&) { return on_text(last); }
  bool on_number_part(text_part part, error_code&) { return collect(part); }
  bool on_int64(std::int64_t, text_part last, error_code&) { return on_number(last); }
  bool on_uint64(std::uint64_t, text_part last, error_code&) { return on_number(last); }
  bool on_double(double, text_part last, error_code&) { return on_number(last); }
  bool on_bool(bool b, error_code&) {
    built.boolean(b);
    return true;
  }
  bool on_null(error_code&) {
    built.null();
    return true;
  }
  bool on_comment_part(text_part, error_code&) { return true; }
  bool on_comment(text_part, error_code&) { return true; }

  bool on_text(text_part last) {
    (void)collect(last);
    built.string(pending);
    pending.clear();
    return true;
  }

  bool on_number(text_part last) {
    (void)collect(last);
    built.number(pending);
    pending.clear();
    return true;
  }

  bool collect(text_part part) {
    pending.append(part.data(), part.size());
    return true;
  }

  detail::document_builder built;
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
  boost::json::basic_parser<builder> parser(options, text.size());
  error_code failure;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), failure);
  builder& events = parser.handler();
  if (failure) return refuse(text, consumed, meaning_of(failure, events.duplicate));
  if (consumed != text.size()) return refuse(text, consumed, errc::syntax);
  return events.built.finish();
}

result<value> parse(std::string_view text, const parse_limits& limits) {
  constexpr std::size_t countable = std::numeric_limits<std::uint32_t>::max();  // by a value's sizes
  if (const std::size_t allowed = std::min(limits.max_bytes, countable); text.size() > allowed)
    return fail(errc::too_large,
                std::to_string(text.size()) + " bytes, allowed are " + std::to_string(allowed));
  if (auto plain = detail::parse_plainly(text, limits.max_depth)) return std::move(*plain);
  return detail::parse_strictly(text, limits);
}

}  // namespace epicenter::json
