#include <epicenter/base/check.hpp>
#include <epicenter/json/element_reader.hpp>

namespace epicenter::json {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

element_reader::element_reader(std::string key, element_limits limits)
    : key_(std::move(key)), limits_(limits) {
  EPICENTER_CHECK(limits_.max_depth >= 3, "an element is two levels deep");
}

result<std::size_t> element_reader::feed(std::string_view bytes) {
  EPICENTER_CHECK(!element_, "take_element() comes before more bytes");
  if (failed_) return fail(*failed_);
  std::size_t used = 0;
  while (used != bytes.size() && !element_) {
    auto one = step(bytes.substr(used));
    if (!one) {
      failed_ = one.error();
      return fail(std::move(one.error()));
    }
    used += *one;
  }
  return used;
}

value element_reader::take_element() {
  EPICENTER_CHECK(element_.has_value(), "there is an element");
  value taken = std::move(*element_);
  element_.reset();
  return taken;
}

result<value> element_reader::finish() {
  EPICENTER_CHECK(!element_, "take_element() comes before finish()");
  if (failed_) return fail(*failed_);
  if (state_ != state::outside) return fail(errc::incomplete, "in element " + std::to_string(count_ + 1));
  return parse(rest_, {limits_.max_rest_bytes, limits_.max_depth});
}

result<std::size_t> element_reader::step(std::string_view bytes) {
  if (state_ == state::outside) return scan_rest(bytes);
  if (state_ == state::element) return scan_element(bytes);
  const char c = bytes.front();
  if (is_space(c)) return std::size_t{1};
  const bool begins = state_ != state::after && c != ',' && c != ']';
  if (begins) {
    state_ = state::element;
    inner_ = {};
    return std::size_t{0};
  }
  if (auto taken = array_byte(c); !taken) return fail(std::move(taken.error()));
  return std::size_t{1};
}

result<> element_reader::array_byte(char c) {
  if (c == ']' && state_ != state::next) {
    state_ = state::outside;
    return keep_rest("]");
  }
  if (c != ',' || state_ != state::after) return broken();
  state_ = state::next;
  return {};
}

bool element_reader::nesting::in_string_byte(char c) {
  if (escaped) {
    escaped = false;
  } else if (c == '\\') {
    escaped = true;
  } else if (c == '"') {
    in_string = false;
    return true;
  }
  return false;
}

result<std::size_t> element_reader::scan_rest(std::string_view bytes) {
  std::size_t used = 0;
  bool array_begins = false;
  while (used != bytes.size() && !array_begins) array_begins = take_rest_byte(bytes[used++]);
  if (auto kept = keep_rest(bytes.substr(0, used)); !kept) return fail(std::move(kept.error()));
  if (array_begins) state_ = state::first;
  return used;
}

// True where the array looked for begins.
bool element_reader::take_rest_byte(char c) {
  if (outer_.in_string) {
    const bool ended = outer_.in_string_byte(c);
    if (!in_key_) return false;
    if (ended)
      end_key();
    else
      seen_key_ += c;
    return false;
  }
  if (is_space(c)) return false;
  const bool wanted = std::exchange(value_comes_, false);
  const bool outermost = outer_.depth == 1 && root_is_object_;
  switch (c) {
    case '"':
      outer_.in_string = true;
      in_key_ = outermost && std::exchange(key_comes_, false);
      return false;
    case '[':
      if (wanted) return true;
      [[fallthrough]];
    case '{':
      if (outer_.depth++ == 0) key_comes_ = root_is_object_ = c == '{';
      return false;
    case ']':
    case '}':
      if (outer_.depth != 0) --outer_.depth;
      return false;
    case ',':
      key_comes_ = outermost;
      return false;
    case ':':
      value_comes_ = outermost && std::exchange(key_matches_, false);
      return false;
    default:
      return false;
  }
}

// A key may be written with escapes.
void element_reader::end_key() {
  in_key_ = false;
  key_matches_ = seen_key_ == key_;
  if (seen_key_.find('\\') != std::string::npos) {
    const auto read = parse('"' + seen_key_ + '"');
    const auto text = read ? read->if_string() : nullptr;
    key_matches_ = text && *text == key_;
  }
  seen_key_.clear();
}

result<std::size_t> element_reader::scan_element(std::string_view bytes) {
  for (std::size_t i = 0; i != bytes.size(); ++i) {
    const char c = bytes[i];
    if (inner_.in_string) {
      if (inner_.in_string_byte(c) && inner_.depth == 0) return end_element(bytes, i + 1);
      continue;
    }
    switch (c) {
      case '"':
        inner_.in_string = true;
        break;
      case '[':
      case '{':
        ++inner_.depth;
        break;
      case ']':
      case '}':
        if (inner_.depth == 0) return end_element(bytes, i);
        if (--inner_.depth == 0) return end_element(bytes, i + 1);
        break;
      default:
        if (inner_.depth == 0 && (c == ',' || is_space(c))) return end_element(bytes, i);
    }
  }
  if (bytes.size() > limits_.max_element_bytes - partial_.size())
    return fail(errc::too_large, "element " + std::to_string(count_ + 1));
  partial_.append(bytes);
  return bytes.size();
}

result<std::size_t> element_reader::end_element(std::string_view bytes, std::size_t count) {
  if (count > limits_.max_element_bytes - partial_.size())
    return fail(errc::too_large, "element " + std::to_string(count_ + 1));
  std::string_view text = bytes.substr(0, count);
  if (!partial_.empty()) {
    partial_.append(text);
    text = partial_;
  }
  auto parsed = parse(text, {limits_.max_element_bytes, limits_.max_depth - 2});
  if (!parsed) {
    const bool cut = parsed.error() == make_error_code(errc::incomplete);
    const std::error_code code = cut ? make_error_code(errc::syntax) : parsed.error().code();
    return fail(error(code, "element " + std::to_string(count_ + 1) + ", " + parsed.error().detail()));
  }
  partial_.clear();
  element_ = std::move(*parsed);
  ++count_;
  state_ = state::after;
  return count;
}

result<> element_reader::keep_rest(std::string_view bytes) {
  if (bytes.size() > limits_.max_rest_bytes - rest_.size())
    return fail(errc::too_large, "the document without its elements");
  rest_.append(bytes);
  return {};
}

tl::unexpected<error> element_reader::broken() const {
  return fail(errc::syntax, "after element " + std::to_string(count_));
}

}  // namespace epicenter::json
