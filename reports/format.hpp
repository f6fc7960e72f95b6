// The report formats. A new one is one file and one line in formats.cpp.
#pragma once

#include <epicenter/base/result.hpp>
#include <span>
#include <string>
#include <string_view>

#include "reports/run_record.hpp"

namespace epicenter::reports {

/// Writes the whole text of one file from the record and what is known about the run itself.
struct format {
  std::string_view file_name;
  std::string_view summary;
  std::string (*write)(const run_record&, const run_meta&);
};
std::span<const format> all_formats();

std::string run_json(const run_record&, const run_meta&);
std::string run_meta_json(const run_record&, const run_meta&);
std::string junit_xml(const run_record&, const run_meta&);
std::string events_jsonl(const run_record&, const run_meta&);

enum class errc {
  not_writable = 1,  ///< the output folder or a file in it cannot be written
};
std::error_code make_error_code(errc);

/// Makes the folder, tries to write in it (said before a long run, not after it), and removes the reports of
/// an earlier run: where this one ends without a record, nobody shall take the old one for it.
result<> prepare_folder(const std::string& folder);
/// Writes every format into the folder. Each file appears whole or not at all.
result<> write_all(const std::string& folder, const run_record&, const run_meta&);

}  // namespace epicenter::reports

template <>
struct std::is_error_code_enum<epicenter::reports::errc> : std::true_type {};
