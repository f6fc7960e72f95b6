#include "harness/proxy/toxiproxy/config_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "harness/proxy/toxiproxy/go_json.hpp"

namespace epicenter::proxy::toxiproxy {
namespace {

std::string_view sentence_of(int value) {
  switch (static_cast<config_errc>(value)) {
    case config_errc::unreadable:
      return "the config file cannot be read";
    case config_errc::unsound:
      return "the config file is not sound";
    case config_errc::half_way:
      return "the config file could not be applied whole";
  }
  return "unknown config error";
}

result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(config_errc::unreadable, path + "; is it there, and readable for this user?");
  std::string text(largest_config + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(config_errc::unreadable, path + "; is it a file?");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_config)
    return fail(config_errc::unreadable, fmt::format("{}; at most {} bytes are taken", path, largest_config));
  return text;
}

struct remedy {
  std::string_view symptom, cure;
};
constexpr std::array remedies{
    remedy{"missing required field: name", R"(give it a "name")"},
    remedy{"missing required field: upstream", R"(give it an "upstream": "host:port")"},
    remedy{"toxic already exists", R"(give one of the two a "name" of its own)"},
    remedy{"stream was invalid", R"(write "stream": "upstream" or "downstream", or leave it out)"},
    remedy{"address already in use", R"(choose another "listen", or end what listens there)"},
    remedy{"missing port in address", R"(write "listen": "host:port")"},
    remedy{"too many colons in address", R"(IPv6 addresses need brackets: "[::1]:8080")"},
    remedy{"invalid port", "a port is a number from 0 to 65535"},
    remedy{"unknown port", "a port is a number from 0 to 65535"},
    remedy{"no such host", "listen at an address of this machine"},
    remedy{"cannot unmarshal",
           R"(it is to be [{"name", "listen", "upstream", "enabled", "toxics"}], attributes whole numbers)"},
};

std::string cure_of(std::string_view why) {
  if (why.find("invalid toxic type") != std::string_view::npos) {
    std::string known;
    for (const auto* t : toxic_types())
      known += fmt::format("{}{}", known.empty() ? "the types are " : ", ", t->name);
    return known;
  }
  const auto* const found = std::find_if(remedies.begin(), remedies.end(), [why](const remedy& r) {
    return why.find(r.symptom) != std::string_view::npos;
  });
  return found == remedies.end() ? std::string() : std::string(found->cure);
}

std::string syntax_problem(const std::string& path, const std::string& text, const go_syntax_error& e) {
  const auto before = std::string_view(text).substr(0, e.offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto line_start = before.rfind('\n');
  const auto column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return fmt::format("{}:{}:{}: {}; correct the JSON there", path, line, column, e.text);
}

/// Which entry cannot be read, from 1; 0: none, or the list as a whole.
std::size_t unreadable_entry(const json::value& list) {
  const auto* entries = list.if_array();
  if (entries == nullptr) return 0;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const json::array alone{(*entries)[i]};
    if (!read_proxies(write_go(alone))) return i + 1;
  }
  return 0;
}

}  // namespace

std::error_code make_error_code(config_errc e) {
  static const error_sentences category{"config", sentence_of};
  return {static_cast<int>(e), category};
}

runtime::task<result<std::size_t>> apply_config_file(runtime::runtime& rt, toxiproxy_api& api,
                                                     std::string path) {
  auto work = [path] { return read_file(path); };
  auto reading = runtime::blocking(rt, std::move(work));
  auto text = co_await std::move(reading);
  if (!text) co_return fail(text.error());
  const auto list = read_first_value(*text);
  if (!list) co_return fail(config_errc::unsound, syntax_problem(path, *text, list.error()));
  auto populating = api.populate(*text);
  const auto done = co_await std::move(populating);
  if (!done.failed) co_return done.done.size();
  const auto& why = done.failed->text;
  std::size_t entry = done.failed_at;
  if (entry == 0) entry = unreadable_entry(*list);
  std::string detail = path + ": ";
  if (entry != 0) detail += fmt::format("proxy {}: ", entry);
  detail += why;
  if (const auto cure = cure_of(why); !cure.empty()) detail += "; " + cure;
  co_return fail(done.done.empty() ? config_errc::unsound : config_errc::half_way, std::move(detail));
}

}  // namespace epicenter::proxy::toxiproxy
