#include <algorithm>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/stubs/json_path.hpp"
#include "mock-epic/stubs/template_function.hpp"
#include "mock-epic/stubs/xml_document.hpp"

namespace epicenter::mock::stubs {
namespace {

/// The argument as a document: a text is parsed.
tl::expected<json::value, std::string> document_of(const json::value& from) {
  if (!from.is_string()) return from;
  auto parsed = json::parse(*from.if_string());
  if (!parsed) return tl::unexpected("not JSON: " + parsed.error().message());
  return std::move(*parsed);
}

helper_result json_path_helper(const helper_call& c) {
  const json::value* fallback = c.hash.find("default");
  const auto document = document_of(c.at(0));
  if (!document) {
    if (fallback) return *fallback;
    return tl::unexpected(document.error());
  }
  const auto path = json_path::parse(c.text(1));
  if (!path) return tl::unexpected(c.text(1) + " is not a valid JSONPath expression");
  auto found = path->read(*document);
  if (found && !found->is_null()) return std::move(*found);
  return fallback ? *fallback : json::value();
}

helper_result parse_json(const helper_call& c) {
  return document_of(c.at(0));
}

helper_result to_json(const helper_call& c) {
  return json::write(c.at(0));
}

helper_result json_array_add(const helper_call& c) {
  auto list = document_of(c.at(0));
  if (!list) return list;
  if (!list->is_array()) return tl::unexpected(std::string("Base JSON must be an array"));
  auto item = document_of(c.at(1));
  const json::value added = item ? *item : c.at(1);
  json::array& elements = *list->if_array();
  if (c.option("flatten") == "true" && added.is_array())
    elements.insert(elements.end(), added.if_array()->begin(), added.if_array()->end());
  else
    elements.push_back(added);
  const auto most = c.number_option("maxItems");
  while (most && *most >= 0 && elements.size() > static_cast<std::size_t>(*most))
    elements.erase(elements.begin());
  return json::write(*list);
}

void merge(json::object& into, const json::object& from, bool remove_nulls) {
  for (const auto& [key, value] : from) {
    json::value* own = into.find(key);
    if (value.is_null() && remove_nulls)
      into.erase(key);
    else if (own && own->is_object() && value.is_object())
      merge(*own->if_object(), *value.if_object(), remove_nulls);
    else
      into.set(key, value);
  }
}

helper_result json_merge(const helper_call& c) {
  auto base = document_of(c.at(0));
  const auto other = document_of(c.at(1));
  if (!base || !other || !base->is_object() || !other->is_object())
    return tl::unexpected(std::string("jsonMerge takes two JSON objects"));
  merge(*base->if_object(), *other->if_object(), c.option("removeNulls") == "true");
  return json::write(*base);
}

helper_result json_remove(const helper_call& c) {
  auto base = document_of(c.at(0));
  const std::string path = c.text(1);
  if (!base || !path.starts_with("$."))
    return tl::unexpected(std::string("jsonRemove takes JSON and $.name"));
  if (json::object* members = base->if_object()) members->erase(path.substr(2));
  return json::write(*base);
}

helper_result form_data(const helper_call& c) {
  const bool decode = c.option("urlDecode") == "true";
  json::object out;
  const auto given = c.at(0).if_string();
  std::string_view rest = c.world.request->incoming().body;
  if (given) rest = *given;
  while (!rest.empty() && out.size() < 1'000) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string value(pair.substr(std::min(equals + 1, pair.size())));
    if (decode)
      if (auto plain = http::percent_decode(value, true)) value = std::move(*plain);
    out.set(std::string(pair.substr(0, equals)), std::move(value));
  }
  return out;
}

helper_result xpath(const helper_call& c) {
  const auto document = xml_document::parse(c.text(0));
  if (!document) return tl::unexpected(std::string("not XML"));
  const auto found = document->select(c.text(1));
  if (!found) return tl::unexpected(c.text(1) + " is not a valid XPath expression");
  return found->empty() ? json::value() : json::value(found->front());
}

}  // namespace

const std::vector<helper>& json_helpers() {
  static const std::vector<helper> all_of_them{
      {"jsonPath", json_path_helper},
      {"parseJson", parse_json},
      {"toJson", to_json},
      {"jsonArrayAdd", json_array_add, false, true},
      {"jsonMerge", json_merge, false, true},
      {"jsonRemove", json_remove, false, true},
      {"formData", form_data},
      {"xPath", xpath},
  };
  return all_of_them;
}

}  // namespace epicenter::mock::stubs
