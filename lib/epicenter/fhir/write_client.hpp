// Creates and updates over any exchange, each sent at most once, with an end that says what is known.
#pragma once

#include <epicenter/fhir/capabilities.hpp>
#include <epicenter/fhir/client.hpp>

namespace epicenter::fhir {

enum class write_end {
  done,       ///< the server has it, under `where`
  existed,    ///< a conditional create found it there already
  conflict,   ///< 409, 412: it has changed, or the condition matches more than one: read again, decide again
  duplicate,  ///< refused, because it is on the chart already (59141, 59189)
  refused,    ///< the server answered, and the answer is no
  not_processed,  ///< provably not acted on: nothing was sent, or 401, 425, 429
  unknown,        ///< the server may have acted: never send it again without looking
};
std::string_view name_of(write_end);

struct write_answer {
  write_end end = write_end::unknown;
  std::optional<reference> where;
  json::value content;       ///< null where the server returned none, as Epic
  std::string version;       ///< empty where the server keeps none
  unsigned status = 0;       ///< 0: no response
  std::optional<error> why;  ///< for all but done and existed
};

/// What a read-back of an update showed beside its end.
struct update_answer {
  write_answer write;
  /// Clinically relevant elements that are not what they should be: in a conflict, what somebody else
  /// changed; else what the server did not store as it was sent. See changed_elements().
  std::vector<std::string> changed;
  bool compared = false;  ///< the server keeps no versions: the comparison took their place
};

struct create_options {
  bool return_representation = false;
  std::string if_none_exist;  ///< "identifier=system%7Cvalue"; empty: unconditional
};

class write_client {
 public:
  /// What the server can do is asked for conditional creates only; without it they are refused.
  write_client(client& reads, std::optional<capabilities> can = {}) : reads_(reads), can_(std::move(can)) {}

  /// Location may be relative or absolute, with or without version. A 2xx that names no resource of the type
  /// is «unknown».
  runtime::task<write_answer> create(json::value resource, create_options, instant deadline);
  /// Over that version only (If-Match).
  runtime::task<write_answer> update(json::value resource, std::string version, instant deadline);
  /// Changes `before`, as it was read, into `after`, and reads it back; an update of unknown outcome that is
  /// found to be stored is done. Where the server keeps versions by If-Match; where it keeps none it is read
  /// first, refused as a conflict if it is no longer `before`, and read back. Between that first read and the
  /// write somebody else can still come: a server without versions cannot be kept from losing that.
  runtime::task<update_answer> change(json::value before, json::value after, instant deadline);

 private:
  result<http::request> message_of(const json::value& resource, const create_options&) const;

  client& reads_;
  std::optional<capabilities> can_;
};

}  // namespace epicenter::fhir
