#include "mock-epic/stubs/stub_store.hpp"

#include <epicenter/base/ids.hpp>
#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>

#include "mock-epic/stubs/error.hpp"

namespace epicenter::mock::stubs {
namespace {

constexpr std::size_t most_stubs = 100'000;

std::string below(const std::string& directory, std::string_view name) {
  return directory.empty() ? std::string() : directory + "/" + std::string(name);
}

tl::unexpected<stub_error> refused(int code, std::string title) {
  stub_error made;
  made.code = code;
  made.title = std::move(title);
  return tl::unexpected(std::move(made));
}

/// "name-or-url-<id>.json", of letters that every file system takes.
std::string file_name(const stub_mapping& stub) {
  std::string name;
  for (const char c :
       stub.name.empty() ? stub.request.method() + "-" + stub.request.url().text() : stub.name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain)
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    else if (!name.ends_with('-'))
      name += '-';
    if (name.size() == 60) break;
  }
  return name + (name.ends_with('-') ? "" : "-") + stub.id + ".json";
}

}  // namespace

stub_store::stub_store(std::string directory, std::uint64_t seed)
    : mappings_(below(directory, "mappings")),
      files_(below(directory, "__files")),
      ids_(runtime::derive_seed(seed, "mock.stubs.ids")) {}

std::string stub_store::new_id() {
  const std::uint64_t high = ids_.next();
  return make_uuid(high, ids_.next());
}

result<> stub_store::load() {
  if (!mappings_.on_disk()) return {};
  const auto paths = mappings_.list();
  if (!paths) return fail(paths.error());
  std::string mistakes;
  for (const std::string& path : *paths) {
    if (!path.ends_with(".json")) continue;
    const result<> read = load_file(path, mistakes);
    if (!read) mistakes += "\n  mappings/" + path + ": " + read.error().message();
  }
  if (!mistakes.empty()) return fail(errc::bad_stub, std::move(mistakes));
  return {};
}

result<> stub_store::load_file(const std::string& path, std::string& mistakes) {
  const auto content = mappings_.read(path);
  if (!content) return fail(content.error());
  if (!*content) return fail(errc::unreadable, path);
  const auto document = json::parse(**content);
  if (!document) return fail(document.error());
  const json::value* several = document->find("mappings");
  const json::array alone{*document};
  const json::array* list = several ? several->if_array() : &alone;
  if (!list) return fail(errc::bad_stub, "mappings is not an array");
  // Of several in one file the first is to win, as if it had been added last.
  for (std::size_t n = list->size(); n-- > 0;) {
    auto stub = stub_mapping::read((*list)[n]);
    const std::string where = "\n  mappings/" + path + (several ? " /mappings/" + std::to_string(n) : "");
    if (!stub) {
      mistakes += where + stub.error().pointer + ": " + stub.error().detail;
      continue;
    }
    stub->persistent = true;
    stub->set_id(stub->id.empty() ? new_id() : stub->id);
    stub->stored.set("persistent", true);
    if (index_.find(stub->id)) {
      mistakes += where + ": another stub has the id " + stub->id;
      continue;
    }
    if (!several) file_of_.insert_or_assign(stub->id, path);
    insert(std::make_unique<stub_mapping>(std::move(*stub)));
  }
  return {};
}

void stub_store::insert(std::unique_ptr<stub_mapping> stub) {
  stub->added = ++added_;
  index_.add(std::move(stub));
}

tl::expected<const stub_mapping*, stub_error> stub_store::add(stub_mapping stub, const stub_scope& scope) {
  if (index_.size() >= most_stubs) return refused(10, "There are 100,000 stub mappings");
  if (!scope.isolation.empty()) {
    stub.isolation = scope.isolation;
    stub.stored.set("isolation", scope.isolation);
  }
  if (!stub.id.empty() && index_.find(stub.id)) return refused(109, "Duplicate stub mapping ID");
  stub.set_id(stub.id.empty() ? new_id() : stub.id);
  auto owned = std::make_unique<stub_mapping>(std::move(stub));
  const stub_mapping* made = owned.get();
  if (made->persistent) {
    if (const result<> written = write(*made); !written) return refused(10, written.error().message());
  }
  insert(std::move(owned));
  return made;
}

tl::expected<const stub_mapping*, stub_error> stub_store::replace(std::string_view id, stub_mapping stub,
                                                                  const stub_scope& scope) {
  const stub_mapping* old = find(id, scope);
  if (!old) return refused(10, "Stub not found");
  stub.id = old->id;
  forget_file(*old);
  index_.remove(id);
  auto made = add(std::move(stub), scope);
  drop_scenarios_without_stubs();
  return made;
}

bool stub_store::remove(std::string_view id, const stub_scope& scope) {
  const stub_mapping* stub = find(id, scope);
  if (!stub) return false;
  forget_file(*stub);
  index_.remove(id);
  drop_scenarios_without_stubs();
  return true;
}

void stub_store::forget_file(const stub_mapping& stub) {
  const auto found = file_of_.find(stub.id);
  if (found == file_of_.end()) return;
  // A file that is gone already is as good as removed.
  static_cast<void>(mappings_.remove(found->second));
  file_of_.erase(found);
}

void stub_store::remove_all(const stub_scope& scope) {
  for (const stub_mapping* one : all(scope)) {
    const std::string id = one->id;
    forget_file(*one);
    index_.remove(id);
  }
  drop_scenarios_without_stubs();
}

result<> stub_store::reset(const stub_scope& scope) {
  states_.reset(scope.isolation);
  if (!scope.isolation.empty()) {
    for (const stub_mapping* one : all(scope)) {
      const std::string id = one->id;
      if (!one->persistent) index_.remove(id);
    }
    return {};
  }
  index_.clear();
  file_of_.clear();
  states_.clear();
  return load();
}

result<> stub_store::save(const stub_scope& scope) {
  for (stub_mapping* one : all(scope)) {
    one->persistent = true;
    one->stored.set("persistent", true);
    if (const result<> written = write(*one); !written) return written;
  }
  return {};
}

result<> stub_store::write(const stub_mapping& stub) {
  if (!mappings_.on_disk()) return {};
  const auto known = file_of_.find(stub.id);
  const std::string path = known != file_of_.end() ? known->second : file_name(stub);
  const result<> written = mappings_.write(path, json::write_pretty(stub.shown()));
  if (written) file_of_.insert_or_assign(stub.id, path);
  return written;
}

const stub_mapping* stub_store::find(std::string_view id, const stub_scope& scope) const {
  const stub_mapping* found = index_.find(id);
  return found && scope.holds(*found) ? found : nullptr;
}

std::vector<stub_mapping*> stub_store::all(const stub_scope& scope) const {
  std::vector<stub_mapping*> out = index_.all();
  std::erase_if(out, [&scope](const stub_mapping* one) { return !scope.holds(*one); });
  return out;
}

void stub_store::drop_scenarios_without_stubs() {
  if (states_.empty()) return;
  std::set<std::string> names;
  for (const stub_mapping* one : index_.all())
    if (one->scenario) names.insert(*one->scenario);
  states_.keep_only(names);
}

}  // namespace epicenter::mock::stubs
