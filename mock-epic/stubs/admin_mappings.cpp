// /__admin/mappings…
#include <algorithm>
#include <epicenter/json/write.hpp>
#include <set>

#include "mock-epic/stubs/admin_call.hpp"

namespace epicenter::mock::stubs {
namespace {

http::response not_a_uuid(std::string_view id) {
  stub_error wrong;
  wrong.status = 400;
  wrong.title = std::string(id.substr(0, 200)) + " is not a valid UUID";
  return admin_error(wrong);
}

http::response file_trouble(const error& why) {
  stub_error wrong;
  wrong.status = 500;
  wrong.title = why.message();
  return admin_error(wrong);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

std::vector<const stub_mapping*> constant(const std::vector<stub_mapping*>& all) {
  return {all.begin(), all.end()};
}

}  // namespace

json::object admin_call::mappings_json(const std::vector<const stub_mapping*>& list) const {
  json::array shown;
  for (const stub_mapping* one : list) shown.push_back(one->shown());
  json::object out;
  out.set("mappings", std::move(shown));
  return out;
}

http::response admin_call::mappings(std::string_view rest) {
  if (rest.empty()) {
    if (is("GET")) return list_mappings();
    if (is("POST")) return create_mapping();
    if (!is("DELETE")) return admin_empty(404);
    store_.remove_all(scope_);
    return admin_json(200, json::object());
  }
  rest.remove_prefix(1);
  if (is("POST")) {
    if (rest == "import") return import_mappings();
    if (rest == "remove") return remove_matching_mapping();
    if (rest == "find-by-metadata") return mappings_by_metadata(false);
    if (rest == "remove-by-metadata") return mappings_by_metadata(true);
    if (rest == "reset" || rest == "save") {
      const result<> done = rest == "reset" ? store_.reset(scope_) : store_.save(scope_);
      return done ? admin_empty() : file_trouble(done.error());
    }
    return admin_empty(404);
  }
  if (rest == "unmatched") return unmatched_mappings();
  if (rest.find('/') != std::string_view::npos) return admin_empty(404);
  return mapping(rest);
}

http::response admin_call::list_mappings() const {
  std::vector<const stub_mapping*> all = constant(store_.all(scope_));
  const std::size_t total = all.size();
  const std::size_t offset = std::min(read_count(query_parameter("offset")).value_or(0), total);
  const std::size_t limit = read_count(query_parameter("limit")).value_or(total);
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(offset));
  if (all.size() > limit) all.resize(limit);
  json::object out = mappings_json(all);
  out.set("meta", json::object{{"total", std::uint64_t{total}}});
  return admin_json(200, std::move(out));
}

http::response admin_call::create_mapping() {
  const auto given = body();
  if (!given) return admin_error(given.error());
  auto stub = stub_mapping::read(*given);
  if (!stub) return admin_error(stub.error());
  const auto added = store_.add(std::move(*stub), scope_);
  if (!added) return admin_error(added.error());
  return admin_json(201, (*added)->shown());
}

http::response admin_call::mapping(std::string_view given_id) {
  const auto decoded = decoded_segment(given_id);
  const std::string id = lower(decoded.value_or(""));
  if (!is_uuid(id)) return not_a_uuid(given_id);
  const stub_mapping* found = store_.find(id, scope_);
  if (!found) return admin_empty(404);
  if (is("GET")) return admin_json(200, found->shown());
  if (is("DELETE")) {
    store_.remove(id, scope_);
    return admin_json(200, json::object());
  }
  if (!is("PUT")) return admin_empty(404);
  const auto document = body();
  if (!document) return admin_error(document.error());
  auto stub = stub_mapping::read(*document);
  if (!stub) return admin_error(stub.error());
  const auto replaced = store_.replace(id, std::move(*stub), scope_);
  if (!replaced) return admin_error(replaced.error());
  return admin_json(200, (*replaced)->shown());
}

http::response admin_call::import_mappings() {
  const auto given = body();
  if (!given) return admin_error(given.error());
  static const json::object nothing;
  std::optional<stub_error> failure;
  object_reader reader(given->if_object() ? *given->if_object() : nothing, "", failure);
  const json::array* list = reader.array("mappings");
  if (!list) reader.refuse("mappings", "a list of stub mappings is needed here");
  bool overwrite = true;
  bool only_these = false;
  if (const json::object* options = reader.object("importOptions")) {
    object_reader inner(*options, "/importOptions", failure);
    const std::string policy = inner.text("duplicatePolicy").value_or("OVERWRITE");
    if (policy != "OVERWRITE" && policy != "IGNORE") inner.refuse("duplicatePolicy", "OVERWRITE or IGNORE");
    overwrite = policy == "OVERWRITE";
    only_these = inner.flag("deleteAllNotInImport").value_or(false);
    inner.end();
  }
  reader.object("meta");  // what GET /mappings gives may be sent back as it is
  reader.end();
  if (failure) return admin_error(*failure);
  // All are read before any is stored: an import that is wrong changes nothing.
  std::vector<stub_mapping> stubs;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto stub = stub_mapping::read((*list)[i]);
    if (!stub) {
      stub.error().pointer.insert(0, "/mappings/" + std::to_string(i));
      return admin_error(stub.error());
    }
    stubs.push_back(std::move(*stub));
  }
  std::set<std::string> imported;
  // The first of the list is to win, as if it had been added last.
  for (auto one = stubs.rbegin(); one != stubs.rend(); ++one) {
    const std::string id = one->id;
    const bool known = !id.empty() && store_.find(id, scope_);
    if (known) imported.insert(id);
    if (known && !overwrite) continue;
    const auto stored =
        known ? store_.replace(id, std::move(*one), scope_) : store_.add(std::move(*one), scope_);
    if (!stored) return admin_error(stored.error());
    imported.insert((*stored)->id);
  }
  if (only_these) {
    for (const stub_mapping* one : store_.all(scope_)) {
      const std::string id = one->id;
      if (!imported.contains(id)) store_.remove(id, scope_);
    }
  }
  return admin_empty();
}

