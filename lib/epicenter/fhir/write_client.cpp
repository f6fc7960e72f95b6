#include <epicenter/fhir/read_back.hpp>
#include <epicenter/fhir/write_client.hpp>

namespace epicenter::fhir {
namespace {

write_answer ended(write_end how, error why, unsigned status = 0) {
  write_answer made;
  made.end = how;
  made.status = status;
  made.why = std::move(why);
  return made;
}

write_answer unknown(std::string what, unsigned status) {
  return ended(write_end::unknown, error(make_error_code(errc::outcome_unknown), std::move(what)), status);
}

// What the answer must name: a resource of the type; of an update, that one.
struct target {
  std::string type;
  std::optional<reference> known;
};

bool is_success(unsigned status) {
  return status >= 200 && status < 300;
}

// The server has acted: under which id?
write_answer acted(created made, const http::response& answer, const target& wanted) {
  if (!made.where || made.where->type != wanted.type || (wanted.known && made.where->id != wanted.known->id))
    return unknown("status " + std::to_string(answer.status) + " that names no " + wanted.type,
                   answer.status);
  write_answer done;
  done.end = write_end::done;
  done.status = answer.status;
  done.version = made.where->version;
  if (done.version.empty()) done.version = version_of(answer.fields, made.content);
  done.where = std::move(made.where);
  if (type_of(made.content) == wanted.type) done.content = std::move(made.content);
  return done;
}

write_end end_of(const failure& bad) {
  switch (bad.status) {
    case 401:
    case 425:
    case 429:
      return write_end::not_processed;
    case 409:
    case 412:
      return bad.why == errc::duplicate ? write_end::duplicate : write_end::conflict;
    case 405:
    case 501:
      return write_end::refused;
    default:
      break;
  }
  if (bad.status == 408 || bad.status < 400 || bad.status >= 500) return write_end::unknown;
  return bad.why == errc::duplicate ? write_end::duplicate : write_end::refused;
}

write_answer not_done(const failure& bad) {
  const write_end how = end_of(bad);
  if (how != write_end::unknown) return ended(how, bad.to_error(), bad.status);
  error why(make_error_code(errc::outcome_unknown), "status " + std::to_string(bad.status));
  return ended(how, std::move(why).caused_by(bad.to_error()), bad.status);
}

// A 2xx under another body than the resource counts where it names it: by Location, or, for an update, by
// silence.
created named_by(const http::response& answer, const target& wanted, body_form form) {
  created made;
  made.where = parse_reference(answer.fields.get("Location"));
  if (!made.where && form == body_form::empty) made.where = wanted.known;
  return made;
}

write_answer judge(const http::response& answer, const target& wanted) {
  auto meant = interpret(answer);
  if (const auto* const bad = std::get_if<failure>(&meant)) {
    const bool silent = is_success(bad->status) && bad->outcome.issues.empty();
    if (!silent) return not_done(*bad);
    return acted(named_by(answer, wanted, bad->form), answer, wanted);
  }
  created made;
  if (auto* const told = std::get_if<created>(&meant)) {
    made = std::move(*told);
    if (!made.where && made.content.is_null()) made.where = wanted.known;
  } else {
    made = named_by(answer, wanted, body_form::json);
    if (auto* const one = std::get_if<resource>(&meant)) {
      const bool is_it = type_of(one->content) == wanted.type && is_id(id_of(one->content));
      if (!made.where && is_it) made.where = reference{wanted.type, std::string(id_of(one->content)), {}};
      if (is_it) made.content = std::move(one->content);
    }
  }
  return acted(std::move(made), answer, wanted);
}

write_answer judge(const http::exchange_failure& broken, const target& wanted) {
  if (!broken.any_byte_sent) return ended(write_end::not_processed, no_answer(broken));
  // A 201 whose body broke off has happened all the same, and its head names the resource.
  if (broken.head && broken.head->status == 201) {
    auto done = acted(named_by(*broken.head, wanted, body_form::empty), *broken.head, wanted);
    if (done.end == write_end::done) return done;
  }
  error why(make_error_code(errc::outcome_unknown));
  return ended(write_end::unknown, std::move(why).caused_by(no_answer(broken)));
}

runtime::task<write_answer> send_once(exchange& through, http::request message, target wanted,
                                      instant deadline) {
  auto answer = co_await through.send(std::move(message), deadline);
  if (!answer) co_return judge(answer.error(), wanted);
  co_return judge(*answer, wanted);
}

target target_of(const json::value& resource) {
  return {std::string(type_of(resource)),
          reference{std::string(type_of(resource)), std::string(id_of(resource)), {}}};
}

}  // namespace

std::string_view name_of(write_end end) {
  switch (end) {
    case write_end::done:
      return "done";
    case write_end::existed:
      return "existed";
    case write_end::conflict:
      return "conflict";
    case write_end::duplicate:
      return "duplicate";
    case write_end::refused:
      return "refused";
    case write_end::not_processed:
      return "not_processed";
    case write_end::unknown:
      break;
  }
  return "unknown";
}

result<http::request> write_client::message_of(const json::value& resource, const create_options& how) const {
  if (how.if_none_exist.empty()) return reads_.build().create(resource, how.return_representation);
  const type_capabilities* const can = can_ ? can_->find(type_of(resource)) : nullptr;
  if (can == nullptr || !can->conditional_create)
    return fail(errc::unsupported, "the server does not say that it creates on a condition");
  auto made = reads_.build().conditional_create(resource, how.if_none_exist);
  if (made && how.return_representation) made->fields.add("Prefer", "return=representation");
  return made;
}

runtime::task<write_answer> write_client::create(json::value resource, create_options how, instant deadline) {
  auto message = message_of(resource, how);
  if (!message) co_return ended(write_end::not_processed, std::move(message.error()));
  target wanted;
  wanted.type = type_of(resource);
  auto got = co_await send_once(reads_.through(), std::move(*message), std::move(wanted), deadline);
  const bool found = got.end == write_end::done && got.status == 200;
  if (found && !how.if_none_exist.empty()) got.end = write_end::existed;
  co_return got;
}

runtime::task<write_answer> write_client::update(json::value resource, std::string version,
                                                 instant deadline) {
  if (version.empty()) {
    error why(make_error_code(errc::invalid_input), "an update names the version it replaces");
    co_return ended(write_end::not_processed, std::move(why));
  }
  auto message = reads_.build().update(resource, version);
  if (!message) co_return ended(write_end::not_processed, std::move(message.error()));
  target wanted = target_of(resource);
  auto got = co_await send_once(reads_.through(), std::move(*message), std::move(wanted), deadline);
  co_return got;
}

runtime::task<update_answer> write_client::change(json::value before, json::value after, instant deadline) {
  update_answer made;
  const target wanted = target_of(after);
  if (target_of(before).known != wanted.known) {
    error why(make_error_code(errc::invalid_input), "before and after are two resources");
    made.write = ended(write_end::not_processed, std::move(why));
    co_return made;
  }
  auto now = co_await reads_.read(*wanted.known, deadline);
  if (!now) {
    made.write = ended(write_end::not_processed, std::move(now.error()));
    co_return made;
  }
  made.compared = now->version.empty();
  made.changed = changed_elements(before, now->content);
  if (now->merged_into || !made.changed.empty()) {
    error why(make_error_code(now->merged_into ? errc::merged : errc::conflict));
    made.write = ended(write_end::conflict, std::move(why));
    co_return made;
  }
  auto message = reads_.build().update(after, now->version);
  if (!message) {
    made.write = ended(write_end::not_processed, std::move(message.error()));
    co_return made;
  }
  made.write = co_await send_once(reads_.through(), std::move(*message), wanted, deadline);
  const bool look = made.write.end == write_end::done || made.write.end == write_end::unknown;
  if (!look) co_return made;
  auto stored = co_await reads_.read(*wanted.known, deadline);
  if (!stored) co_return made;
  made.changed = changed_elements(after, stored->content);
  // Nothing else could have made it so.
  const bool was_new = !changed_elements(before, after).empty();
  if (made.write.end == write_end::unknown && made.changed.empty() && was_new) {
    made.write.end = write_end::done;
    made.write.where = wanted.known;
    made.write.why.reset();
  }
  made.write.version = stored->version;
  made.write.content = std::move(stored->content);
  co_return made;
}

}  // namespace epicenter::fhir
