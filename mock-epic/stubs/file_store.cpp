#include "mock-epic/stubs/file_store.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "mock-epic/stubs/error.hpp"

namespace epicenter::mock::stubs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = 16 * 1024 * 1024;
constexpr std::size_t most_in_memory = 64 * 1024 * 1024;
constexpr std::size_t most_files = 10'000;
constexpr std::size_t longest_path = 1'024;

bool is_safe(std::string_view path) {
  if (path.empty() || path.size() > longest_path || path.front() == '/' || path.back() == '/') return false;
  if (path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos) return false;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment.empty() || segment == "." || segment == "..") return false;
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
  }
  return true;
}

/// Whether the place, links resolved, lies below the root.
bool lies_below(const fs::path& place, const fs::path& root) {
  std::error_code ignored;
  const fs::path real_root = fs::weakly_canonical(root, ignored);
  const fs::path real_place = fs::weakly_canonical(place, ignored);
  const auto [end, other] =
      std::mismatch(real_root.begin(), real_root.end(), real_place.begin(), real_place.end());
  return end == real_root.end() && !real_place.empty();
}

}  // namespace

result<std::string> file_store::place_of(std::string_view path) const {
  if (!is_safe(path)) return fail(errc::outside, std::string(path.substr(0, 200)));
  const fs::path place = fs::path(root_) / fs::path(path);
  if (on_disk() && !lies_below(place, root_)) return fail(errc::outside, std::string(path));
  return place.string();
}

result<std::vector<std::string>> file_store::list() const {
  std::vector<std::string> out;
  if (!on_disk()) {
    for (const auto& [path, content] : memory_) out.push_back(path);
    return out;
  }
  std::error_code wrong;
  if (!fs::exists(root_, wrong)) return out;
  // Links to directories are not followed: they would lead out, or round.
  fs::recursive_directory_iterator at(root_, wrong);
  for (; !wrong && at != fs::recursive_directory_iterator() && out.size() < most_files; at.increment(wrong)) {
    std::error_code unknown;
    if (at->is_regular_file(unknown))
      out.push_back(fs::path(at->path()).lexically_relative(root_).generic_string());
  }
  if (wrong) return fail(errc::unreadable, root_ + ": " + wrong.message());
  std::sort(out.begin(), out.end());
  return out;
}

result<std::optional<std::string>> file_store::read(std::string_view path) const {
  const auto place = place_of(path);
  if (!place) return fail(place.error());
  if (!on_disk()) {
    const auto found = memory_.find(path);
    return found == memory_.end() ? std::optional<std::string>() : found->second;
  }
  std::error_code wrong;
  if (!fs::is_regular_file(*place, wrong)) return std::optional<std::string>();
  if (fs::file_size(*place, wrong) > largest_file || wrong) return fail(errc::too_large, std::string(path));
  std::ifstream in(*place, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.good() && !in.eof()) return fail(errc::unreadable, std::string(path));
  if (!in.is_open()) return fail(errc::unreadable, std::string(path));
  return content;
}

result<> file_store::write(std::string_view path, std::string_view content) {
  const auto place = place_of(path);
  if (!place) return fail(place.error());
  if (content.size() > largest_file) return fail(errc::too_large, std::string(path));
  if (!on_disk()) {
    const auto old = memory_.find(path);
    const std::size_t freed = old == memory_.end() ? 0 : old->second.size();
    if (memory_bytes_ - freed + content.size() > most_in_memory || memory_.size() >= most_files)
      return fail(errc::too_large, std::string(path));
    memory_bytes_ = memory_bytes_ - freed + content.size();
    memory_.insert_or_assign(std::string(path), std::string(content));
    return {};
  }
  std::error_code wrong;
  fs::create_directories(fs::path(*place).parent_path(), wrong);
  // Whole or not at all: readers never see half a file.
  const std::string beside = *place + ".part";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (out.fail()) return fail(errc::unwritable, std::string(path));
  fs::rename(beside, *place, wrong);
  if (wrong) return fail(errc::unwritable, std::string(path) + ": " + wrong.message());
  return {};
}

result<bool> file_store::remove(std::string_view path) {
  const auto place = place_of(path);
  if (!place) return fail(place.error());
  if (!on_disk()) {
    const auto found = memory_.find(path);
    if (found == memory_.end()) return false;
    memory_bytes_ -= found->second.size();
    memory_.erase(found);
    return true;
  }
  std::error_code wrong;
  if (!fs::is_regular_file(*place, wrong)) return false;
  const bool gone = fs::remove(*place, wrong);
  if (wrong) return fail(errc::unwritable, std::string(path) + ": " + wrong.message());
  return gone;
}

}  // namespace epicenter::mock::stubs
