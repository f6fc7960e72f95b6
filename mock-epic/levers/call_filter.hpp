// Which requests a lever acts on: their own properties, then counts, then a share.
#pragma once

#include <epicenter/http/message.hpp>
#include <epicenter/runtime/random.hpp>
#include <span>

#include "mock-epic/levers/lever.hpp"

namespace epicenter::mock {

/// What a client is about, seen from the request alone: "order-lab", "file-note", "latest-labs",
/// "patient-context", "reconcile" (the search for what became of a write), "token", "metadata"; empty for
/// anything else.
std::string_view operation_of(std::string_view method, std::string_view path);
std::span<const std::string_view> operation_names();

/// `*` stands for any run of characters but the separator, `**` for any run at all, `?` for one character but
/// the separator; separator '\0': there is none. Time is at most pattern times text.
bool glob_matches(std::string_view pattern, std::string_view text, char separator);

/// lever_errc::bad_parameter, naming the part and its cure.
result<> check_match(const lever_match&);

class call_filter {
 public:
  enum class choice {
    no_match,  ///< not one of the requests meant
    spared,    ///< meant, and spared by count or rate
    hit
  };
  /// The match was checked.
  explicit call_filter(lever_match);
  choice choose(const http::request&, runtime::random_stream&);

  bool matches(const http::request&) const;

 private:
  lever_match match_;
  std::string header_name_;
  std::optional<std::string> header_value_;
  std::uint64_t matched_ = 0;
};

}  // namespace epicenter::mock
