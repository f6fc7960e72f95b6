#include "harness/scenario/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <fmt/format.h>

#include <map>
#include <sstream>

namespace epicenter::scenario {
namespace {

constexpr std::size_t max_nodes = 20'000;
constexpr std::size_t max_depth = 32;

/// Ends the parse from inside the handler: what follows is not worth reading.
struct parse_stopped {};

bool is_boolean_word(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view word : {"on", "off", "yes", "no", "y", "n"})
    if (lower == word) return true;
  return false;
}

class tree_builder final : public YAML::EventHandler {
 public:
  explicit tree_builder(const source_text& source) : source_(source) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ < 2) return;
    report(mark,
           "a second document starts here; a file holds one scenario, put the other into a file of its own");
    throw parse_stopped{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    node found = make(node::kind::null, mark);
    if (anchor != 0) refuse(found, mark, anchors);
    if (found.is == node::kind::null) found.at = place_of_nothing(found.at);
    add(std::move(found));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    node found = make(node::kind::scalar, mark);
    refuse(found, mark, anchors);
    add(std::move(found));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    node found = make(node::kind::scalar, mark);
    found.text = value;
    found.quoted = tag == "!";
    check_properties(found, mark, tag, anchor);
    const byte_place place{mark.line, mark.column};
    const char first = source_.byte_at(place);
    if (found.quoted && (first == '|' || first == '>')) refuse(found, mark, block_scalars);
    std::size_t closing = 0;
    if (found.quoted && (first == '"' || first == '\'') &&
        !quote_closes(source_.line(place.line), static_cast<std::size_t>(place.byte), closing))
      refuse(found, mark, "the quote opened here is not closed on its line; close it, or remove it");
    add(std::move(found));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(node::kind::list, style, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(node::kind::map, style, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  void report(const YAML::Mark& mark, std::string message) {
    report(source_.mark_of({mark.line, mark.column}), std::move(message));
  }
  void report(const source_mark& mark, std::string message) {
    if (troubles_.size() < source_text::max_diagnostics)
      troubles_.push_back(source_.at(trouble::invalid, mark, std::move(message)));
  }

  yaml_result take(bool trusted) {
    yaml_result out;
    out.troubles = std::move(troubles_);
    if (trusted && root_) out.root = std::move(root_);
    return out;
  }
  bool has_root() const { return root_.has_value(); }

 private:
  static constexpr const char* anchors =
      "anchors (&) and aliases (*) are not part of the format; write the value out, or quote a text that "
      "begins so";
  static constexpr const char* block_scalars =
      "block scalars (| and >) are not part of the format; write the text on one line, "
      "and a bound without its sign: {healthy_above: 99%}";
  static constexpr const char* tags =
      "tags (!) are not part of the format; remove the tag, or quote a text that begins so";

  struct frame {
    node container;
    bool is_map;
    bool in_flow;
    std::optional<node> key;
    std::map<std::string, int, std::less<>> lines_of_keys;
  };

  node make(node::kind kind, const YAML::Mark& mark) {
    if (++nodes_ > max_nodes) {
      report(mark,
             fmt::format("the file has more than {} values; split it into several scenarios", max_nodes));
      throw parse_stopped{};
    }
    node found;
    found.is = kind;
    found.at = source_.mark_of({mark.line, mark.column});
    return found;
  }

  void refuse(node& found, const YAML::Mark& mark, const char* why) {
    if (found.is == node::kind::refused) return;
    report(mark, why);
    found.is = node::kind::refused;
  }

  void check_properties(node& found, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const char first = source_.byte_at({mark.line, mark.column});
    if (anchor != 0 || first == '&') refuse(found, mark, anchors);
    const bool plain = tag.empty() || tag == "?" || tag == "!";
    if (!plain || first == '!') refuse(found, mark, tags);
  }

  void open(node::kind kind, YAML::EmitterStyle::value style, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    node container = make(kind, mark);
    check_properties(container, mark, tag, anchor);
    if (stack_.size() >= max_depth) {
      report(mark, fmt::format("nested deeper than {} levels", max_depth));
      throw parse_stopped{};
    }
    stack_.push_back(
        {std::move(container), kind == node::kind::map, style == YAML::EmitterStyle::Flow, std::nullopt, {}});
  }

  void close() {
    node done = std::move(stack_.back().container);
    stack_.pop_back();
    add(std::move(done));
  }

  void add(node found) {
    if (stack_.empty()) {
      root_ = std::move(found);
      return;
    }
    frame& top = stack_.back();
    if (top.container.is == node::kind::refused) return;  // its content is written off with it
    if (!top.is_map) {
      top.container.items.push_back(std::move(found));
    } else if (!top.key) {
      take_key(top, std::move(found));
    } else {
      if (found.is == node::kind::null) found.at = top.key->at;
      if (top.key->is != node::kind::refused)
        top.container.entries.push_back({std::move(*top.key), std::move(found)});
      top.key.reset();
    }
  }

  void take_key(frame& top, node key) {
    const auto refuse_key = [&](std::string why) {
      report(key.at, std::move(why));
      key.is = node::kind::refused;
    };
    if (key.is != node::kind::scalar && key.is != node::kind::refused) {
      refuse_key("a key is one plain word");
    } else if (key.is == node::kind::scalar && key.text == "<<") {
      refuse_key("merge keys (<<) are not part of the format; write the keys out");
    } else if (key.is == node::kind::scalar && is_boolean_word(key.text)) {
      refuse_key(fmt::format("'{}' is never a key: YAML readers disagree whether it is a word or a boolean",
                             key.text));
    } else if (key.is == node::kind::scalar) {
      const auto [known, fresh] = top.lines_of_keys.try_emplace(key.text, key.at.line);
      if (!fresh)
        refuse_key(
            fmt::format("the key '{}' is here twice, first in line {}; keep one", key.text, known->second));
    }
    top.key = std::move(key);
  }

  /// The parser marks a missing value at the next token. In a list the dash before it is the place.
  source_mark place_of_nothing(const source_mark& next) const {
    if (stack_.empty() || stack_.back().is_map || stack_.back().in_flow) return next;
    for (int line = next.line - 1; line >= 0 && line + 1000 > next.line; --line) {
      const std::size_t dash = source_.line(line).find_first_not_of(' ');
      if (dash == std::string_view::npos || source_.line(line)[dash] != '-') continue;
      const source_mark found = source_.mark_of({line, static_cast<int>(dash)});
      if (found.line < next.line || found.column < next.column) return found;
    }
    return next;
  }

  const source_text& source_;
  std::vector<diagnostic> troubles_;
  std::vector<frame> stack_;
  std::optional<node> root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

std::string explained(const YAML::Exception& problem, char at) {
  if (at == '*' || at == '&')
    return "anchors (&) and aliases (*) are not part of the format; write the value out, or quote a text "
           "that begins so";
  if (at == '%' || at == '@' || at == '`')
    return fmt::format("a value cannot begin with {}; put it in quotes", at);
  return "not readable as YAML: " + problem.msg;
}

}  // namespace

const node* node::find(std::string_view key) const {
  for (const entry& candidate : entries)
    if (candidate.key.text == key) return &candidate.value;
  return nullptr;
}

yaml_result parse_yaml(const source_text& source) {
  tree_builder builder(source);
  bool trusted = false;
  try {
    std::istringstream stream(source.text());
    YAML::Parser parser(stream);
    const bool found = parser.HandleNextDocument(builder);
    trusted = found && builder.has_root();
    // Asked once more and never in a loop: on some texts the parser finds documents without end.
    if (found && parser.HandleNextDocument(builder)) trusted = false;
    if (!found)
      builder.report(source_mark{source.file(), 1, 1},
                     "the file is empty; a scenario begins with 'version: 1'");
  } catch (const parse_stopped&) {
    trusted = false;
  } catch (const YAML::Exception& problem) {
    trusted = false;
    const byte_place place{problem.mark.line, problem.mark.column};
    builder.report(source.mark_of(place), explained(problem, source.byte_at(place)));
  }
  yaml_result out = builder.take(trusted);
  if (!out.root && out.troubles.empty())
    out.troubles.push_back(source.at(trouble::invalid, {source.file(), 1, 1},
                                     "there is text after the scenario; a file holds one scenario"));
  return out;
}

}  // namespace epicenter::scenario
