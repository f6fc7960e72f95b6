// gzip (RFC 1952), whole texts at a time.
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

/// The text of one or more gzip members. errc::too_large beyond max_bytes, of which little more is ever held;
/// errc::malformed where it is no gzip, is cut off, or fails its checksum.
result<std::string> gunzip(std::string_view, std::size_t max_bytes);

}  // namespace epicenter::http
