#include "mock-epic/stubs/text_template.hpp"

#include <algorithm>
#include <charconv>
#include <epicenter/json/write.hpp>

#include "mock-epic/stubs/template_function.hpp"
#include "mock-epic/stubs/template_request.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_output = 4 * 1024 * 1024;
constexpr std::size_t most_steps = 200'000;

/// What names mean inside of one block.
struct frame {
  json::value self;
  json::object names;  // block parameters and @index, @key, @first, @last
};

class renderer {
 public:
  explicit renderer(const template_world& world) : world_(world) { frames_.emplace_back(); }

  void render(const std::vector<template_node>& nodes, std::string& out) {
    for (const template_node& one : nodes) {
      if (!failure.empty() || !spend()) return;
      if (one.what == template_node::kind::text)
        out += one.text;
      else if (one.what == template_node::kind::output)
        out += printed(value_of(*one.call));
      else
        block(one, out);
      if (out.size() > most_output) fail("the output is larger than 4 MiB");
    }
  }

  std::string failure;

 private:
  bool spend() {
    if (++steps_ > most_steps) fail("the template takes more than 200,000 steps");
    return steps_ <= most_steps;
  }
  void fail(std::string why) {
    if (failure.empty()) failure = std::move(why);
  }

  json::value value_of(const template_value& v, bool as_list = false) {
    if (!spend()) return {};
    if (v.what == template_value::kind::literal) return v.literal;
    if (v.what == template_value::kind::call) return value_of(*v.call);
    return path_value(v.path, as_list);
  }

  json::value path_value(std::span<const std::string> path, bool as_list) {
    std::size_t up = 0;
    while (!path.empty() && path[0] == "..") {
      ++up;
      path = path.subspan(1);
    }
    const frame& here = frames_[frames_.size() - 1 - std::min(up, frames_.size() - 1)];
    if (path.empty() || path[0] == "this" || path[0] == ".")
      return below(here.self, path.empty() ? path : path.subspan(1));
    if (const json::value* own = here.self.find(path[0])) return below(*own, path.subspan(1));
    for (auto at = frames_.rbegin(); at != frames_.rend(); ++at)
      if (const json::value* named = at->names.find(path[0])) return below(*named, path.subspan(1));
    if (path[0] == "request") return request_value(world_, path.subspan(1), as_list);
    if (path[0] == "parameters") return below(json::value(*world_.parameters), path.subspan(1));
    if (const json::value* given = world_.parameters->find(path[0])) return below(*given, path.subspan(1));
    return {};
  }

  static json::value below(const json::value& from, std::span<const std::string> path) {
    const json::value* at = &from;
    for (const std::string& key : path) {
      if (const json::array* elements = at->if_array()) {
        std::size_t index = elements->size();
        if (key == "size" || key == "length") return std::uint64_t{elements->size()};
        if (key == "first") index = 0;
        if (key == "last" && !elements->empty()) index = elements->size() - 1;
        std::from_chars(key.data(), key.data() + key.size(), index);
        at = index < elements->size() ? &(*elements)[index] : nullptr;
      } else {
        at = at->find(key);
      }
      if (!at) return {};
    }
    return *at;
  }

  /// A helper's value, or that of a path.
  json::value value_of(const template_call& call) {
    const helper* found = find_helper(call.name);
    const bool bare = call.arguments.empty() && call.hash.empty();
    if (!found) {
      if (call.name == "lookup" && call.arguments.size() == 2)
        return below(value_of(call.arguments[0], true),
                     std::vector<std::string>{printed(value_of(call.arguments[1]))});
      if (call.name == "assign" && call.arguments.size() == 2) {
        frames_.front().names.set(printed(value_of(call.arguments[0])), value_of(call.arguments[1]));
        return {};
      }
      if (bare) return value_of(call.target);
      fail("no such helper: " + call.name);
      return {};
    }
    return run(*found, call, nullptr);
  }

  json::value run(const helper& h, const template_call& call, const std::string* body) {
    helper_call made{{}, {}, world_};
    for (const template_value& one : call.arguments) made.arguments.push_back(value_of(one, h.takes_lists));
    for (const auto& [key, value] : call.hash) made.hash.set(key, value_of(value));
    if (body)
      made.arguments.insert(h.body_last ? made.arguments.end() : made.arguments.begin(), json::value(*body));
    if (!failure.empty()) return {};
    helper_result got = h.run(made);
    return got ? std::move(*got) : json::value("[ERROR: " + got.error() + "]");
  }

