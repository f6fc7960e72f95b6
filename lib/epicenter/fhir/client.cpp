#include <epicenter/fhir/client.hpp>

namespace epicenter::fhir {

std::string version_of(const http::headers& fields, const json::value& content) {
  std::string_view tag = fields.get("ETag");
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') {
    tag = tag.substr(1, tag.size() - 2);
    if (is_id(tag)) return std::string(tag);
  }
  const std::string_view told = content.string_at("meta.versionId");
  return is_id(told) ? std::string(told) : std::string();
}

runtime::task<result<read_answer>> client::read(reference what, instant deadline) {
  std::string moved_to;
  auto got = co_await read_once(what, deadline, moved_to);
  if (got || got.error() != make_error_code(errc::merged)) co_return got;
  const auto heir = parse_reference(moved_to);
  const bool at_home = options_.build.next_page(moved_to, through_.home()).has_value();
  if (!heir || !at_home || heir->type != what.type || heir->id == what.id) co_return got;
  auto followed = co_await read_once(*heir, deadline, moved_to);
  if (followed) followed->merged_into = *heir;
  co_return followed;
}

runtime::task<result<read_answer>> client::read_once(reference what, instant deadline,
                                                     std::string& moved_to) {
  auto message = options_.build.read(what.type, what.id);
  if (!message) co_return fail(std::move(message.error()));
  auto answer = co_await through_.send(std::move(*message), deadline);
  if (!answer) co_return fail(no_answer(answer.error()));
  auto meant = interpret(*answer);
  if (const auto* bad = std::get_if<failure>(&meant)) {
    moved_to = bad->location;
    co_return fail(bad->to_error());
  }
  auto* const found = std::get_if<resource>(&meant);
  const bool right =
      found != nullptr && type_of(found->content) == what.type && id_of(found->content) == what.id;
  if (!right) co_return fail(errc::not_fhir, "the answer holds another resource");
  read_answer made;
  made.version = version_of(answer->fields, found->content);
  made.content = std::move(found->content);
  co_return made;
}

}  // namespace epicenter::fhir
