#include "mock-epic/stubs/xml_document.hpp"

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "mock-epic/stubs/regex.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t largest = 1024 * 1024;
constexpr int deepest = 100;
constexpr std::size_t most_found = 1'000;
constexpr std::size_t most_comparisons = 200'000;

int depth_of(const pugi::xml_document& document) {
  struct walker final : pugi::xml_tree_walker {
    int most = 0;
    bool for_each(pugi::xml_node&) override {
      most = std::max(most, depth());
      return most <= deepest;
    }
  } w;
  // traverse() goes from node to node without recursion.
  const_cast<pugi::xml_document&>(document).traverse(w);
  return w.most;
}

std::string_view prefix_of(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}
std::string_view local_of(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string namespace_of(pugi::xml_node node, std::string_view prefix) {
  if (prefix == "xml") return "http://www.w3.org/XML/1998/namespace";
  const std::string declaration = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
  for (; node; node = node.parent())
    if (const pugi::xml_attribute found = node.attribute(declaration.c_str())) return found.value();
  return {};
}

bool declares_namespace(std::string_view name) {
  return name == "xmlns" || name.starts_with("xmlns:");
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

std::string text_of(pugi::xml_node node) {
  std::string all;
  for (const pugi::xml_node child : node.children())
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) all += child.value();
  return trimmed(all);
}

std::vector<pugi::xml_node> elements_of(pugi::xml_node node) {
  std::vector<pugi::xml_node> out;
  for (const pugi::xml_node child : node.children())
    if (child.type() == pugi::node_element) out.push_back(child);
  return out;
}

class comparison {
 public:
  explicit comparison(const xml_document::equality& o) : options_(o) {}

  bool equal(pugi::xml_node expected, pugi::xml_node actual) {
    if (++done_ > most_comparisons) return false;
    return same_name(expected, actual) && same_attributes(expected, actual) &&
           (exempt("TEXT_VALUE") || same_text(text_of(expected), text_of(actual))) &&
           same_children(expected, actual);
  }

 private:
  bool exempt(const char* what) const { return options_.exempted.contains(what); }

  std::string full_name(pugi::xml_node node, std::string_view name, bool attribute) const {
    const std::string_view prefix = prefix_of(name);
    if (!options_.namespaces || exempt("NAMESPACE_URI") || (attribute && prefix.empty()))
      return std::string(options_.namespaces ? local_of(name) : name);
    return namespace_of(node, prefix) + '|' + std::string(local_of(name));
  }
  bool same_name(pugi::xml_node a, pugi::xml_node b) const {
    return full_name(a, a.name(), false) == full_name(b, b.name(), false);
  }

  bool same_text(const std::string& expected, const std::string& actual) const {
    if (options_.placeholders && expected.starts_with("${xmlunit.")) {
      const std::string_view what = std::string_view(expected).substr(10, expected.size() - 11);
      if (what == "ignore") return true;
      if (what == "isNumber") return regex(R"([+-]?\d+(\.\d+)?([eE][+-]?\d+)?)").matches_whole(actual);
      if (what.starts_with("matchesRegex(") && what.ends_with(')')) {
        const std::string_view expression = what.substr(13, what.size() - 14);
        return !regex::check(expression) && regex(expression).matches_whole(actual);
      }
    }
    return expected == actual;
  }

  std::map<std::string, std::string> attributes(pugi::xml_node node) const {
    std::map<std::string, std::string> out;
    for (const pugi::xml_attribute one : node.attributes()) {
      const std::string_view local = local_of(one.name());
      // Where a schema lies says nothing about the content (XMLUnit: SCHEMA_LOCATION counts as similar).
      if (declares_namespace(one.name()) || local == "schemaLocation" || local == "noNamespaceSchemaLocation")
        continue;
      out.emplace(full_name(node, one.name(), true), one.value());
    }
    return out;
  }

  bool same_attributes(pugi::xml_node expected, pugi::xml_node actual) const {
    const auto a = attributes(expected);
    const auto b = attributes(actual);
    if (a.size() != b.size() && !exempt("ELEMENT_NUM_ATTRIBUTES")) return false;
    return std::all_of(a.begin(), a.end(), [&](const auto& one) {
      const auto other = b.find(one.first);
      if (other == b.end()) return exempt("ATTR_NAME_LOOKUP");
      return exempt("ATTR_VALUE") || same_text(one.second, other->second);
    });
  }

  bool same_children(pugi::xml_node expected, pugi::xml_node actual) {
    const auto a = elements_of(expected);
    auto b = elements_of(actual);
    if (a.size() != b.size() && !exempt("CHILD_NODELIST_LENGTH")) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!options_.ignore_order && !options_.ignore_order_of_same) {
        if (b.empty() || !equal(a[i], b.front())) return false;
        b.erase(b.begin());
        continue;
      }
      // The first of the same name; any of the same name where their order is of no meaning.
      const auto fits = [&](pugi::xml_node other) {
        if (++done_ > most_comparisons) return false;
        return same_name(a[i], other) && (!options_.ignore_order_of_same || equal(a[i], other));
      };
      const auto found = std::find_if(b.begin(), b.end(), fits);
      if (found == b.end()) return false;
      if (!options_.ignore_order_of_same && !equal(a[i], *found)) return false;
      b.erase(found);
    }
    return true;
  }

  const xml_document::equality& options_;
  std::size_t done_ = 0;
};

