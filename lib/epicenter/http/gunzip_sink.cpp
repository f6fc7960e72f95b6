#include <epicenter/http/content_coding.hpp>
#include <epicenter/http/gunzip_sink.hpp>

namespace epicenter::http {
namespace {
constexpr std::size_t text_at_once = 64 * 1024;
}

bool gunzip_sink::begin(const response& head) {
  if (!is_gzipped(head.fields)) return to_.begin(head);
  response plain = head;
  plain.fields.erase("Content-Encoding");
  plain.fields.erase("Content-Length");
  const bool wanted = to_.begin(plain);
  if (wanted) {
    reader_.emplace(max_bytes_);
    text_.resize(text_at_once);
  }
  return wanted;
}

runtime::task<result<>> gunzip_sink::take(std::string_view part) {
  if (!reader_) {
    auto passed = co_await to_.take(part);
    co_return passed;
  }
  for (;;) {
    auto count = reader_->read(part, text_);
    if (!count) co_return fail(std::move(count.error()));
    if (*count == 0) co_return result<>();
    auto passed = co_await to_.take(std::string_view(text_).substr(0, *count));
    if (!passed) co_return passed;
  }
}

result<> gunzip_sink::finish() const {
  return reader_ ? reader_->finish() : result<>();
}

}  // namespace epicenter::http
