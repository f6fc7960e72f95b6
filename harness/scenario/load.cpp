#include "harness/scenario/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "harness/scenario/resolve.hpp"
#include "harness/scenario/source_text.hpp"

namespace epicenter::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<diagnostic> in_order(std::vector<diagnostic> found, const std::string& file) {
  std::stable_sort(found.begin(), found.end(), [](const diagnostic& a, const diagnostic& b) {
    return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
  });
  if (found.size() <= source_text::max_diagnostics) return found;
  const std::size_t more = found.size() - source_text::max_diagnostics;
  found.resize(source_text::max_diagnostics);
  found.push_back({trouble::invalid, {file, 0, 0}, fmt::format("and at least {} more", more), {}, 0});
  return found;
}

diagnostic unreadable(std::string path, std::string why) {
  return {trouble::unreadable, {std::move(path), 0, 0}, std::move(why), {}, 0};
}

tl::expected<std::vector<std::string>, diagnostic> files_of(const std::string& path) {
  std::error_code problem;
  if (!fs::exists(path, problem)) return tl::unexpected(unreadable(path, "there is no such file or folder"));
  if (!fs::is_directory(path, problem)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (fs::directory_iterator at(path, problem), end; !problem && at != end; at.increment(problem)) {
    const fs::path extension = at->path().extension();
    if (at->is_regular_file(problem) && (extension == ".yaml" || extension == ".yml"))
      files.push_back(at->path().lexically_normal().string());
  }
  if (problem) return tl::unexpected(unreadable(path, "the folder cannot be read: " + problem.message()));
  if (files.empty()) return tl::unexpected(unreadable(path, "there is no *.yaml file in this folder"));
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

load_result load_text(std::string file, std::string_view text) {
  const source_text source(std::move(file), text);
  std::vector<diagnostic> first = source.precheck();
  if (!first.empty()) return tl::unexpected(in_order(std::move(first), source.file()));
  yaml_result tree = parse_yaml(source);
  reading in(source);
  in.take(std::move(tree.troubles));
  std::optional<scenario> whole;
  if (tree.root) {
    static const binder<scenario_draft> format = scenario_format();  // constant; made once as it is large
    std::optional<scenario_draft> draft = format.read(in, *tree.root);
    if (draft) whole = resolve(in, *tree.root, std::move(*draft));
  }
  if (in.troubles().empty() && whole) return std::move(*whole);
  std::vector<diagnostic> found = in.troubles();
  if (found.empty())
    found.push_back(source.at(trouble::invalid, {source.file(), 1, 1}, "this is not a scenario"));
  return tl::unexpected(in_order(std::move(found), source.file()));
}

load_result load(const std::string& path) {
  std::error_code problem;
  if (fs::is_directory(path, problem))
    return tl::unexpected(std::vector{unreadable(path, "this is a folder")});
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return tl::unexpected(std::vector{unreadable(path, "the file cannot be read")});
  // One byte more than is allowed is enough to know that it is too much.
  std::string text(source_text::max_bytes + 4, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return tl::unexpected(std::vector{unreadable(path, "the file cannot be read")});
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return load_text(path, text);
}

loaded load_paths(const std::vector<std::string>& paths) {
  loaded out;
  std::map<std::string, std::string> files_of_names;
  for (const std::string& path : paths) {
    const auto files = files_of(path);
    if (!files) {
      out.diagnostics.push_back(files.error());
      continue;
    }
    for (const std::string& file : *files) {
      load_result one = load(file);
      if (!one) {
        for (diagnostic& found : one.error()) out.diagnostics.push_back(std::move(found));
        continue;
      }
      const auto [known, fresh] = files_of_names.try_emplace(one->name, file);
      if (fresh)
        out.scenarios.push_back(std::move(*one));
      else
        out.diagnostics.push_back(
            {trouble::invalid,
             {file, 0, 0},
             fmt::format("the scenario '{}' is in {} too; rename one", one->name, known->second),
             {},
             0});
    }
  }
  return out;
}

}  // namespace epicenter::scenario