  void block(const template_node& node, std::string& out) {
    const template_call& call = *node.call;
    const auto argument = [&](bool as_list) {
      return call.arguments.empty() ? json::value() : value_of(call.arguments[0], as_list);
    };
    if (call.name == "if" || call.name == "unless") {
      render(is_truthy(argument(true)) == (call.name == "if") ? node.body : node.otherwise, out);
    } else if (call.name == "each") {
      each(node, argument(true), out);
    } else if (call.name == "with") {
      const json::value to = argument(true);
      if (is_truthy(to))
        inside({to, {}}, call, node.body, out);
      else
        render(node.otherwise, out);
    } else if (call.name == "assign") {
      frames_.front().names.set(printed(argument(false)), json::value(rendered(node.body)));
    } else if (const helper* found = find_helper(call.name)) {
      helper_block(*found, node, out);
    } else if (call.arguments.empty() && call.hash.empty()) {
      const json::value to = value_of(call.target, true);
      if (to.is_array())
        each(node, to, out);
      else if (is_truthy(to))
        inside({to, {}}, call, node.body, out);
      else
        render(node.otherwise, out);
    } else {
      fail("no such helper: " + call.name);
    }
  }

  void helper_block(const helper& h, const template_node& node, std::string& out) {
    if (h.decides) {
      render(is_truthy(run(h, *node.call, nullptr)) ? node.body : node.otherwise, out);
      return;
    }
    const std::string body = rendered(node.body);
    if (h.name == "parseJson" && node.call->arguments.size() == 1) {
      // {{#parseJson 'name'}}…{{/parseJson}} gives the document a name.
      helper_call made{{json::value(body)}, {}, world_};
      helper_result got = h.run(made);
      if (got) frames_.front().names.set(printed(value_of(node.call->arguments[0])), std::move(*got));
      if (!got) out += "[ERROR: " + got.error() + "]";
      return;
    }
    out += printed(run(h, *node.call, &body));
  }

  std::string rendered(const std::vector<template_node>& nodes) {
    std::string out;
    render(nodes, out);
    return out;
  }

  void inside(frame f, const template_call& call, const std::vector<template_node>& body, std::string& out) {
    if (!call.block_parameters.empty()) f.names.set(call.block_parameters[0], f.self);
    frames_.push_back(std::move(f));
    render(body, out);
    frames_.pop_back();
  }

  void each(const template_node& node, const json::value& over, std::string& out) {
    const std::vector<std::string>& names = node.call->block_parameters;
    std::size_t index = 0;
    const auto visit = [&](const json::value& one, const json::value& key, std::size_t size) {
      frame f{one, {}};
      f.names.set("@index", std::uint64_t{index});
      f.names.set("@key", key);
      f.names.set("@first", index == 0);
      f.names.set("@last", index + 1 == size);
      if (names.size() > 1) f.names.set(names[1], key);
      ++index;
      inside(std::move(f), *node.call, node.body, out);
    };
    if (const json::array* elements = over.if_array()) {
      for (const json::value& one : *elements)
        if (failure.empty()) visit(one, json::value(std::uint64_t{index}), elements->size());
    } else if (const json::object* members = over.if_object()) {
      for (const auto& [key, value] : *members)
        if (failure.empty()) visit(value, json::value(key), members->size());
    }
    if (index == 0) render(node.otherwise, out);
  }

  const template_world& world_;
  std::vector<frame> frames_;
  std::size_t steps_ = 0;
};

}  // namespace

std::string printed(const json::value& v) {
  if (v.is_null()) return {};
  return v.is_string() ? std::string(*v.if_string()) : json::write(v);
}

bool is_truthy(const json::value& v) {
  if (v.is_null()) return false;
  if (const bool* flag = v.if_bool()) return *flag;
  if (const auto text = v.if_string()) return !text->empty();
  if (const json::array* elements = v.if_array()) return !elements->empty();
  if (v.is_number()) return v.to_double().value_or(0) != 0;
  return true;
}

tl::expected<text_template, std::string> text_template::compile(std::string_view text) {
  auto nodes = parse_template(text);
  if (!nodes) return tl::unexpected(std::move(nodes.error()));
  text_template made;
  made.nodes_ = std::move(*nodes);
  return made;
}

bool text_template::is_plain() const {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](const template_node& one) { return one.what == template_node::kind::text; });
}

tl::expected<std::string, std::string> text_template::render(const template_world& world) const {
  renderer work(world);
  std::string out;
  work.render(nodes_, out);
  if (!work.failure.empty()) return tl::unexpected(std::move(work.failure));
  return out;
}

}  // namespace epicenter::mock::stubs
