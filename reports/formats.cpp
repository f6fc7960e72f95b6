#include <array>
#include <filesystem>
#include <fstream>

#include "reports/format.hpp"

namespace epicenter::reports {
namespace {

constexpr std::array formats{
    format{"run.json", "the run record: everything the seed determines", run_json},
    format{"run.meta.json", "what differs from run to run: times, host, compiler", run_meta_json},
    format{"junit.xml", "one test case a check, for CI systems", junit_xml},
    format{"events.jsonl", "the timeline, one event a line", events_jsonl},
};

std::string_view sentence_of(int) {
  return "the output cannot be written";
}

const error_sentences category{"reports", sentence_of};

/// Into a file beside it first: a reader never sees half a report, and a full disk leaves the old one.
result<> write_file(const std::filesystem::path& path, const std::string& text) {
  auto draft = path;
  draft += ".part";
  std::error_code failed;
  {
    std::ofstream out(draft, std::ios::binary | std::ios::trunc);
    if (!out) return fail(errc::not_writable, draft.string());
    out << text;
    out.close();
    if (!out) failed = std::make_error_code(std::errc::io_error);
  }
  if (!failed) std::filesystem::rename(draft, path, failed);
  if (!failed) return {};
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  return fail(errc::not_writable, path.string() + ": " + failed.message());
}

}  // namespace

std::error_code make_error_code(errc e) {
  return {static_cast<int>(e), category};
}

std::span<const format> all_formats() {
  return formats;
}

result<> prepare_folder(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(errc::not_writable, folder + ": " + failed.message());
  const auto probe = std::filesystem::path(folder) / ".writable";
  auto written = write_file(probe, "");
  if (!written) return written;
  std::filesystem::remove(probe, failed);
  for (const auto& f : formats) {
    const auto old = std::filesystem::path(folder) / f.file_name;
    std::filesystem::remove(old, failed);
    if (failed) return fail(errc::not_writable, old.string() + ": " + failed.message());
  }
  return {};
}

result<> write_all(const std::string& folder, const run_record& run, const run_meta& meta) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(errc::not_writable, folder + ": " + failed.message());
  for (const auto& f : formats) {
    auto written = write_file(std::filesystem::path(folder) / f.file_name, f.write(run, meta));
    if (!written) return written;
  }
  return {};
}

}  // namespace epicenter::reports
