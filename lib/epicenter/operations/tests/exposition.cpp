#include "lib/epicenter/operations/tests/exposition.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace epicenter::operations::test {
namespace {

bool is_name(std::string_view text, bool label) {
  if (text.empty()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c == ':' && !label);
    if (!letter && (i == 0 || c < '0' || c > '9')) return false;
  }
  return !label || !text.starts_with("__");
}

std::optional<double> number(std::string_view text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

struct sample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}

  exposition read() {
    if (!rest_.empty() && rest_.back() != '\n') wrong("the last line has no end");
    while (!rest_.empty()) {
      const auto end = std::min(rest_.find('\n'), rest_.size());
      line_ = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      if (line_.starts_with("# HELP ")) {
        begin_family();
      } else if (line_.starts_with("# TYPE ")) {
        type_family();
      } else {
        take_sample();
      }
    }
    end_family();
    return std::move(made_);
  }

 private:
  void wrong(const std::string& what) { made_.mistakes.push_back(what + ": " + std::string(line_)); }

  void begin_family() {
    end_family();
    const auto text = line_.substr(7);
    family_ = text.substr(0, text.find(' '));
    type_.clear();
    if (!is_name(family_, false)) wrong("no name of a metric");
    if (text.size() <= family_.size() + 1) wrong("no help");
    for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at + 2)) {
      if (at + 1 >= text.size() || (text[at + 1] != 'n' && text[at + 1] != '\\')) wrong("escape in help");
    }
    if (!families_.insert(family_).second) wrong("a family twice");
  }

  void type_family() {
    const auto text = line_.substr(7);
    const auto space = text.find(' ');
    if (space == std::string_view::npos || text.substr(0, space) != family_ || !type_.empty()) {
      return wrong("TYPE out of its place");
    }
    type_ = text.substr(space + 1);
    if (type_ != "counter" && type_ != "gauge" && type_ != "histogram") wrong("no type");
    if ((type_ == "counter") != family_.ends_with("_total"))
      wrong("_total is for counters, and for all of them");
  }

  void take_sample() {
    const auto parsed = parse();
    if (!parsed) return wrong("no sample");
    if (type_.empty()) return wrong("a sample of no family");
    const auto key = std::string(line_.substr(0, line_.rfind(' ')));
    if (!made_.samples.emplace(key, parsed->value).second) wrong("a series twice");
    if (parsed->value < 0 && type_ != "gauge") wrong("a count below nothing");
    if (type_ != "histogram") {
      if (parsed->name != family_) wrong("a sample of another family");
      return;
    }
    take_histogram(*parsed);
  }

  void take_histogram(const sample& one) {
    auto labels = one.labels;
    std::string bound;
    if (const auto le = labels.find("le"); le != labels.end()) {
      bound = le->second;
      labels.erase(le);
    }
    auto& of = histograms_[labels];
    if (one.name == family_ + "_bucket") {
      const auto limit = number(bound);
      if (!limit || (!of.buckets.empty() && *limit <= of.buckets.back().first)) return wrong("bounds ascend");
      if (!of.buckets.empty() && one.value < of.buckets.back().second) wrong("buckets are cumulative");
      of.buckets.emplace_back(*limit, one.value);
    } else if (one.name == family_ + "_sum" && bound.empty()) {
      of.sum = one.value;
    } else if (one.name == family_ + "_count" && bound.empty()) {
      of.count = one.value;
    } else {
      wrong("a sample of another family");
    }
  }

  void end_family() {
    for (const auto& [labels, of] : histograms_) {
      const bool whole = of.sum && of.count && !of.buckets.empty() && std::isinf(of.buckets.back().first);
      if (!whole || of.buckets.back().second != *of.count) wrong("a histogram is not whole before");
    }
    histograms_.clear();
  }

  std::optional<sample> parse() const {
    sample made;
    std::string_view text = line_;
    const auto end = text.find_first_of("{ ");
    if (end == std::string_view::npos || !is_name(text.substr(0, end), false)) return std::nullopt;
    made.name = text.substr(0, end);
    text.remove_prefix(end);
    if (text.front() == '{' && !parse_labels(text, made.labels)) return std::nullopt;
    if (!text.starts_with(' ')) return std::nullopt;
    const auto value = number(text.substr(1));
    if (!value) return std::nullopt;
    made.value = *value;
    return made;
  }

  static bool parse_labels(std::string_view& text, std::map<std::string, std::string>& labels) {
    while (text.front() != '}') {
      text.remove_prefix(1);  // { or ,
      const auto equals = text.find("=\"");
      if (equals == std::string_view::npos || !is_name(text.substr(0, equals), true)) return false;
      const std::string name(text.substr(0, equals));
      text.remove_prefix(equals + 2);
      std::string value;
      while (!text.empty() && text.front() != '"') {
        if (text.front() == '\\') {
          if (text.size() < 2 || std::string_view("n\\\"").find(text[1]) == std::string_view::npos)
            return false;
          text.remove_prefix(1);
        }
        value += text.front();
        text.remove_prefix(1);
      }
      if (text.size() < 2 || (text[1] != ',' && text[1] != '}')) return false;
      text.remove_prefix(1);
      if (!labels.emplace(name, value).second) return false;
    }
    text.remove_prefix(1);
    return true;
  }

  struct histogram {
    std::vector<std::pair<double, double>> buckets;
    std::optional<double> sum;
    std::optional<double> count;
  };
  std::string_view rest_;
  std::string_view line_;
  std::string family_;
  std::string type_;
  std::set<std::string> families_;
  std::map<std::map<std::string, std::string>, histogram> histograms_;
  exposition made_;
};

}  // namespace

exposition read_exposition(std::string_view text) {
  return reader(text).read();
}

}  // namespace epicenter::operations::test
