#include "mock-epic/stubs/stub_index.hpp"

#include <algorithm>

namespace epicenter::mock::stubs {
namespace {

// Each length that is in use costs a look-up a request.
constexpr std::size_t longest_start = 128;

}  // namespace

stub_index::table& stub_index::table_for(const stub_mapping& stub, std::string& key) {
  const url_pattern& url = stub.request.url();
  key = url.literal_prefix();
  if (url.what() == url_pattern::kind::url) return by_target_;
  if (url.what() == url_pattern::kind::path) return by_path_;
  key.resize(std::min(key.size(), longest_start));
  return by_start_[key.size()];
}

void stub_index::add(std::unique_ptr<stub_mapping> stub) {
  std::string key;
  table_for(*stub, key)[key].insert(stub.get());
  order_.insert(stub.get());
  std::string id = stub->id;
  by_id_.emplace(std::move(id), std::move(stub));
}

std::unique_ptr<stub_mapping> stub_index::remove(std::string_view id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  std::unique_ptr<stub_mapping> stub = std::move(found->second);
  by_id_.erase(found);
  order_.erase(stub.get());
  std::string key;
  table& where = table_for(*stub, key);
  const auto bucket = where.find(key);
  bucket->second.erase(stub.get());
  if (bucket->second.empty()) where.erase(bucket);
  std::erase_if(by_start_, [](const auto& one) { return one.second.empty(); });
  return stub;
}

stub_mapping* stub_index::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

void stub_index::clear() {
  order_.clear();
  by_target_.clear();
  by_path_.clear();
  by_start_.clear();
  by_id_.clear();
}

std::vector<stub_mapping*> stub_index::all() const {
  return {order_.begin(), order_.end()};
}

}  // namespace epicenter::mock::stubs
