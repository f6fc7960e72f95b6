#include "harness/cli/serving.hpp"

#include <fmt/format.h>

#include <epicenter/json/parse.hpp>

#include <algorithm>
#include <fstream>

namespace epicenter::cli {

result<runtime::endpoint> loopback_endpoint(const arguments& args, std::string_view option,
                                            std::string_view fallback) {
  auto at = runtime::parse_endpoint(args.get(option, fallback));
  if (!at) return fail(errc::usage, std::string(option) + ": " + at.error().message());
  if (!runtime::is_loopback(*at)) {
    return fail(errc::usage, std::string(option) + ": " + at->to_string() +
                                 " is not a loopback address; other addresses are not yet supported");
  }
  return at;
}

result<runtime::endpoint> guarded_endpoint(const arguments& args, std::string_view option,
                                           std::string_view fallback, bool guarded) {
  auto at = runtime::parse_endpoint(args.get(option, fallback));
  if (!at) return fail(errc::usage, std::string(option) + ": " + at.error().message());
  if (!guarded && !runtime::is_loopback(*at))
    return fail(errc::usage, std::string(option) + ": " + at->to_string() +
                                 " is not a loopback address: whoever reaches it reaches the admin API, so "
                                 "--token-file is needed");
  return at;
}

result<std::size_t> bounded_number(const arguments& args, std::string_view option, std::uint64_t fallback,
                                   std::uint64_t most) {
  auto given = args.number(option, 1);
  if (!given) return fail(std::move(given.error()));
  if (given->value_or(1) > most) return fail(errc::usage, fmt::format("{} takes at most {}", option, most));
  return static_cast<std::size_t>(given->value_or(fallback));
}

result<std::string> read_token_file(const arguments& args) {
  if (!args.has("--token-file")) return std::string();
  constexpr std::size_t shortest = 16;
  constexpr std::size_t longest = 4096;
  const std::string path = args.get("--token-file");
  auto text = read_text_file(path, longest + 2);
  if (!text) return text;
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  const bool visible = std::all_of(text->begin(), text->end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!visible || text->size() < shortest || text->size() > longest)
    return fail(errc::usage, path + " is not one line of 16 to 4096 visible ASCII characters");
  return text;
}

result<std::string> read_text_file(const std::string& path, std::size_t limit) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(errc::usage, path + " cannot be read");
  std::string text(limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(errc::usage, path + " cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limit)
    return fail(errc::usage, path + " is larger than " + std::to_string(limit) + " bytes");
  return text;
}

result<> write_text_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  if (!out) return fail(runtime::errc::io, path + " cannot be written");
  return {};
}

result<json::value> read_json_file(const std::string& path) {
  constexpr std::size_t limit = 16 * 1024 * 1024;
  auto text = read_text_file(path, limit);
  if (!text) return fail(std::move(text.error()));
  auto value = json::parse(*text);
  if (!value) return fail(error(make_error_code(errc::usage), path).caused_by(std::move(value.error())));
  return value;
}

}  // namespace epicenter::cli
