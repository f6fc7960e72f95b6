// Stands before another sink and gives it the text that gzip stands for.
#pragma once

#include <epicenter/http/body_sink.hpp>
#include <epicenter/http/gzip.hpp>
#include <optional>

namespace epicenter::http {

class gunzip_sink final : public body_sink {
 public:
  /// max_bytes: of text.
  gunzip_sink(body_sink& to, std::size_t max_bytes) : to_(to), max_bytes_(max_bytes) {}

  bool begin(const response& head) override;
  runtime::task<result<>> take(std::string_view part) override;
  /// After the last part: errc::malformed where gzip is cut off.
  result<> finish() const;
  /// Whether a coded body went to the other sink.
  bool decoded() const { return reader_.has_value(); }

 private:
  body_sink& to_;
  std::size_t max_bytes_;
  std::optional<gunzip_reader> reader_;
  std::string text_;
};

}  // namespace epicenter::http
