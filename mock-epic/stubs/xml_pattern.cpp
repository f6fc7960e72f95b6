#include "mock-epic/stubs/pattern_makers.hpp"
#include "mock-epic/stubs/xml_document.hpp"

namespace epicenter::mock::stubs {
namespace {

class equal_to_xml final : public pattern {
 public:
  equal_to_xml(xml_document expected, xml_document::equality how)
      : expected_(std::move(expected)), how_(std::move(how)) {}
  bool matches(subject value, wall_time) const override {
    if (!value) return false;
    const auto actual = xml_document::parse(*value);
    return actual && expected_.equals(*actual, how_);
  }

 private:
  xml_document expected_;
  xml_document::equality how_;
};

class xpath_match final : public pattern {
 public:
  xpath_match(std::string xpath, std::map<std::string, std::string> prefixes, pattern_ptr inner)
      : xpath_(std::move(xpath)), prefixes_(std::move(prefixes)), inner_(std::move(inner)) {}
  bool matches(subject value, wall_time now) const override {
    if (!value) return false;
    auto document = xml_document::parse(*value);
    if (!document) return false;
    if (!prefixes_.empty()) document->use_prefixes(prefixes_);
    const auto found = document->select(xpath_);
    if (!found) return false;
    if (inner_) return inner_->matches_any(*found, now);
    // A boolean expression is its own answer.
    return !found->empty() && !(found->size() == 1 && found->front() == "false");
  }

 private:
  std::string xpath_;
  std::map<std::string, std::string> prefixes_;
  pattern_ptr inner_;
};

}  // namespace

pattern_ptr make_xml_pattern(object_reader& reader, std::string_view op, std::size_t) {
  xml_document::equality how;
  how.placeholders = reader.flag("enablePlaceholders").value_or(false);
  how.ignore_order_of_same = reader.flag("ignoreOrderOfSameNode").value_or(false);
  const std::string awareness = reader.text("namespaceAwareness").value_or("STRICT");
  if (awareness != "STRICT" && awareness != "LEGACY" && awareness != "NONE")
    reader.refuse("namespaceAwareness", "STRICT, LEGACY or NONE");
  how.namespaces = awareness != "NONE";
  for (const std::string_view key : {"placeholderOpeningDelimiterRegex", "placeholderClosingDelimiterRegex"})
    if (reader.any(key)) reader.refuse(key, "only the delimiters ${ and } are known");
  if (const json::array* list = reader.array("exemptedComparisons")) {
    for (const json::value& one : *list) {
      if (!one.is_string()) reader.refuse("exemptedComparisons", "a list of names is needed here");
      if (one.is_string()) how.exempted.insert(*one.if_string());
    }
  }
  const auto text = reader.text(op);
  auto expected = text ? xml_document::parse(*text) : std::nullopt;
  if (!expected) {
    reader.refuse(op, "the expected text is not XML");
    return nullptr;
  }
  return std::make_shared<equal_to_xml>(std::move(*expected), std::move(how));
}

pattern_ptr make_xpath_pattern(object_reader& reader, std::string_view op, std::size_t depth) {
  const json::value* given = reader.any(op);
  std::string xpath;
  pattern_ptr inner;
  if (const json::object* members = given ? given->if_object() : nullptr) {
    const json::value* expression = members->find("expression");
    if (expression && expression->is_string()) xpath = *expression->if_string();
    json::object rest = *members;
    rest.erase("expression");
    if (!rest.empty())
      inner = read_pattern(json::value(std::move(rest)), reader.pointer_to(op), reader.failure(), depth + 1);
  } else if (given && given->is_string()) {
    xpath = *given->if_string();
  }
  std::map<std::string, std::string> prefixes;
  if (const json::object* spaces = reader.object("xPathNamespaces")) {
    for (const auto& [prefix, uri] : *spaces) {
      if (!uri.is_string()) reader.refuse("xPathNamespaces", "the URI of a prefix is a string");
      if (uri.is_string()) prefixes.emplace(prefix, *uri.if_string());
    }
  }
  if (const auto wrong = check_xpath(xpath)) reader.refuse(op, "not a usable XPath: " + *wrong);
  if (reader.failed()) return nullptr;
  return std::make_shared<xpath_match>(std::move(xpath), std::move(prefixes), std::move(inner));
}

}  // namespace epicenter::mock::stubs
