// What the journal holds, as WireMock's JSON.
#pragma once

#include <epicenter/json/value.hpp>
#include <string>

#include "mock-epic/journal/journal.hpp"
#include "mock-epic/stubs/stub_request.hpp"
#include "mock-epic/stubs/stub_store.hpp"

namespace epicenter::mock::stubs {

/// A journalled request, made into one that patterns can be asked about. Secrets are gone from it, and of a
/// long body only the beginning is there.
class logged_request {
 public:
  logged_request(const journal_entry&, std::string id);
  logged_request(const logged_request&) = delete;
  logged_request& operator=(const logged_request&) = delete;

  const stub_request& view() const { return view_; }
  json::value to_json() const;

 private:
  const journal_entry& entry_;
  http::request request_;
  stub_request view_;
};

/// {id, request, responseDefinition, response, wasMatched, timing, subEvents, stubMapping}
json::value serve_event(const journal_entry&, std::string id, const stub_store&);

/// WireMock's JSON of any request.
json::object request_json(const stub_request&);

}  // namespace epicenter::mock::stubs
