#include "harness/proxy/toxiproxy/input.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "harness/proxy/toxiproxy/go_json.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

constexpr std::int64_t longest_lease_ms = 3'600'000;
constexpr std::string_view populate_type =
    "[]struct { toxiproxy.Proxy; Enabled *bool \"json:\\\"enabled\\\"\" }";

tl::unexpected<api_error> bad_body(const std::string& why) {
  return refuse("bad request body: " + why);
}

/// lease_ms as it was given: absent, 0 for none, or a length.
struct lease_reader {
  std::optional<std::int64_t> given;
  void take(go_decoder& decoder, const json::value& v, std::string_view owner) {
    if (v.is_null()) return;
    std::int64_t read = 0;
    decoder.take(v, {owner, "lease_ms"}, "int64", read);
    given = read;
  }
  outcome<std::optional<duration>> value() const {
    if (!given) return std::optional<duration>{};
    if (*given < 0 || *given > longest_lease_ms)
      return bad_body(fmt::format("lease_ms: from 1 to {} is wanted, or 0 for none", longest_lease_ms));
    if (*given == 0) return std::optional<duration>(no_lease);
    return std::optional<duration>(std::chrono::milliseconds(*given));
  }
};

outcome<proxy_input> decode_proxy(go_decoder& decoder, const json::object& members, std::string_view owner,
                                  bool with_toxics) {
  proxy_input p;
  lease_reader lease;
  for (const auto& [key, v] : members) {
    if (is_key(key, "name")) decoder.take(v, {owner, "name"}, p.name);
    if (is_key(key, "listen")) decoder.take(v, {owner, "listen"}, p.listen);
    if (is_key(key, "upstream")) decoder.take(v, {owner, "upstream"}, p.upstream);
    if (is_key(key, "enabled")) decoder.take(v, {owner, "enabled"}, p.enabled);
    if (is_key(key, "lease_ms")) lease.take(decoder, v, owner);
    if (with_toxics && is_key(key, "toxics")) {
      const auto& toxics = decoder.elements(v, {owner, "toxics"}, "[]toxics.ToxicWrapper");
      p.toxics.assign(toxics.begin(), toxics.end());
    }
  }
  auto length = lease.value();
  if (!length && !decoder.failure()) return refuse(length.error());
  if (length) p.lease = *length;
  return p;
}

void decode_attributes(go_decoder& decoder, const json::value& given, toxic& into) {
  const auto& members =
      decoder.members(given, {"", "attributes"}, fmt::format("toxics.{}", into.type->go_name));
  for (const auto& [key, v] : members) {
    for (std::size_t i = 0; i < into.values.size(); ++i) {
      const auto& a = into.type->attributes[i];
      if (is_key(key, a.name))
        decoder.take(v, {into.type->go_name, fmt::format("attributes.{}", a.name)}, a.go_type,
                     into.values[i]);
    }
  }
}

bool same_word(std::string_view given, std::string_view word) {
  return is_key(given, word);
}

outcome<> check(const toxic& t) {
  if (t.type->objection == nullptr) return {};
  const auto why = t.type->objection(t.values);
  if (!why.empty()) return refuse(std::string(why));
  return {};
}

}  // namespace

outcome<json::value> read_body(std::string_view body) {
  auto read = read_first_value(body);
  if (!read) return bad_body(read.error().text);
  return *std::move(read);
}

outcome<proxy_input> read_proxy(std::string_view body) {
  const auto read = read_body(body);
  if (!read) return refuse(read.error());
  go_decoder decoder;
  auto p = decode_proxy(decoder, decoder.members(*read, "toxiproxy.Proxy"), "Proxy", false);
  if (decoder.failure()) return bad_body(*decoder.failure());
  return p;
}

outcome<std::vector<proxy_input>> read_proxies(std::string_view body) {
  const auto read = read_body(body);
  if (!read) return refuse(read.error());
  go_decoder decoder;
  std::vector<proxy_input> all;
  for (const auto& one : decoder.elements(*read, populate_type)) {
    auto p = decode_proxy(decoder, decoder.members(one, populate_type.substr(2)), "", true);
    if (!p) return refuse(p.error());
    all.push_back(*std::move(p));
  }
  if (decoder.failure()) return bad_body(*decoder.failure());
  return all;
}

outcome<toxic> read_toxic(const json::value& body, const std::vector<toxic>& present) {
  go_decoder decoder;
  std::optional<std::string> name, type, stream;
  std::optional<float> toxicity;
  std::vector<const json::value*> attributes;
  lease_reader lease;
  constexpr std::string_view owner = "ToxicWrapper";
  for (const auto& [key, v] : decoder.members(body, "toxics.ToxicWrapper")) {
    if (is_key(key, "attributes")) {
      (void)decoder.members(v, {owner, "attributes"}, "toxics.NoopToxic");
      attributes.push_back(&v);
    }
    if (is_key(key, "name")) decoder.take(v, {owner, "name"}, name);
    if (is_key(key, "type")) decoder.take(v, {owner, "type"}, type);
    if (is_key(key, "stream")) decoder.take(v, {owner, "stream"}, stream);
    if (is_key(key, "toxicity")) decoder.take(v, {owner, "toxicity"}, toxicity);
    if (is_key(key, "lease_ms")) lease.take(decoder, v, owner);
  }
  if (decoder.failure()) return bad_body(*decoder.failure());
  toxic made;
  made.stream = stream.value_or("downstream");
  made.upstream = same_word(made.stream, "upstream");
  if (!made.upstream && !same_word(made.stream, "downstream"))
    return refuse("stream was invalid, can be either upstream or downstream");
  made.name = name.value_or("");
  if (made.name.empty()) made.name = fmt::format("{}_{}", type.value_or(""), made.stream);
  made.type = find_toxic_type(type.value_or(""));
  if (made.type == nullptr) return refuse("invalid toxic type");
  if (std::any_of(present.begin(), present.end(), [&made](const toxic& t) { return t.name == made.name; }))
    return refuse("toxic already exists", 409);
  made.toxicity = toxicity.value_or(1.0F);
  made.values.resize(made.type->attributes.size());
  for (const auto* given : attributes) decode_attributes(decoder, *given, made);
  if (decoder.failure()) return bad_body(*decoder.failure());
  const auto length = lease.value();
  if (!length) return refuse(length.error());
  made.lease = length->value_or(no_lease);
  if (auto sound = check(made); !sound) return refuse(sound.error());
  return made;
}

outcome<toxic> merge_toxic(toxic before, const json::value& body) {
  go_decoder decoder;
  std::optional<float> toxicity;
  lease_reader lease;
  for (const auto& [key, v] : decoder.members(body,
                                              "struct { Attributes interface {} \"json:\\\"attributes\\\"\"; "
                                              "Toxicity float32 \"json:\\\"toxicity\\\"\" }")) {
    if (is_key(key, "attributes")) decode_attributes(decoder, v, before);
    if (is_key(key, "toxicity")) decoder.take(v, {"", "toxicity"}, toxicity);
    if (is_key(key, "lease_ms")) lease.take(decoder, v, "");
  }
  if (decoder.failure()) return bad_body(*decoder.failure());
  const auto length = lease.value();
  if (!length) return refuse(length.error());
  before.toxicity = toxicity.value_or(before.toxicity);
  before.lease = length->value_or(before.lease);
  if (auto sound = check(before); !sound) return refuse(sound.error());
  return before;
}

}  // namespace epicenter::proxy::toxiproxy
