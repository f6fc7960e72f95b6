// The stubs with their scenarios and their files.
#pragma once

#include <epicenter/runtime/random.hpp>
#include <string>
#include <vector>

#include "mock-epic/stubs/file_store.hpp"
#include "mock-epic/stubs/scenarios.hpp"
#include "mock-epic/stubs/stub_index.hpp"

namespace epicenter::mock::stubs {

/// What an admin call may touch: all, or the stubs of one isolation key.
struct stub_scope {
  std::string isolation;
  bool holds(const stub_mapping& one) const { return isolation.empty() || one.isolation == isolation; }
};

class stub_store {
 public:
  /// The directory holds mappings/ and __files/; empty: nothing is read or written.
  stub_store(std::string directory, std::uint64_t seed);

  /// Reads mappings/ (every *.json, recursively; one stub a file or {"mappings": […]}). Every mistake of
  /// every file is told in one error.
  result<> load();
  /// Adds a stub under its id, or a new one. Code 109 where the id is taken; 422 at 100,000 stubs.
  tl::expected<const stub_mapping*, stub_error> add(stub_mapping, const stub_scope&);
  /// Replaces the stub of that id; it counts as newly added.
  tl::expected<const stub_mapping*, stub_error> replace(std::string_view id, stub_mapping, const stub_scope&);
  bool remove(std::string_view id, const stub_scope&);
  /// All stubs of the scope, with their files.
  void remove_all(const stub_scope&);
  /// Back to the stubs of the files. Of a scope with a key: its stubs go.
  result<> reset(const stub_scope&);
  /// Makes every stub of the scope persistent and writes it.
  result<> save(const stub_scope&);

  const stub_mapping* find(std::string_view id, const stub_scope&) const;
  /// In match order.
  std::vector<stub_mapping*> all(const stub_scope&) const;
  stub_index& index() { return index_; }
  const stub_index& index() const { return index_; }
  scenarios& states() { return states_; }
  const scenarios& states() const { return states_; }
  file_store& files() { return files_; }
  const file_store& files() const { return files_; }
  std::string new_id();

 private:
  result<> load_file(const std::string& path, std::string& mistakes);
  result<> write(const stub_mapping&);
  void insert(std::unique_ptr<stub_mapping>);
  void forget_file(const stub_mapping&);
  void drop_scenarios_without_stubs();

  file_store mappings_;
  file_store files_;
  stub_index index_;
  scenarios states_;
  runtime::random_stream ids_;
  std::uint64_t added_ = 0;
  std::map<std::string, std::string> file_of_;  // stub id: the file that holds it alone
};

}  // namespace epicenter::mock::stubs
