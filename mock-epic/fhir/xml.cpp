#include "mock-epic/fhir/xml.hpp"

#include <string_view>

namespace epicenter::mock::fhir {
namespace {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
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
        // XML 1.0 has no way to write the other control characters, escaped or not.
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}

/// The text of a primitive value; nothing for objects, arrays and null.
const std::string* primitive(const json::value& v, std::string& room) {
  if (const std::string* text = v.if_string()) return text;
  if (const json::number* number = v.if_number()) return &number->text;
  if (const bool* flag = v.if_bool()) return &(room = *flag ? "true" : "false");
  return nullptr;
}

class writer {
 public:
  std::string out = R"(<?xml version="1.0" encoding="UTF-8"?>)";

  void resource(const json::value& r) {
    const std::string name(r.string_at("resourceType"));
    out += "<" + name + R"( xmlns="http://hl7.org/fhir">)";
    members(r, true);
    out += "</" + name + ">";
  }

 private:
  /// Ids and URLs of elements are attributes in XML; a resource's id is an element.
  void attributes(const json::value& element) {
    for (const std::string_view key : {"id", "url"}) {
      const json::value* member = element.find(key);
      const bool is_extension = element.find("extension") || holds_value(element);
      if (!member || !member->if_string() || (key == "url" && !is_extension)) continue;
      out += " " + std::string(key) + "=\"" + escape(*member->if_string()) + "\"";
    }
  }
  static bool holds_value(const json::value& element) {
    for (const auto& [key, value] : *element.if_object())
      if (key.starts_with("value") && key.size() > 5) return element.find("url") != nullptr;
    return false;
  }

  void members(const json::value& object, bool is_resource) {
    const bool is_extension = !is_resource && (object.find("extension") || holds_value(object));
    for (const auto& [key, value] : *object.if_object()) {
      if (key == "resourceType" || key.starts_with('_')) continue;
      if (!is_resource && (key == "id" || (key == "url" && is_extension))) continue;
      const json::value* extra = object.find("_" + key);
      const json::array* list = value.if_array();
      if (!list) {
        element(key, value, extra);
        continue;
      }
      const json::array* extras = extra ? extra->if_array() : nullptr;
      for (std::size_t i = 0; i < list->size(); ++i)
        element(key, (*list)[i], extras && i < extras->size() ? &(*extras)[i] : nullptr);
    }
  }

  void element(const std::string& name, const json::value& value, const json::value* extra) {
    std::string room;
    const std::string* text = primitive(value, room);
    if (text && name == "div") {
      out += *text;
      return;
    }
    out += "<" + name;
    if (text) out += " value=\"" + escape(*text) + "\"";
    const json::value* inner = value.is_object() ? &value : extra;
    if (!inner || !inner->is_object()) {
      out += "/>";
      return;
    }
    const bool nested = inner->find("resourceType") != nullptr;
    if (!nested) attributes(*inner);
    out += ">";
    if (nested) {
      resource(*inner);
    } else {
      members(*inner, false);
    }
    out += "</" + name + ">";
  }
};

}  // namespace

std::string write_xml(const json::value& resource) {
  writer w;
  w.resource(resource);
  return std::move(w.out);
}

}  // namespace epicenter::mock::fhir
