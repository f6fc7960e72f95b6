// A small FHIR server to be scripted by tests, in virtual time. It knows nothing of the adapter.
#pragma once

#include <epicenter/http/server.hpp>
#include <epicenter/json/value.hpp>
#include <epicenter/runtime/task.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace epicenter::epic::test {

/// What the server does with one request in place of answering it.
enum class twist { none, reset, commit_and_reset, commit_twice_and_reset, hang };

struct rule {
  twist how = twist::none;
  std::optional<http::response> answer;
  duration late{};  ///< the answer is made at once, and sent so much later
};

class site {
 public:
  struct seen {
    std::string method;
    std::string target;
    std::string request_id;
    std::string authorization;
    std::string accept;
    instant at{};
  };
  struct filed {
    std::string type;
    std::string id;
    std::string identifier;
    std::string patient;
    json::value body = {};  ///< as it came, with its id
  };

  explicit site(runtime::runtime&);
  void up();
  runtime::task<> down();

  /// Asked before each request that carries a good token (and for the token endpoint): nothing means «as
  /// usual».
  std::function<std::optional<rule>(const http::request&)> script;
  duration latency = 5ms;
  duration token_lifetime = 300s;
  bool partial = false;                        ///< every search says that results are missing (59204)
  std::set<std::string> refused_tokens;        ///< "tok-1": answered with 401
  std::map<std::string, json::array> content;  ///< by type: what searches bring
  std::function<void(json::object&)> rewrite;  ///< what the server makes of what is filed
  bool keeps_identifiers = true;               ///< else they are dropped, and no search finds by them
  std::set<std::string> tank;                  ///< types that no search shows
  json::value capabilities = json::object{{"resourceType", "CapabilityStatement"}};

  std::vector<seen> requests;
  std::vector<filed> filings;
  std::size_t tokens_issued = 0;
  std::size_t count(std::string_view method, std::string_view part_of_target) const;

 private:
  runtime::task<> handle(http::exchange&);
  runtime::task<> answer(http::exchange&, rule);
  http::response usual(const http::request&);
  http::response search(const http::request&, std::string_view type);
  http::response read(std::string_view type, std::string_view id);
  bool shows(const filed&, std::string_view type, std::string_view patient, std::string_view identifier);
  http::response commit(const http::request&);

  runtime::runtime& runtime_;
  std::unique_ptr<http::server> server_;
};

http::response json_answer(unsigned status, json::value);
/// An OperationOutcome with that code of Epic.
rule refusing(unsigned status, std::string_view epic_code);
json::value resource_of(std::string_view type, std::string_view id, std::string_view patient);

}  // namespace epicenter::epic::test