std::string xml_of(const pugi::xpath_node& node) {
  if (node.attribute()) return node.attribute().value();
  if (node.node().type() != pugi::node_element) return node.node().value();
  std::ostringstream out;
  node.node().print(out, "", pugi::format_raw);
  return out.str();
}

}  // namespace

struct xml_document::impl {
  pugi::xml_document document;
};

xml_document::xml_document(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
xml_document::xml_document(xml_document&&) noexcept = default;
xml_document& xml_document::operator=(xml_document&&) noexcept = default;
xml_document::~xml_document() = default;

std::optional<xml_document> xml_document::parse(std::string_view text) {
  if (text.size() > largest) return std::nullopt;
  auto made = std::make_unique<impl>();
  const auto flags = pugi::parse_default | pugi::parse_ws_pcdata_single;
  const pugi::xml_parse_result parsed = made->document.load_buffer(text.data(), text.size(), flags);
  if (!parsed || !made->document.document_element() || depth_of(made->document) > deepest)
    return std::nullopt;
  return xml_document(std::move(made));
}

void xml_document::use_prefixes(const std::map<std::string, std::string>& uri_of_prefix) {
  std::map<std::string, std::string> prefix_of_uri;
  for (const auto& [prefix, uri] : uri_of_prefix) prefix_of_uri.emplace(uri, prefix);
  const auto renamed = [&](pugi::xml_node node, std::string_view name) {
    const auto found = prefix_of_uri.find(namespace_of(node, prefix_of(name)));
    std::string made(local_of(name));
    return found == prefix_of_uri.end() ? made : found->second + ":" + made;
  };
  // Names first, all of them, while the declarations that give them meaning still stand.
  std::vector<std::pair<pugi::xml_node, std::string>> elements;
  std::vector<std::pair<pugi::xml_attribute, std::string>> attributes;
  std::vector<pugi::xml_node> stack{impl_->document.document_element()};
  while (!stack.empty()) {
    const pugi::xml_node node = stack.back();
    stack.pop_back();
    elements.emplace_back(node, renamed(node, node.name()));
    for (const pugi::xml_attribute one : node.attributes())
      if (!declares_namespace(one.name()) && !prefix_of(one.name()).empty())
        attributes.emplace_back(one, renamed(node, one.name()));
    for (const pugi::xml_node child : elements_of(node)) stack.push_back(child);
  }
  for (auto& [node, name] : elements) node.set_name(name.c_str());
  for (auto& [attribute, name] : attributes) attribute.set_name(name.c_str());
}

std::optional<std::vector<std::string>> xml_document::select(const std::string& xpath) const {
  try {
    const pugi::xpath_query query(xpath.c_str());
    std::vector<std::string> out;
    if (query.return_type() != pugi::xpath_type_node_set) {
      out.push_back(query.evaluate_string(impl_->document));
      return out;
    }
    for (const pugi::xpath_node& one : query.evaluate_node_set(impl_->document)) {
      if (out.size() == most_found) break;
      out.push_back(xml_of(one));
    }
    return out;
  } catch (const pugi::xpath_exception&) {
    return std::nullopt;
  }
}

bool xml_document::equals(const xml_document& actual, const equality& how) const {
  return comparison(how).equal(impl_->document.document_element(), actual.impl_->document.document_element());
}

std::optional<std::string> check_xpath(const std::string& xpath) {
  if (xpath.size() > 4 * 1024) return "the expression is longer than 4 KiB";
  try {
    const pugi::xpath_query query(xpath.c_str());
    return std::nullopt;
  } catch (const pugi::xpath_exception& wrong) {
    return wrong.what();
  }
}

}  // namespace epicenter::mock::stubs
