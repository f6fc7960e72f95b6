#include <epicenter/base/check.hpp>
#include <epicenter/fhir/ndjson_reader.hpp>

namespace epicenter::fhir {

result<std::size_t> ndjson_reader::feed(std::string_view bytes) {
  EPICENTER_CHECK(!value_, "take_value() comes before more bytes");
  if (failed_) return fail(*failed_);
  const std::size_t end = bytes.find('\n');
  const std::string_view part = bytes.substr(0, end);
  if (part.size() > max_line_bytes_ - line_.size()) {
    failed_ = error(make_error_code(json::errc::too_large), "line " + std::to_string(lines_ + 1));
    return fail(*failed_);
  }
  if (end == std::string_view::npos) {
    line_.append(part);
    return bytes.size();
  }
  std::string_view text = part;
  if (!line_.empty()) {
    line_.append(part);
    text = line_;
  }
  auto ended = end_line(text);
  line_.clear();
  if (!ended) return fail(std::move(ended.error()));
  return end + 1;
}

result<> ndjson_reader::finish() {
  EPICENTER_CHECK(!value_, "take_value() comes before finish()");
  if (failed_) return fail(*failed_);
  auto ended = end_line(line_);
  line_.clear();
  return ended;
}

json::value ndjson_reader::take_value() {
  EPICENTER_CHECK(value_.has_value(), "there is a value");
  json::value taken = std::move(*value_);
  value_.reset();
  return taken;
}

result<> ndjson_reader::end_line(std::string_view text) {
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) return {};
  if (++lines_ <= skip_) return {};
  json::parse_limits limits;
  limits.max_bytes = max_line_bytes_;
  auto parsed = json::parse(text, limits);
  if (!parsed) {
    failed_ = error(parsed.error().code(), "line " + std::to_string(lines_) + " of the file");
    return fail(*failed_);
  }
  value_ = std::move(*parsed);
  return {};
}

}  // namespace epicenter::fhir
