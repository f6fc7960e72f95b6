#include <epicenter/base/check.hpp>

namespace epicenter {

void throw_check_failed(const char* condition, const std::string& why, std::source_location where) {
  throw check_failed(std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": CHECK(" +
                     condition + ") failed: " + why);
}

}  // namespace epicenter