http::response admin_call::remove_matching_mapping() {
  const auto given = body();
  if (!given) return admin_error(given.error());
  const auto stub = stub_mapping::read(*given);
  if (!stub) return admin_error(stub.error());
  // By id where one is given, else the first whose request is the same.
  for (const stub_mapping* one : store_.all(scope_)) {
    const bool same = stub->id.empty() ? *one->stored.find("request") == *stub->stored.find("request")
                                       : one->id == stub->id;
    if (!same) continue;
    const std::string id = one->id;
    store_.remove(id, scope_);
    break;
  }
  return admin_empty();
}

http::response admin_call::unmatched_mappings() {
  std::vector<const stub_mapping*> list = constant(store_.all(scope_));
  std::erase_if(list, [](const stub_mapping* one) { return one->hits != 0; });
  if (is("GET")) {
    json::object out = mappings_json(list);
    out.set("meta", json::object{{"total", std::uint64_t{list.size()}}});
    return admin_json(200, std::move(out));
  }
  if (!is("DELETE")) return admin_empty(404);
  for (const stub_mapping* one : list) {
    const std::string id = one->id;
    store_.remove(id, scope_);
  }
  return admin_json(200, json::object());
}

http::response admin_call::mappings_by_metadata(bool remove) {
  const auto given = body();
  if (!given) return admin_error(given.error());
  std::optional<stub_error> failure;
  const pattern_ptr wanted = read_pattern(*given, "", failure);
  if (failure) return admin_error(*failure);
  std::vector<const stub_mapping*> list = constant(store_.all(scope_));
  std::erase_if(list, [&](const stub_mapping* one) {
    const json::value* metadata = one->stored.find("metadata");
    const std::string text = metadata ? json::write(*metadata) : "";
    return !metadata || !wanted->matches(std::string_view(text), world_.wall);
  });
  if (!remove) {
    json::object out = mappings_json(list);
    out.set("meta", json::object{{"total", std::uint64_t{list.size()}}});
    return admin_json(200, std::move(out));
  }
  for (const stub_mapping* one : list) {
    const std::string id = one->id;
    store_.remove(id, scope_);
  }
  return admin_json(200, json::object());
}

}  // namespace epicenter::mock::stubs
