#include "harness/cli/serving.hpp"

#include <epicenter/json/parse.hpp>

#include <fstream>
#include <iterator>

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

result<json::value> read_json_file(const std::string& path) {
  constexpr std::size_t limit = 16 * 1024 * 1024;
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(errc::usage, path + " cannot be read");
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (text.size() > limit) return fail(errc::usage, path + " is larger than 16 MiB");
  auto value = json::parse(text);
  if (!value) return fail(error(make_error_code(errc::usage), path).caused_by(std::move(value.error())));
  return value;
}

}  // namespace epicenter::cli
