// gzip (RFC 1952): whole texts, and a reader for those that come in parts.
#pragma once

#include <epicenter/http/error.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace epicenter::http {

/// Compresses at level 1. Keeps its 270 kB of state from text to text; it is made at the first one.
class gzip_writer {
 public:
  gzip_writer();
  ~gzip_writer();
  gzip_writer(const gzip_writer&) = delete;
  gzip_writer& operator=(const gzip_writer&) = delete;
  std::string write(std::string_view);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Reads one or more gzip members in parts. Whatever comes, no more text is made than may be.
class gunzip_reader {
 public:
  explicit gunzip_reader(std::size_t max_bytes);
  ~gunzip_reader();
  gunzip_reader(const gunzip_reader&) = delete;
  gunzip_reader& operator=(const gunzip_reader&) = delete;

  /// Takes what it uses off the compressed bytes, fills `text` from its beginning, not beyond its size, and
  /// returns how much of it was filled: 0 where all bytes are taken and more are needed. errc::too_large,
  /// errc::malformed.
  result<std::size_t> read(std::string_view& compressed, std::string& text);
  /// After the last byte: errc::malformed where no member has ended there.
  result<> finish() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The text of one or more gzip members. errc::too_large beyond max_bytes, of which little more is ever held;
/// errc::malformed where it is no gzip, is cut off, or fails its checksum.
result<std::string> gunzip(std::string_view, std::size_t max_bytes);

}  // namespace epicenter::http
