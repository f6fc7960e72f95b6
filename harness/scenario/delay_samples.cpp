#include "harness/scenario/delay_samples.hpp"

#include <fmt/format.h>

#include <epicenter/base/units.hpp>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "harness/faults/delay_distribution.hpp"

namespace epicenter::scenario {
namespace {

constexpr std::size_t most_lines = 100'000;
constexpr std::size_t most_bytes = 4'000'000;

std::string_view without_comment(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  line = line.substr(0, line.find('#'));
  const auto from = line.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return line.substr(from, line.find_last_not_of(blanks) - from + 1);
}

tl::expected<std::string, std::string> content_of(const std::string& path) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem))
    return tl::unexpected(fmt::format("{}: there is no such file of samples", path));
  std::ifstream stream(path, std::ios::binary);
  std::string text(most_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  // A short read ends in eof and fail; without a byte the file may still be an empty one.
  if (stream.bad() || (!stream.eof() && stream.fail()))
    return tl::unexpected(fmt::format("{}: the file of samples cannot be read", path));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > most_bytes)
    return tl::unexpected(fmt::format("{}: a file of samples has at most {} bytes", path, most_bytes));
  return text;
}

}  // namespace

tl::expected<std::vector<duration>, std::string> read_delay_samples(const std::string& path) {
  const auto text = content_of(path);
  if (!text) return tl::unexpected(text.error());
  std::vector<duration> samples;
  std::string_view rest = *text;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto written = without_comment(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line > most_lines)
      return tl::unexpected(
          fmt::format("{}:{}: a file of samples has at most {} lines", path, line, most_lines));
    if (written.empty()) continue;
    const auto read = parse_duration(written);
    if (!read) return tl::unexpected(fmt::format("{}:{}: this is no duration such as 120ms", path, line));
    if (*read > faults::longest_delay)
      return tl::unexpected(fmt::format("{}:{}: no delay may be longer than {}", path, line,
                                        format_duration(faults::longest_delay)));
    samples.push_back(*read);
  }
  if (samples.empty()) return tl::unexpected(fmt::format("{}: there is no sample in this file", path));
  return samples;
}

}  // namespace epicenter::scenario
