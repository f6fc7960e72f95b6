// What a stub answers, as read from its JSON.
#pragma once

#include <epicenter/http/message.hpp>
#include <epicenter/runtime/random.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mock-epic/stubs/object_reader.hpp"
#include "mock-epic/stubs/text_template.hpp"

namespace epicenter::mock::stubs {

/// A delay that is drawn anew for each answer.
struct delay_distribution {
  enum class kind { lognormal, uniform, fixed };
  kind what = kind::fixed;
  double median = 0;  ///< milliseconds, of lognormal
  double sigma = 0;
  double max = 0;  ///< milliseconds; 0: none
  duration lower{};
  duration upper{};

  duration draw(runtime::random_stream&) const;
};

/// A body sent in parts, one every total / chunks, the first after one such interval.
struct dribble_delay {
  std::int64_t chunks = 1;
  duration total{};
};

enum class wire_fault { empty_response, connection_reset, random_data_then_close, malformed_response_chunk };

/// A text that may be a template.
struct stub_text {
  std::string plain;
  std::shared_ptr<const text_template> compiled;  ///< where the stub is templated and the text has tags
  std::string mistake;  ///< of a template that does not compile: the answer is 500 then

  tl::expected<std::string, std::string> render(const template_world&) const;
};

struct proxy_definition {
  stub_text base_url;
  std::string prefix_to_remove;
  http::headers add;
  std::vector<std::string> remove;
};

/// A call that is made when the stub has answered.
struct webhook_definition {
  std::string method = "GET";
  stub_text url;
  std::vector<std::pair<std::string, stub_text>> fields;
  stub_text body;
  duration delay{};
};

struct response_definition {
  unsigned status = 200;
  std::string reason;
  std::vector<std::pair<std::string, stub_text>> fields;
  stub_text body;
  std::optional<stub_text> body_file;  ///< below __files
  bool body_templated = false;         ///< the content of the file is a template
  duration fixed_delay{};
  std::optional<delay_distribution> distribution;
  std::optional<dribble_delay> dribble;
  std::optional<wire_fault> fault;
  std::optional<proxy_definition> proxy;
  json::object parameters;  ///< transformerParameters

  static response_definition read(const json::value&, const std::string& pointer, std::optional<stub_error>&);
};

/// {"type": "lognormal", …}; `type` is mandatory.
std::optional<delay_distribution> read_distribution(object_reader&, std::string_view key);
/// serveEventListeners and postServeActions: webhooks are known, other names are refused.
std::vector<webhook_definition> read_webhooks(object_reader&, std::string_view key);
/// The text without what would end a header field.
std::string without_controls(std::string);
stub_text make_stub_text(std::string text, bool templated);

/// An hour: nobody waits longer for a mock.
inline constexpr std::int64_t longest_delay_ms = 3'600'000;

}  // namespace epicenter::mock::stubs
