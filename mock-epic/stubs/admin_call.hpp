// One call of WireMock's admin API. The routes lie in admin_*.cpp, a family a file.
#pragma once

#include "mock-epic/stubs/stub_engine.hpp"

namespace epicenter::mock::stubs {

class admin_call {
 public:
  admin_call(stub_engine&, const http::request&, std::string_view path, const admin_world&);
  http::response answer();

 private:
  // The families; each is given what stands behind its name ("" or "/…").
  http::response mappings(std::string_view rest);
  http::response mapping(std::string_view id);
  http::response list_mappings() const;
  http::response create_mapping();
  http::response import_mappings();
  http::response remove_matching_mapping();
  http::response unmatched_mappings();
  http::response mappings_by_metadata(bool remove);
  http::response requests(std::string_view rest);
  http::response list_requests() const;
  http::response one_request(std::string_view id);
  http::response requests_by_pattern(std::string_view what);
  http::response requests_by_metadata();
  http::response unmatched_requests() const;
  http::response near_misses(std::string_view rest);
  http::response near_misses_of_unmatched() const;
  http::response scenarios(std::string_view rest);
  http::response list_scenarios() const;
  http::response set_scenario(const std::string& name);
  http::response settings(std::string_view rest);
  http::response files(std::string_view rest);
  http::response recordings(std::string_view rest);
  http::response store_recording(std::vector<json::value> stubs, bool ids_only);
  http::response health() const;

  bool is(std::string_view method) const { return request_.method == method; }
  /// The body as JSON; an empty one is {}.
  tl::expected<json::value, stub_error> body() const;
  /// The body as a pattern of requests.
  tl::expected<request_pattern, stub_error> pattern_of_body() const;
  std::string query_parameter(std::string_view name) const;
  /// Entries that WireMock's view has, oldest first, of the scope's key.
  std::vector<const journal_entry*> entries() const;
  json::value near_miss(const json::value& request, std::string_view other_name, json::value other,
                        double distance) const;
  json::object mappings_json(const std::vector<const stub_mapping*>&) const;

  stub_engine& engine_;
  stub_store& store_;
  const http::request& request_;
  std::string_view path_;
  const admin_world& world_;
  stub_scope scope_;
};

// Answers.
http::response admin_json(unsigned status, const json::value&);
http::response admin_empty(unsigned status = 200);
http::response admin_error(const stub_error&);
/// A segment of the path as it was meant; nothing where it is broken.
std::optional<std::string> decoded_segment(std::string_view);
/// A whole number from 0 to 10^9.
std::optional<std::size_t> read_count(std::string_view);

}  // namespace epicenter::mock::stubs
