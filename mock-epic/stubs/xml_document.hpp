// XML documents of stubs and requests: read within bounds, compared, searched by XPath 1.0.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace epicenter::mock::stubs {

/// Nested at most 100 deep, at most 1 MiB; entities other than XML's own five are not expanded, DTDs not
/// loaded.
class xml_document {
 public:
  static std::optional<xml_document> parse(std::string_view text);
  xml_document(xml_document&&) noexcept;
  xml_document& operator=(xml_document&&) noexcept;
  ~xml_document();

  /// Renames every element and attribute of a namespace to the prefix given for its URI; of others to the
  /// bare name. After it, XPaths may use these prefixes.
  void use_prefixes(const std::map<std::string, std::string>& uri_of_prefix);
  /// What the XPath finds: of attributes and texts their value, of elements their XML, of expressions their
  /// value. Nothing where the path is not XPath. At most 1,000.
  std::optional<std::vector<std::string>> select(const std::string& xpath) const;

  struct equality {
    bool ignore_order = true;           ///< of siblings of different names, as WireMock's matcher does
    bool ignore_order_of_same = false;  ///< of siblings of the same name too
    bool placeholders = false;       ///< ${xmlunit.ignore}, ${xmlunit.isNumber}, ${xmlunit.matchesRegex(…)}
    std::set<std::string> exempted;  ///< comparisons left out: ATTR_VALUE, TEXT_VALUE, NAMESPACE_URI, …
    bool namespaces = true;          ///< names are compared with their URI, not with their prefix
  };
  bool equals(const xml_document& actual, const equality&) const;

 private:
  struct impl;
  explicit xml_document(std::unique_ptr<impl>);
  std::unique_ptr<impl> impl_;
};

/// What is wrong with an XPath, or nothing.
std::optional<std::string> check_xpath(const std::string& xpath);

}  // namespace epicenter::mock::stubs
