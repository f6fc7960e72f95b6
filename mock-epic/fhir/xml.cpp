#include "mock-epic/fhir/xml.hpp"

#include <algorithm>
#include <string_view>

namespace epicenter::mock::fhir {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      case '\t':
        out += "&#9;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
}

/// The text of a primitive value; nothing for objects, arrays and null.
json::maybe<json::text_view> primitive(const json::value& v) {
  if (const auto text = v.if_string()) return text;
  if (const auto number = v.if_number()) return number->text;
  if (const bool* flag = v.if_bool()) return json::text_view(*flag ? "true" : "false");
  return nullptr;
}

bool is_extension(std::string_view key) {
  return key == "extension" || key == "modifierExtension";
}

class writer {
 public:
  std::string out;

  void resource(const json::value& r) {
    const std::string_view name = r.string_at("resourceType");
    out += '<';
    out += name;
    out += R"( xmlns="http://hl7.org/fhir">)";
    members(*r.if_object(), "", true);
    close(name);
  }

 private:
  void close(std::string_view name) {
    out += "</";
    out += name;
    out += '>';
  }

  void attribute(std::string_view name, std::string_view text) {
    out += ' ';
    out += name;
    out += "=\"";
    append_escaped(out, text);
    out += '"';
  }

  /// `name` is the element's that the members are of.
  void members(const json::object& object, std::string_view name, bool of_resource) {
    for (const auto& [key, value] : object) {
      if (key == "resourceType") continue;
      // Ids of elements and URLs of extensions are attributes.
      if (!of_resource && (key == "id" || (key == "url" && is_extension(name)))) continue;
      if (key.starts_with('_')) {
        const std::string_view plain = key.substr(1);
        if (!object.contains(plain)) member(plain, json::value(), &value);
      } else {
        member(key, value, object.find("_" + std::string(key)));
      }
    }
  }

  void member(std::string_view key, const json::value& value, const json::value* extra) {
    const json::array* list = value.if_array();
    const json::array* extras = extra ? extra->if_array() : nullptr;
    if (!list && !extras) {
      element(key, value, extra);
      return;
    }
    static const json::value null;
    const std::size_t size = std::max(list ? list->size() : 0, extras ? extras->size() : 0);
    for (std::size_t i = 0; i < size; ++i)
      element(key, list && i < list->size() ? (*list)[i] : null,
              extras && i < extras->size() ? &(*extras)[i] : nullptr);
  }

  void element(std::string_view name, const json::value& value, const json::value* extra) {
    const auto text = primitive(value);
    if (text && name == "div") {
      narrative(*text);
      return;
    }
    const json::object* inner = value.if_object();
    if (!inner && extra) inner = extra->if_object();
    if (!text && !inner) return;
    out += '<';
    out += name;
    const bool nested = inner && inner->contains("resourceType");
    if (inner && !nested) attributes(*inner, name);
    if (text) attribute("value", *text);
    if (!inner || !has_elements(*inner, name, nested)) {
      out += " />";
      return;
    }
    out += '>';
    if (nested) {
      resource(value);
    } else {
      members(*inner, name, false);
    }
    close(name);
  }

  void attributes(const json::object& of, std::string_view name) {
    const json::value* id = of.find("id");
    if (id && id->if_string()) attribute("id", *id->if_string());
    const json::value* url = is_extension(name) ? of.find("url") : nullptr;
    if (url && url->if_string()) attribute("url", *url->if_string());
  }

  static bool has_elements(const json::object& of, std::string_view name, bool nested) {
    return nested || std::any_of(of.begin(), of.end(), [&](const json::object::member& one) {
             return one.first != "id" && !(one.first == "url" && is_extension(name));
           });
  }

  /// XHTML goes in as it is; what is none would make the document unreadable.
  void narrative(std::string_view text) {
    if (text.starts_with("<div") && text.ends_with('>')) {
      out += text;
      return;
    }
    out += R"(<div xmlns="http://www.w3.org/1999/xhtml">)";
    append_escaped(out, text);
    close("div");
  }
};

}  // namespace

std::string write_xml(const json::value& resource) {
  if (!resource.is_object()) return {};
  writer w;
  w.resource(resource);
  return std::move(w.out);
}

}  // namespace epicenter::mock::fhir
