#include "harness/scenario/fault_values.hpp"

#include <filesystem>

#include "harness/faults/delay_distribution.hpp"
#include "harness/scenario/delay_samples.hpp"
#include "harness/scenario/scalars.hpp"

namespace epicenter::scenario {
namespace {

/// One of several forms, chosen by the kind of node.
binder<json::value> either(std::string what, binder<json::value> scalar, binder<json::value> other) {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::any_of;
  type->what = std::move(what);
  type->options = {scalar.type, other.type};
  return {type, [type, scalar, other](reading& in, const node& at) -> std::optional<json::value> {
            if (at.is == node::kind::null) {
              refuse_kind(in, at, *type);
              return std::nullopt;
            }
            return at.is == node::kind::scalar ? scalar.read(in, at) : other.read(in, at);
          }};
}

binder<json::value> delay_range() {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::text;
  type->what = "a range of durations such as 500ms..2000ms";
  type->defined = "delay_range";
  type->pattern = "^[0-9][0-9a-z.]*(\\.\\.[0-9][0-9a-z.]*)?$";
  const binder<duration> one = a_duration();
  return {type, [type, one](reading& in, const node& at) -> std::optional<json::value> {
            node from = at;
            node to = at;
            const std::size_t dots = at.text.find("..");
            if (dots != std::string::npos) {
              from.text = at.text.substr(0, dots);
              to.text = at.text.substr(dots + 2);
              to.at.column += static_cast<int>(dots) + 2;
            }
            const std::optional<duration> least = one.read(in, from);
            const std::optional<duration> most = dots == std::string::npos ? least : one.read(in, to);
            if (!least || !most) return std::nullopt;
            if (*least > *most) {
              in.refuse(at.at, fmt::format("'{}' runs backwards; write {}..{}", at.text, to.text, from.text));
              return std::nullopt;
            }
            return json::object{{"kind", "uniform"}, {"from", least->count()}, {"to", most->count()}};
          }};
}

struct spread {
  std::optional<duration> median, p99, mean, deviation, scale;
  std::optional<std::string> shape, samples;
  std::optional<std::vector<duration>> values;
};

/// A decimal of at most three places, as text: the catalog judges its range.
binder<std::string> tail_shape() {
  const binder<std::int64_t> millionths = ratio();
  return {millionths.type, [millionths](reading& in, const node& at) -> std::optional<std::string> {
            const std::optional<std::int64_t> read = millionths.read(in, at);
            if (!read) return std::nullopt;
            if (*read % 1000 == 0) return faults::thousandths_text(*read / 1000);
            in.refuse(at.at, fmt::format("'{}' has more than three decimals", at.text));
            return std::nullopt;
          }};
}

json::value empirical(std::vector<duration> samples) {
  json::array values;
  for (const duration one : faults::quantiles(std::move(samples))) values.emplace_back(one.count());
  return json::object{{"kind", "empirical"}, {"values", std::move(values)}};
}

/// A relative path is taken from the folder of the scenario. The file is read here, once: plans carry what
/// was in it, and a run is replayed without it.
std::optional<json::value> empirical_from_file(reading& in, const node& at, const std::string& samples) {
  const auto path = std::filesystem::path(in.file()).parent_path() / samples;
  auto read = read_delay_samples(path.lexically_normal().string());
  if (read) return empirical(std::move(*read));
  in.refuse(at.at, read.error());
  return std::nullopt;
}

std::optional<json::value> distribution_of(reading& in, const node& at, spread read) {
  const auto times = [](const char* kind, const char* a, duration first, const char* b, duration second) {
    return json::object{{"kind", kind}, {a, first.count()}, {b, second.count()}};
  };
  if (at.entries.size() == 1 && read.values) return empirical(std::move(*read.values));
  if (at.entries.size() == 1 && read.samples)
    return empirical_from_file(in, *at.find("samples"), *read.samples);
  if (at.entries.size() == 2 && read.mean && read.deviation)
    return times("normal", "mean", *read.mean, "deviation", *read.deviation);
  if (at.entries.size() == 2 && read.scale && read.shape)
    return json::object{{"kind", "pareto"}, {"scale", read.scale->count()}, {"shape", *read.shape}};
  const bool lognormal = at.entries.size() == 2 && read.median && read.p99;
  if (lognormal && *read.p99 >= *read.median)
    return times("lognormal", "median", *read.median, "p99", *read.p99);
  in.refuse(at.at, lognormal
                       ? "p99 is below the median; swap them"
                       : "a delay has either median and p99, or mean and deviation, or scale and shape, "
                         "and both of them; or samples, or values");
  return std::nullopt;
}

}  // namespace

binder<json::value> delay_format() {
  const binder<spread> forms =
      object_of<spread>("a distribution such as {median: 200ms, p99: 2s} or {mean: 1s, deviation: 200ms}")
          .key("median", "of a log-normal distribution", positive_duration(), &spread::median)
          .key("p99", "99th percentile of a log-normal distribution", positive_duration(), &spread::p99)
          .key("mean", "of a normal distribution, cut at 0", a_duration(), &spread::mean)
          .key("deviation", "standard deviation of a normal distribution", a_duration(), &spread::deviation)
          .key("scale", "least value of a Pareto distribution", positive_duration(), &spread::scale)
          .key("shape", "of a Pareto distribution, 0.1 to 100: the smaller, the heavier is its tail",
               tail_shape(), &spread::shape)
          .key("samples",
               "a file of measured delays, one a line, beside the scenario: each is drawn as often",
               text("a file such as delays.txt"), &spread::samples)
          .key("values", "measured delays: each is drawn as often as it stands here",
               list_of("a list of delays such as [80ms, 120ms]", a_duration(), 1), &spread::values)
          .done();
  const binder<json::value> distribution{forms.type,
                                         [forms](reading& in, const node& at) -> std::optional<json::value> {
                                           const std::size_t before = in.troubles().size();
                                           std::optional<spread> read = forms.read(in, at);
                                           if (!read || in.troubles().size() != before) return std::nullopt;
                                           return distribution_of(in, at, std::move(*read));
                                         }};
  return either("a delay such as 500ms..2000ms, {median: 200ms, p99: 2s} or {mean: 1s, deviation: 200ms}",
                delay_range(), distribution);
}

binder<json::value> statuses_format(std::int64_t least, std::int64_t most) {
  const binder<json::value> one =
      mapped<json::value>(integer(least, most), [](std::int64_t status) { return json::value(status); });
  const binder<json::value> many =
      mapped<json::value>(list_of("a list of HTTP statuses such as [500, 503]", one, 1),
                          [](const std::vector<json::value>& list) {
                            return json::value(json::array(list.begin(), list.end()));
                          });
  const binder<json::value> single = mapped<json::value>(
      one, [](json::value status) { return json::value(json::array{std::move(status)}); });
  return either("an HTTP status or a list such as [500, 503]", single, many);
}

namespace {

struct retry_after {
  duration after{};
  std::string form = "seconds";
};

}  // namespace

binder<json::value> retry_after_format() {
  const auto to_json = [](retry_after value) {
    return json::value(json::object{{"form", value.form}, {"after", value.after.count()}});
  };
  const binder<retry_after> plain = mapped<retry_after>(a_duration(), [](duration d) {
    return retry_after{d, "seconds"};
  });
  const binder<retry_after> full =
      object_of<retry_after>("a retry_after such as {after: 5s, form: date}")
          .key("after", "from the answer", a_duration(), &retry_after::after, required)
          .key("form", "how the header tells it", word("a form", {"seconds", "date"}), &retry_after::form)
          .done();
  const binder<json::value> value =
      either("a retry_after such as 5s or {after: 5s, form: date}", mapped<json::value>(plain, to_json),
             mapped<json::value>(full, to_json));
  return {value.type, [value](reading& in, const node& at) -> std::optional<json::value> {
            std::optional<json::value> read = value.read(in, at);
            if (!read) return read;
            const duration after{read->find("after")->to_int64().value_or(0)};
            if (after % 1s == duration::zero()) return read;
            in.refuse(at.at, "Retry-After counts whole seconds; write 1s or 2s");
            return std::nullopt;
          }};
}

binder<json::value> size_rate_format() {
  auto type = std::make_shared<shape>();
  type->kind = shape_kind::text;
  type->what = "bytes a second such as 64kB/s";
  type->pattern = "^[0-9][0-9.]*(B|kB|MB|GB|KiB|MiB|GiB)/s$";
  return {type, [type](reading& in, const node& at) -> std::optional<json::value> {
            if (at.is != node::kind::scalar) {
              refuse_kind(in, at, *type);
              return std::nullopt;
            }
            const std::string_view written = at.text;
            if (written.ends_with("/s")) {
              const result<std::uint64_t> bytes = parse_size(written.substr(0, written.size() - 2));
              if (bytes && *bytes > 0) return json::value(*bytes);
            }
            in.refuse(at.at, fmt::format("'{}' is not {}", at.text, type->what));
            return std::nullopt;
          }};
}

}  // namespace epicenter::scenario
