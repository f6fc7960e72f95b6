// What is to be done for a request that a stub matched: all decisions made, nothing done yet.
#pragma once

#include <epicenter/http/message.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/stubs/response_definition.hpp"

namespace epicenter::mock::stubs {

/// A request to make in place of answering.
struct proxy_call {
  std::string url;  ///< absolute
  http::request request;
};

/// A request to make after answering; nobody waits for its answer.
struct webhook_call {
  std::string url;
  http::request request;
  duration delay{};
};

struct stub_answer {
  std::string stub_id;  ///< empty for what a recording proxies
  std::string rule;     ///< for the journal: "stub", "stub/<name>", "stub/recording"
  http::response response;
  duration delay{};  ///< before anything is sent: fixed, drawn and global delays together
  std::optional<dribble_delay> dribble;
  std::optional<wire_fault> fault;
  std::optional<proxy_call> proxy;
  std::vector<webhook_call> webhooks;
};

}  // namespace epicenter::mock::stubs
