#include "mock-epic/stubs/near_misses.hpp"

#include <algorithm>

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_looked_at = 2'000;
constexpr std::size_t column = 59;

void add_line(std::string& out, std::string left, std::string right) {
  // Both columns break where they are full, so that the frame holds.
  do {
    const std::string l = left.substr(0, column - 1);
    const std::string r = right.substr(0, column - 1);
    out += ' ' + l + std::string(column - l.size(), ' ') + "| " + r + '\n';
    left.erase(0, l.size());
    right.erase(0, r.size());
  } while (!left.empty() || !right.empty());
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

}  // namespace

std::vector<near_stub> nearest_stubs(const stub_store& store, const stub_request& r) {
  std::vector<near_stub> out;
  std::size_t looked_at = 0;
  for (const stub_mapping* one : store.index().all()) {
    if (!one->isolation.empty() && one->isolation != r.isolation()) continue;
    if (++looked_at > most_looked_at) break;
    const double distance = one->request.distance(r);
    if (distance == 0) continue;
    out.push_back({one, distance});
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.distance < b.distance; });
    if (out.size() > near_misses_shown) out.pop_back();
  }
  return out;
}

std::string diff_page(const stub_store& store, const stub_request& r) {
  const std::string line(column * 2 + 2, '-');
  const std::vector<near_stub> nearest = nearest_stubs(store, r);
  std::string out = "\n" + std::string(46, ' ') + "Request was not matched\n" + std::string(46, ' ') +
                    "=======================\n\n" + line + '\n';
  if (nearest.empty()) {
    out +=
        "| No stubs to compare with: " + r.incoming().method + " " + r.incoming().target + '\n' + line + '\n';
    return out;
  }
  add_line(out, "Closest stub", "Request");
  out += line + "\n";
  add_line(out, "", "");
  if (!nearest.front().stub->name.empty()) add_line(out, nearest.front().stub->name, "");
  for (const request_pattern::difference& one : nearest.front().stub->request.compare(r)) {
    add_line(out, one_line(one.wanted), one_line(one.came) + (one.fits ? "" : "   <<<<< does not match"));
  }
  add_line(out, "", "");
  out += line + '\n';
  return out;
}

}  // namespace epicenter::mock::stubs
