#include "mock-epic/data/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/runtime/random.hpp>
#include <fstream>

#include "mock-epic/data/load_references.hpp"
#include "mock-epic/data/load_sorting.hpp"

namespace epicenter::mock::data {
namespace {

namespace fs = std::filesystem;

struct source {
  fs::path path;
  std::size_t bytes;
  int rank;  ///< lower is read earlier
};

int rank_of(const std::string& name) {
  if (name.starts_with("hospitalInformation")) return 0;
  if (name.starts_with("practitionerInformation")) return 1;
  return 2;
}

result<std::vector<source>> find_sources(const fs::path& directory, const load_limits& limits) {
  std::vector<source> found;
  std::size_t total = 0;
  std::error_code failed;
  fs::recursive_directory_iterator at(directory, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    const std::string extension = at->path().extension().string();
    if ((extension != ".json" && extension != ".ndjson") || !at->is_regular_file(failed)) continue;
    const std::size_t bytes = at->file_size(failed);
    if (failed) break;
    const std::string name = at->path().filename().string();
    if (bytes > limits.file_bytes)
      return fail(errc::too_large,
                  fmt::format("{}: {} bytes, {} are allowed", name, bytes, limits.file_bytes));
    total += bytes;
    found.push_back({at->path(), bytes, rank_of(name)});
    if (found.size() > limits.files)
      return fail(errc::too_large, fmt::format("more than {} files", limits.files));
    if (total > limits.total_bytes)
      return fail(errc::too_large, fmt::format("more than {} bytes in all", limits.total_bytes));
  }
  if (failed) return fail(errc::cannot_read, fmt::format("{}: {}", directory.string(), failed.message()));
  std::sort(found.begin(), found.end(), [](const source& a, const source& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.path < b.path;
  });
  if (found.empty())
    return fail(errc::cannot_read, fmt::format("{}: no *.json or *.ndjson in it", directory.string()));
  return found;
}

result<std::string> read_file(const source& from) {
  std::string text(from.bytes, '\0');
  std::ifstream file(from.path, std::ios::binary);
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size())))
    return fail(errc::cannot_read, from.path.string());
  return text;
}

result<json::value> parse_json(std::string_view text, const std::string& where, const load_limits& limits) {
  json::parse_limits bounds;
  bounds.max_bytes = limits.file_bytes;
  auto parsed = json::parse(text, bounds);
  if (!parsed) return fail(errc::not_json, fmt::format("{}: {}", where, parsed.error().message()));
  return std::move(*parsed);
}

bool is_taken_bundle(std::string_view type) {
  return type == "collection" || type == "transaction" || type == "batch" || type == "searchset";
}

}  // namespace

/// Reads one file after the other into a sorter.
class loader {
 public:
  explicit loader(const load_limits& limits) : limits_(limits) {}

  result<> take_file(const source& from) {
    const std::string name = from.path.filename().string();
    auto text = read_file(from);
    if (!text) return fail(std::move(text.error()));
    if (from.path.extension() == ".ndjson") return take_lines(*text, name);
    auto parsed = parse_json(*text, name, limits_);
    if (!parsed) return fail(std::move(parsed.error()));
    text->clear();
    if (parsed->string_at("resourceType") == "Bundle") return take_bundle(std::move(*parsed), name);
    batch_.clear();
    if (auto named = name_it(std::move(*parsed), {}, name); !named) return named;
    return file_batch();
  }

  result<loaded> finish() && { return std::move(sorter_).finish(); }

 private:
  struct pending {
    json::value resource;
    std::string where;
  };

  result<> take_lines(std::string_view text, const std::string& name) {
    std::size_t line = 0;
    batch_.clear();
    while (!text.empty()) {
      ++line;
      const std::string_view one = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(one.size() + 1, text.size()));
      if (one.find_first_not_of(" \t\r") == one.npos) continue;
      const std::string where = fmt::format("{}:{}", name, line);
      auto parsed = parse_json(one, where, limits_);
      if (!parsed) return fail(std::move(parsed.error()));
      if (auto named = name_it(std::move(*parsed), {}, where); !named) return named;
      if (auto filed = file_batch(); !filed) return filed;
    }
    return {};
  }

  result<> take_bundle(json::value bundle, const std::string& name) {
    const std::string_view type = bundle.string_at("type");
    if (!is_taken_bundle(type))
      return fail(
          errc::not_fhir,
          fmt::format("{}: a Bundle of this type holds no data to load: collection, transaction, batch "
                      "or searchset is",
                      name));
    json::value* entries = bundle.if_object()->find("entry");
    json::array* list = entries ? entries->if_array() : nullptr;
    if (!list) return {};
    batch_.clear();
    for (std::size_t i = 0; i < list->size(); ++i) {
      json::object* entry = (*list)[i].if_object();
      json::value* resource = entry ? entry->find("resource") : nullptr;
      const std::string where = fmt::format("{}: entry {}", name, i);
      if (!resource) return fail(errc::not_fhir, fmt::format("{}: no resource", where));
      if (resource->string_at("resourceType") == "OperationOutcome") continue;
      std::string url((*list)[i].string_at("fullUrl"));
      if (auto named = name_it(std::move(*resource), std::move(url), where); !named) return named;
    }
    return file_batch();
  }

  /// Checks what a resource must have, gives it an id, and notes what others may call it.
  result<> name_it(json::value resource, std::string url, const std::string& where) {
    json::object* content = resource.if_object();
    const std::string type(resource.string_at("resourceType"));
    if (!content || !fhir::type_named(type))
      return fail(errc::not_fhir, fmt::format("{}: no resource type of R4", where));
    if (++count_ > limits_.resources)
      return fail(errc::too_large, fmt::format("more than {} resources", limits_.resources));
    std::string id(resource.string_at("id"));
    constexpr std::string_view uuid = "urn:uuid:";
    if (id.empty() && url.starts_with(uuid)) id = url.substr(uuid.size());
    if (id.empty()) id = fmt::format("loaded-{}", count_);
    if (!is_id(id)) return fail(errc::not_fhir, fmt::format("{}: {}.id is no FHIR id", where, type));
    content->set("id", id);
    if (json::value* meta = content->find("meta"); meta && meta->is_object()) {
      meta->if_object()->erase("versionId");
      meta->if_object()->erase("lastUpdated");
      if (meta->if_object()->empty()) content->erase("meta");
    }
    const std::string name = type + "/" + id;
    if (!url.empty()) book_.add_url(std::move(url), name);
    book_.add_identifiers(*content, name);
    batch_.push_back({std::move(resource), where});
    return {};
  }

  result<> file_batch() {
    for (pending& one : batch_) {
      if (auto done = book_.rewrite(one.resource); !done)
        return fail(errc::does_not_fit,
                    fmt::format("{}: {} {}", one.where, one.resource.string_at("resourceType"),
                                done.error().detail()));
      if (auto done = sorter_.take(one.resource, one.where); !done) return done;
    }
    batch_.clear();
    return {};
  }

  static bool is_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
             c == '.';
    });
  }

  const load_limits& limits_;
  std::size_t count_ = 0;
  reference_book book_;
  load_sorter sorter_;
  std::vector<pending> batch_;  ///< of one Bundle, whose entries may point to each other in any order
};

result<loaded> load_directory(const fs::path& directory, const load_limits& limits) {
  auto sources = find_sources(directory, limits);
  if (!sources) return fail(std::move(sources.error()));
  loader reading(limits);
  for (const source& one : *sources)
    if (auto done = reading.take_file(one); !done) return fail(std::move(done.error()));
  return std::move(reading).finish();
}

}  // namespace epicenter::mock::data
