#include <epicenter/json/write.hpp>

#include "mock-epic/stubs/base64.hpp"
#include "mock-epic/stubs/request_pattern.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_patterns = 200;

std::vector<named_pattern> read_named(object_reader& reader, std::string_view key) {
  std::vector<named_pattern> out;
  const json::object* members = reader.object(key);
  if (!members) return out;
  if (members->size() > most_patterns) reader.refuse(key, "more than 200 patterns");
  for (const auto& [name, value] : *members) {
    if (reader.failed()) break;
    out.push_back(
        {name, read_pattern(value, reader.pointer_to(key) + pointer_segment(name), reader.failure())});
  }
  return out;
}

std::vector<pattern_ptr> read_list(object_reader& reader, std::string_view key,
                                   std::vector<std::string>* shown) {
  std::vector<pattern_ptr> out;
  const json::array* list = reader.array(key);
  if (!list) return out;
  if (list->size() > most_patterns) reader.refuse(key, "more than 200 patterns");
  for (std::size_t i = 0; i < list->size() && !reader.failed(); ++i) {
    out.push_back(
        read_pattern((*list)[i], reader.pointer_to(key) + "/" + std::to_string(i), reader.failure()));
    if (shown) shown->push_back(json::write((*list)[i]));
  }
  return out;
}

multipart_pattern read_multipart(const json::value& from, const std::string& pointer,
                                 std::optional<stub_error>& failure) {
  static const json::object nothing;
  multipart_pattern made;
  const json::object* members = from.if_object();
  object_reader reader(members ? *members : nothing, pointer, failure);
  if (!members) reader.refuse({}, "an object is needed here");
  const std::string type = reader.text("matchingType").value_or("ANY");
  if (type != "ANY" && type != "ALL") reader.refuse("matchingType", "ANY or ALL");
  made.all = type == "ALL";
  made.name = reader.text("name").value_or("");
  made.file_name = reader.text("fileName").value_or("");
  made.fields = read_named(reader, "headers");
  made.body = read_list(reader, "bodyPatterns", nullptr);
  reader.end();
  return made;
}

std::string read_credentials(object_reader& reader) {
  const json::object* members = reader.object("basicAuthCredentials");
  if (!members) return {};
  object_reader inner(*members, reader.pointer_to("basicAuthCredentials"), reader.failure());
  const std::string name = inner.text("username").value_or("");
  const std::string password = inner.text("password").value_or("");
  inner.end();
  return "Basic " + encode_base64(name + ":" + password);
}

/// A pattern given as an object, or a bare text that must be equal.
pattern_ptr read_pattern_or_text(object_reader& reader, std::string_view key) {
  const json::value* found = reader.any(key);
  if (!found) return nullptr;
  const json::value wrapped = found->is_string() ? json::value(json::object{{"equalTo", *found}}) : *found;
  return read_pattern(wrapped, reader.pointer_to(key), reader.failure());
}

}  // namespace

request_pattern request_pattern::read(const json::value& from, const std::string& pointer,
                                      std::optional<stub_error>& failure) {
  static const json::object nothing;
  request_pattern made;
  const json::object* members = from.if_object();
  object_reader reader(members ? *members : nothing, pointer, failure);
  if (!members) reader.refuse({}, "an object is needed here");
  made.url_ = url_pattern::read(reader);
  if (const json::value* method = reader.any("method")) {
    if (!method->is_string())
      reader.refuse("method", "the name of a method is needed here");
    else
      made.method_ = *method->if_string();
  }
  made.fields_ = read_named(reader, "headers");
  made.query_ = read_named(reader, "queryParameters");
  made.form_ = read_named(reader, "formParameters");
  made.cookies_ = read_named(reader, "cookies");
  made.variables_ = read_named(reader, "pathParameters");
  if (!made.variables_.empty() && made.url_.what() != url_pattern::kind::path_template)
    reader.refuse("pathParameters", "pathParameters need a urlPathTemplate");
  made.body_ = read_list(reader, "bodyPatterns", &made.body_shown_);
  if (const json::array* list = reader.array("multipartPatterns")) {
    if (list->size() > most_patterns) reader.refuse("multipartPatterns", "more than 200 patterns");
    for (std::size_t i = 0; i < list->size() && !failure; ++i)
      made.multipart_.push_back(read_multipart(
          (*list)[i], reader.pointer_to("multipartPatterns") + "/" + std::to_string(i), failure));
  }
  made.host_ = read_pattern_or_text(reader, "host");
  made.client_ip_ = read_pattern_or_text(reader, "clientIp");
  made.port_ = reader.integer("port", 0, 65'535);
  made.scheme_ = reader.text("scheme").value_or("");
  made.credentials_ = read_credentials(reader);
  // Matchers of one's own are Java classes: none is known here, and an unknown one never matches.
  made.unknown_matcher_ = reader.object("customMatcher") != nullptr;
  reader.end();
  return made;
}

}  // namespace epicenter::mock::stubs
