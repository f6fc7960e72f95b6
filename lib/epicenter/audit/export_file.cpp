#include <unistd.h>

#include <epicenter/audit/entry_json.hpp>
#include <epicenter/audit/export_file.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/store/private_file.hpp>

namespace epicenter::audit {
namespace {

tl::unexpected<error> cannot_write() {
  return fail(errc::unavailable, "cannot write the export");
}

}  // namespace

result<export_file> export_file::begin(std::string path, const std::string& log_id) {
  const std::string part = path + ".part";
  ::unlink(part.c_str());
  if (auto made = store::make_private(part); !made) {
    return fail(error(make_error_code(errc::unavailable)).caused_by(std::move(made.error())));
  }
  std::ofstream file(part, std::ios::binary);
  file << "{\"log\":" << json::quote(log_id) << ",\"entries\":[";
  if (!file) return cannot_write();
  return export_file(std::move(path), std::move(file));
}

result<> export_file::add(const std::vector<entry>& entries) {
  for (const auto& one : entries) {
    std::string line = to_line(one);
    if (!one.phi.empty()) {
      line.pop_back();
      line += ",\"phi\":" + json::quote(one.phi) + '}';
    }
    file_ << (first_ ? "\n" : ",\n") << line;
    first_ = false;
  }
  if (!file_) return cannot_write();
  return {};
}

result<> export_file::finish() {
  file_ << "\n]}\n";
  file_.close();
  if (!file_) return cannot_write();
  if (auto named = store::replace_file(part(), path_); !named) {
    return fail(error(make_error_code(errc::unavailable)).caused_by(std::move(named.error())));
  }
  return {};
}

}  // namespace epicenter::audit
