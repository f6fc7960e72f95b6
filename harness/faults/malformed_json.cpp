#include "harness/faults/malformed_json.hpp"

#include <epicenter/base/check.hpp>
#include <epicenter/http/gzip.hpp>
#include <epicenter/json/parse.hpp>

#include "harness/faults/message_layout.hpp"
#include "harness/faults/new_body.hpp"

namespace epicenter::faults {
namespace {

constexpr std::string_view blanks = " \t\r\n";
enum class place { start, middle, end };

bool says_json(const http::response& r) {
  const auto type = r.content_type();
  return type.empty() || type == "application/json" || type == "text/json" || type.ends_with("+json");
}

/// One byte of the text, and what it becomes.
struct change {
  std::size_t at = 0;
  char to = 0;
};

/// The first comma, colon or bracket from there, or the last before; nothing where the text has none.
std::optional<std::size_t> structure_near(std::string_view text, std::size_t from) {
  std::optional<std::size_t> found;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && std::string_view("{}[]:,").find(c) != std::string_view::npos) {
      found = i;
      if (i >= from) break;
    }
  }
  return found;
}

/// What JSON can have nowhere: '<' in front, ';' between its tokens, '{' at the end.
change change_at(std::string_view text, place where, std::optional<std::size_t> offset) {
  if (!offset && where == place::start) return {text.find_first_not_of(blanks), '<'};
  if (offset || where == place::middle) {
    if (const auto at = structure_near(text, offset.value_or(text.size() / 2))) return {*at, ';'};
  }
  return {text.find_last_not_of(blanks), '{'};
}

class malformed_json final : public fault {
 public:
  malformed_json(place where, std::optional<std::size_t> offset) : where_(where), offset_(offset) {}
  hooks acts_on() const override { return {.responses = true}; }
  response_verdict on_response(const http::response&, runtime::random_stream&) override {
    return take_whole{};
  }

  std::optional<delivery> on_whole_response(const whole_response& w, runtime::random_stream&) override {
    const auto layout = layout_of(w);
    if (!layout || layout->body_size == 0 || !says_json(w.received)) return std::nullopt;
    const auto coding = w.received.fields.get("Content-Encoding", "identity");
    if (http::equal_ignoring_case(coding, "identity")) {
      const auto what = break_in(w.received.body);
      if (!what) return std::nullopt;
      std::string bytes(w.raw);
      bytes[layout->place_of(what->at)] = what->to;
      return delivery{std::move(bytes), layout->next()};
    }
    if (!http::equal_ignoring_case(coding, "gzip") && !http::equal_ignoring_case(coding, "x-gzip"))
      return std::nullopt;
    auto text = http::gunzip(w.received.body, json::parse_limits{}.max_bytes);
    if (!text) return std::nullopt;
    const auto what = break_in(*text);
    if (!what) return std::nullopt;
    (*text)[what->at] = what->to;
    const http::headers changed{{"Content-Encoding", ""}};
    return delivery{with_new_body(w.raw.substr(0, layout->head_size), changed, *text), layout->next()};
  }

 private:
  /// Nothing where the text is no JSON, or would still be.
  std::optional<change> break_in(const std::string& text) const {
    if (!json::parse(text)) return std::nullopt;
    const auto what = change_at(text, where_, offset_);
    std::string broken = text;
    broken[what.at] = what.to;
    if (json::parse(broken)) return std::nullopt;
    return what;
  }

  place where_;
  std::optional<std::size_t> offset_;
};

}  // namespace

std::unique_ptr<fault> make_malformed_json(const json::object& canonical) {
  const auto* where = canonical.find("where");
  EPICENTER_CHECK(where != nullptr, "parameters are canonical");
  const auto& word = *where->if_string();
  const auto named = word == "start" ? place::start : word == "middle" ? place::middle : place::end;
  std::optional<std::size_t> offset;
  if (const auto* given = canonical.find("offset")) offset = static_cast<std::size_t>(*given->to_int64());
  return std::make_unique<malformed_json>(named, offset);
}

}  // namespace epicenter::faults
