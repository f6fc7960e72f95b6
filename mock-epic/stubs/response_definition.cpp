#include "mock-epic/stubs/response_definition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <epicenter/json/write.hpp>

#include "mock-epic/stubs/base64.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::array<std::pair<std::string_view, wire_fault>, 4> faults{
    {{"EMPTY_RESPONSE", wire_fault::empty_response},
     {"CONNECTION_RESET_BY_PEER", wire_fault::connection_reset},
     {"RANDOM_DATA_THEN_CLOSE", wire_fault::random_data_then_close},
     {"MALFORMED_RESPONSE_CHUNK", wire_fault::malformed_response_chunk}}};

duration milliseconds(double count) {
  return std::chrono::round<duration>(std::chrono::duration<double, std::milli>(count));
}

bool is_field_name(std::string_view name) {
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

std::vector<std::pair<std::string, stub_text>> read_fields(object_reader& reader, bool templated) {
  std::vector<std::pair<std::string, stub_text>> out;
  const json::object* members = reader.object("headers");
  if (!members) return out;
  const auto add = [&](const std::string& name, const json::value& value) {
    const std::string text = value.is_string() ? std::string(*value.if_string()) : json::write(value);
    const bool breaks = without_controls(text) != text;
    if (breaks || value.is_object() || value.is_null() || !is_field_name(name))
      reader.refuse("headers", "the value of " + name + " is not that of a header");
    out.emplace_back(name, make_stub_text(text, templated));
  };
  for (const auto& [name, value] : *members) {
    if (const json::array* list = value.if_array())
      for (const json::value& one : *list) add(name, one);
    else
      add(name, value);
  }
  return out;
}

/// body, jsonBody, base64Body or bodyFileName: the first that is there.
void read_body(object_reader& reader, bool templated, response_definition& into) {
  const auto body = reader.text("body");
  const json::value* document = reader.any("jsonBody");
  const auto encoded = reader.text("base64Body");
  const auto file = reader.text("bodyFileName");
  if (file) into.body_file = make_stub_text(*file, templated);
  if (body) {
    into.body = make_stub_text(*body, templated);
  } else if (document) {
    into.body = make_stub_text(json::write(*document), templated);
  } else if (encoded) {
    auto bytes = decode_base64(*encoded);
    if (!bytes) reader.refuse("base64Body", "base64 is needed here");
    into.body.plain = bytes.value_or("");
  }
}

void read_proxy(object_reader& reader, bool templated, response_definition& into) {
  const auto base = reader.text("proxyBaseUrl");
  const auto prefix = reader.text("proxyUrlPrefixToRemove");
  const json::object* add = reader.object("additionalProxyRequestHeaders");
  const json::array* remove = reader.array("removeProxyRequestHeaders");
  if (!base) {
    if (prefix || add || remove) reader.refuse("proxyBaseUrl", "what concerns a proxy needs a proxyBaseUrl");
    return;
  }
  proxy_definition made;
  made.base_url = make_stub_text(*base, templated);
  made.prefix_to_remove = prefix.value_or("");
  if (add)
    for (const auto& [name, value] : *add)
      made.add.add(name, value.is_string() ? std::string(*value.if_string()) : json::write(value));
  if (remove) {
    for (const json::value& one : *remove) {
      if (!one.is_string()) reader.refuse("removeProxyRequestHeaders", "a list of names is needed here");
      if (one.is_string()) made.remove.push_back(*one.if_string());
    }
  }
  into.proxy = std::move(made);
}

void read_timing(object_reader& reader, response_definition& into) {
  // Negative delays are none, as in WireMock.
  const auto fixed = reader.integer("fixedDelayMilliseconds", -longest_delay_ms, longest_delay_ms);
  into.fixed_delay = std::chrono::milliseconds(std::max<std::int64_t>(fixed.value_or(0), 0));
  into.distribution = read_distribution(reader, "delayDistribution");
  const json::object* members = reader.object("chunkedDribbleDelay");
  if (!members) return;
  object_reader inner(*members, reader.pointer_to("chunkedDribbleDelay"), reader.failure());
  dribble_delay made;
  made.chunks = inner.integer("numberOfChunks", 1, 10'000).value_or(1);
  made.total = std::chrono::milliseconds(inner.integer("totalDuration", 0, longest_delay_ms).value_or(0));
  inner.end();
  into.dribble = made;
}

bool read_templated(object_reader& reader) {
  const json::array* list = reader.array("transformers");
  bool templated = false;
  if (!list) return false;
  for (const json::value& one : *list) {
    const auto name = one.if_string();
    if (!name || *name != "response-template")
      reader.refuse("transformers", "the only transformer known is response-template");
    else
      templated = true;
  }
  return templated;
}

}  // namespace

std::string without_controls(std::string text) {
  std::erase_if(text,
                [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
  return text;
}

duration delay_distribution::draw(runtime::random_stream& random) const {
  if (what == kind::fixed) return lower;
  if (what == kind::uniform) return random.between(lower, upper);
  if (median <= 0) return {};
  // The 99th percentile of a log-normal distribution is median * e^(2.326 sigma).
  const double p99 =
      std::min(median * std::exp(2.3263478740408408 * sigma), static_cast<double>(longest_delay_ms) * 100);
  const duration drawn = random.log_normal(milliseconds(median), milliseconds(std::max(p99, median)));
  const double most =
      max > 0 ? std::min(max, static_cast<double>(longest_delay_ms)) : static_cast<double>(longest_delay_ms);
  return std::min(drawn, milliseconds(most));
}

stub_text make_stub_text(std::string text, bool templated) {
  stub_text made;
  made.plain = std::move(text);
  if (!templated || made.plain.find("{{") == std::string::npos) return made;
  auto compiled = text_template::compile(made.plain);
  if (!compiled)
    made.mistake = std::move(compiled.error());
  else if (!compiled->is_plain() || made.plain.find("\\{{") != std::string::npos)
    made.compiled = std::make_shared<text_template>(std::move(*compiled));
  return made;
}

tl::expected<std::string, std::string> stub_text::render(const template_world& world) const {
  if (!mistake.empty()) return tl::unexpected(mistake);
  if (!compiled) return plain;
  return compiled->render(world);
}

std::optional<delay_distribution> read_distribution(object_reader& reader, std::string_view key) {
  const json::object* members = reader.object(key);
  if (!members) return std::nullopt;
  object_reader inner(*members, reader.pointer_to(key), reader.failure());
  const std::string type = inner.text("type").value_or("");
  delay_distribution made;
  const auto whole = [&inner](std::string_view name) {
    return std::chrono::milliseconds(inner.integer(name, 0, longest_delay_ms).value_or(0));
  };
  if (type == "lognormal") {
    made.what = delay_distribution::kind::lognormal;
    made.median = inner.real("median", 0, static_cast<double>(longest_delay_ms)).value_or(0);
    made.sigma = inner.real("sigma", 0, 10).value_or(0);
    made.max = inner.real("maxValue", 0, static_cast<double>(longest_delay_ms)).value_or(0);
  } else if (type == "uniform") {
    made.what = delay_distribution::kind::uniform;
    made.lower = whole("lower");
    made.upper = whole("upper");
    if (made.lower > made.upper) inner.refuse("upper", "upper is below lower");
  } else if (type == "fixed") {
    made.lower = made.upper = whole("milliseconds");
  } else {
    inner.refuse("type", type.empty()
                             ? "missing type id property 'type'"
                             : "Could not resolve type id '" + type + "': fixed, lognormal or uniform");
  }
  inner.end();
  return made;
}

std::vector<webhook_definition> read_webhooks(object_reader& reader, std::string_view key) {
  std::vector<webhook_definition> out;
  const json::array* list = reader.array(key);
  if (!list) return out;
  if (list->size() > 10) reader.refuse(key, "more than ten webhooks");
  for (std::size_t i = 0; i < list->size() && !reader.failed(); ++i) {
    const std::string at = reader.pointer_to(key) + "/" + std::to_string(i);
    const json::object* members = (*list)[i].if_object();
    if (!members) {
      reader.refuse(key, "a list of objects is needed here");
      break;
    }
    object_reader one(*members, at, reader.failure());
    if (one.text("name").value_or("") != "webhook") one.refuse("name", "the only one known is webhook");
    if (const json::array* phases = one.array("requestPhases"))
      if (phases->size() != 1 || (*phases)[0] != json::value("AFTER_COMPLETE"))
        one.refuse("requestPhases", "webhooks are called AFTER_COMPLETE");
    const json::object* parameters = one.object("parameters");
    one.end();
    static const json::object nothing;
    object_reader given(parameters ? *parameters : nothing, at + "/parameters", reader.failure());
    webhook_definition made;
    made.method = given.text("method").value_or("GET");
    made.url = make_stub_text(given.text("url").value_or(""), true);
    if (made.url.plain.empty()) given.refuse("url", "a URL is needed here");
    made.fields = read_fields(given, true);
    made.body = make_stub_text(given.text("body").value_or(""), true);
    if (const auto encoded = given.text("base64Body")) made.body.plain = decode_base64(*encoded).value_or("");
    if (const auto delay = read_distribution(given, "delay")) {
      if (delay->what != delay_distribution::kind::fixed)
        given.refuse("delay", "the delay of a webhook is fixed");
      made.delay = delay->lower;
    }
    given.end();
    out.push_back(std::move(made));
  }
  return out;
}

response_definition response_definition::read(const json::value& from, const std::string& pointer,
                                              std::optional<stub_error>& failure) {
  static const json::object nothing;
  response_definition made;
  const json::object* members = from.if_object();
  object_reader reader(members ? *members : nothing, pointer, failure);
  if (!members) reader.refuse({}, "an object is needed here");
  const bool templated = read_templated(reader);
  made.body_templated = templated;
  made.status = static_cast<unsigned>(reader.integer("status", 100, 999).value_or(200));
  made.reason = reader.text("statusMessage").value_or("");
  if (made.reason.find_first_of("\r\n") != std::string::npos)
    reader.refuse("statusMessage", "it has line breaks");
  made.fields = read_fields(reader, templated);
  read_body(reader, templated, made);
  read_timing(reader, made);
  read_proxy(reader, templated, made);
  if (const json::object* parameters = reader.object("transformerParameters")) made.parameters = *parameters;
  if (const auto name = reader.text("fault")) {
    const auto* found =
        std::find_if(faults.begin(), faults.end(), [&](const auto& one) { return one.first == *name; });
    if (found == faults.end())
      reader.refuse("fault",
                    "not one of the values accepted for Fault: [CONNECTION_RESET_BY_PEER, EMPTY_RESPONSE, "
                    "MALFORMED_RESPONSE_CHUNK, RANDOM_DATA_THEN_CLOSE]");
    else
      made.fault = found->second;
  }
  reader.end();
  return made;
}

}  // namespace epicenter::mock::stubs
