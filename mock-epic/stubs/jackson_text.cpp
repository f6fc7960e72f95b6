#include "mock-epic/stubs/jackson_text.hpp"

#include <epicenter/json/write.hpp>

namespace epicenter::mock::stubs {
namespace {

void write(std::string& out, const json::value& v, std::size_t depth) {
  if (const json::object* members = v.if_object()) {
    if (members->empty()) {
      out += "{ }";
      return;
    }
    out += '{';
    const char* between = "\n";
    for (const auto& [key, value] : *members) {
      out += between;
      out.append(2 * (depth + 1), ' ');
      out.append(json::quote(key)).append(" : ");
      write(out, value, depth + 1);
      between = ",\n";
    }
    out += '\n';
    out.append(2 * depth, ' ');
    out += '}';
  } else if (const json::array* elements = v.if_array()) {
    out += elements->empty() ? "[" : "[ ";
    for (std::size_t i = 0; i < elements->size(); ++i) {
      if (i != 0) out += ", ";
      write(out, (*elements)[i], depth);
    }
    out += " ]";
  } else {
    out += json::write(v);
  }
}

}  // namespace

std::string write_jackson(const json::value& v) {
  std::string out;
  write(out, v, 0);
  return out;
}

}  // namespace epicenter::mock::stubs
