#include <epicenter/base/check.hpp>

#include "harness/faults/catalog.hpp"
#include "harness/faults/operation.hpp"
#include "harness/scenario/fault_types.hpp"
#include "harness/scenario/fault_values.hpp"
#include "harness/scenario/format.hpp"
#include "harness/scenario/scalars.hpp"

namespace epicenter::scenario {
namespace {

std::vector<std::string> split_words(std::string_view words) {
  std::vector<std::string> out;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    out.emplace_back(words.substr(0, end));
    words.remove_prefix(std::min(words.size(), end + 1));
  }
  return out;
}

template <class T>
binder<json::value> as_json(binder<T> from) {
  return mapped<json::value>(from, [](T value) { return json::value(std::move(value)); });
}

binder<json::value> nanoseconds(binder<duration> from) {
  return mapped<json::value>(from, [](duration value) { return json::value(std::int64_t{value.count()}); });
}

binder<json::value> written_format(const faults::parameter& param) {
  switch (param.kind) {
    case faults::parameter_kind::boolean:
      return as_json(boolean());
    case faults::parameter_kind::integer:
      return as_json(integer(param.minimum, param.maximum));
    case faults::parameter_kind::span_of_time:
      return nanoseconds(a_duration());
    case faults::parameter_kind::delay:
      return delay_format();
    case faults::parameter_kind::choice:
      return as_json(word(fmt::format("a {}", param.name), {param.choices.begin(), param.choices.end()}));
    case faults::parameter_kind::status_list:
      return statuses_format(param.minimum, param.maximum);
    case faults::parameter_kind::retry_after:
      return retry_after_format();
    case faults::parameter_kind::text:
      return as_json(text());
    case faults::parameter_kind::share:
      return mapped<json::value>(a_share(), [](share value) { return json::value(format_share(value)); });
    case faults::parameter_kind::size:
      return as_json(a_size());
    case faults::parameter_kind::size_rate:
      return size_rate_format();
    case faults::parameter_kind::call_rate:
      return mapped<json::value>(a_rate(), [](rate value) {
        return json::value(json::object{{"events", value.events}, {"period", value.period.count()}});
      });
  }
  throw_check_failed("written_format", "a parameter of no kind");
}

/// How the parameter is written, and then the catalog's own judgement of the value.
binder<json::value> param_format(const faults::parameter& param) {
  const binder<json::value> written = written_format(param);
  return {written.type, [written, param](reading& in, const node& at) -> std::optional<json::value> {
            const std::size_t before = in.troubles().size();
            std::optional<json::value> value = written.read(in, at);
            if (!value || in.troubles().size() != before) return std::nullopt;
            result<json::value> judged = faults::canonical_value(param, *value);
            if (judged) return std::move(*judged);
            in.refuse(at.at, judged.error().message());
            return std::nullopt;
          }};
}

binder<json::value> param_format(const later_param& param) {
  switch (param.kind) {
    case param_kind::duration:
      return nanoseconds(a_duration());
    case param_kind::delay:
      return delay_format();
    case param_kind::integer:
      return as_json(integer(param.least, 1'000'000'000));
    case param_kind::size:
      return as_json(a_size());
    case param_kind::size_rate:
      return size_rate_format();
    case param_kind::rate:
      return mapped<json::value>(a_rate(), [](rate value) {
        return json::value(json::object{{"events", value.events}, {"period", value.period.count()}});
      });
    case param_kind::boolean:
      return as_json(boolean());
    case param_kind::choice:
      return as_json(word(fmt::format("a {}", param.name), split_words(param.words)));
    case param_kind::text:
      return as_json(text());
  }
  throw_check_failed("param_format", "a parameter of no kind");
}

binder<fault_match> match_format() {
  const auto count = [](std::int64_t least) { return integer(least, 1'000'000'000); };
  const auto names = faults::operation_names();
  const binder<std::string> operation = word("an operation", {names.begin(), names.end()});
  return object_of<fault_match>("match", "match")
      .key("operation", "the operation that the call belongs to", operation, &fault_match::operation)
      .key("method", "the HTTP method",
           word("a method", {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}),
           &fault_match::method)
      .key("path", "a glob over the path without query: * within a segment, ** across",
           text("a glob such as /**/Patient/*"), &fault_match::path)
      .key("header", "a header that is there, or has this value",
           text("a text such as 'Name' or 'Name: value'"), &fault_match::header)
      .key("client", "the client's id or address", text(), &fault_match::client)
      .key("first", "only the first N that match the rest", count(1), &fault_match::first)
      .key("nth", "only the Nth", count(1), &fault_match::nth)
      .key("every", "each Nth", count(1), &fault_match::every)
      .key("after", "all but the first N", count(1), &fault_match::after)
      .done();
}

/// `selective`: the fault can be held to some of the calls.
object_of<fault> common_keys(std::string_view name, std::string_view help, const binder<fault_match>& match,
                             bool selective) {
  object_of<fault> keys(fmt::format("a fault of type {}", name), fmt::format("fault_{}", name));
  const key_options how = selective ? key_options{} : not_yet;
  keys.key("type", std::string(help), word("a fault type", {std::string(name)}), &fault::type, required)
      .key("name", "for must entries: NAME.start, NAME.end", identifier(), &fault::name)
      .key("at", "from the start of during; default 0s", a_duration(), &fault::at)
      .key("match", "the calls it touches; default: all", match, &fault::match, how)
      .key("ramp_in", "time to reach its full rate", a_duration(), &fault::ramp_in, not_yet)
      .key("ramp_out", "time to fade", a_duration(), &fault::ramp_out, not_yet)
      .mark(&fault::mark);
  if (!is_instant(name))
    keys.key("lasting", "default: to the end of during", positive_duration(), &fault::lasting);
  return keys;
}

template <class Params>
binder<fault> with_params(object_of<fault> keys, const Params& params, bool selective) {
  bool takes_rate = false;  // of slow_body: bytes a second, not a share of calls
  for (const auto& param : params) {
    takes_rate = takes_rate || param.name == "rate";
    key_options how;
    how.required = param.required;
    const std::string name(param.name);
    keys.set(name, std::string(param.help), param_format(param), how,
             [name](fault& out, json::value value) { out.params.set(name, std::move(value)); });
  }
  if (!takes_rate)
    keys.key("rate", "share of the matching calls; default: 100%", a_share(), &fault::rate,
             selective ? key_options{} : not_yet);
  keys.then([](reading& in, const node& at, fault& out) {
    const node* written = at.find("rate");
    if (out.rate.ppm == 0 && written != nullptr && written->is == node::kind::scalar)
      in.refuse(written->at, "a rate of 0 touches no call; leave the fault out");
  });
  return keys.done();
}

/// A match that no connection can meet would leave the fault without any effect.
void refuse_calls_of_connections(const faults::fault_type& type, reading& in, const node& at,
                                 const fault& read) {
  const fault_match& m = read.match;
  const node* written = at.find("match");
  const bool of_calls = !(m.operation.empty() && m.method.empty() && m.path.empty() && m.header.empty());
  if (!of_calls || written == nullptr || type.make == nullptr) return;
  const auto made = faults::make_fault(type, read.params);
  if (made && (*made)->acts_on().connections_only())
    in.refuse(written->at,
              fmt::format("'{}' acts when a connection begins, before there is a call: select by "
                          "client, first, nth, every, after or rate",
                          type.name));
}

binder<fault> format_of(const faults::fault_type& type, const binder<fault_match>& match) {
  // What acts at one moment acts on all there is at once, such as every token that was issued.
  const bool selective = !type.instant;
  object_of<fault> keys = common_keys(type.name, type.summary, match, selective);
  keys.then([&type](reading& in, const node& at, fault& out) {
    // Fills in the defaults. What is there was judged one by one, and what is missing was reported; left is
    // what the parameters must be to each other.
    auto whole = faults::canonical_parameters(type, out.params);
    if (!whole && whole.error().code() != faults::errc::missing_parameter)
      in.refuse(at.at, whole.error().message());
    if (whole) out.params = std::move(*whole);
    refuse_calls_of_connections(type, in, at, out);
  });
  return with_params(std::move(keys), type.parameters, selective);
}

binder<fault> format_of(const later_fault& type, const binder<fault_match>& match) {
  return with_params(common_keys(type.name, std::string(type.help) + " (not yet supported)", match, true),
                     type.params, true);
}

}  // namespace

binder<fault> fault_format() {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::any_of;
  type->what = "a fault such as {type: outage, mode: refuse}";
  type->defined = "fault";
  std::vector<binder<fault>> formats;
  std::vector<std::string> names;
  const binder<fault_match> match = match_format();
  const auto offer = [&](const auto& one) {
    formats.push_back(format_of(one, match));
    names.emplace_back(one.name);
    type->options.push_back(formats.back().type);
  };
  for (const faults::fault_type& one : faults::all()) offer(one);
  for (const later_fault& one : later_faults())
    if (faults::find(one.name) == nullptr) offer(one);
  const binder<std::string> type_name = word("a fault type", names);
  return {type, [type, formats, names, type_name](reading& in, const node& at) -> std::optional<fault> {
            if (at.is != node::kind::map) {
              refuse_kind(in, at, *type);
              return std::nullopt;
            }
            const node* named = at.find("type");
            if (named == nullptr) {
              in.refuse(at.at, fmt::format("the key 'type' is missing in the fault; write {}", type->what));
              return std::nullopt;
            }
            const std::optional<std::string> chosen = type_name.read(in, *named);
            if (!chosen) return std::nullopt;
            if (faults::find(*chosen) == nullptr)
              in.unsupported(named->at, fmt::format("the fault type '{}'", *chosen));
            const auto index = std::find(names.begin(), names.end(), *chosen) - names.begin();
            return formats[static_cast<std::size_t>(index)].read(in, at);
          }};
}

}  // namespace epicenter::scenario
