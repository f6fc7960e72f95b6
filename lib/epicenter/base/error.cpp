#include <epicenter/base/error.hpp>

namespace epicenter {

error::error(std::error_code code, std::string detail, std::source_location where)
    : code_(code), detail_(std::move(detail)), where_(where) {}

error error::caused_by(error cause) && {
  cause_ = std::make_shared<const error>(std::move(cause));
  return std::move(*this);
}

std::string error::message() const {
  std::string text = code_.message();
  if (!detail_.empty()) text.append(": ").append(detail_);
  if (cause_) text.append("; because ").append(cause_->message());
  return text;
}

}  // namespace epicenter
