#include <epicenter/epic/guarded_exchange.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::epic {
namespace {

// A file of an export may be as large as a hospital; a page of a search is not.
constexpr std::size_t max_export_file = std::size_t{1} << 40U;
constexpr std::size_t max_page = std::size_t{256} * 1024 * 1024;

constexpr std::string_view job_of_export = "BulkRequest";

http::exchange_failure nothing_sent(error why) {
  return {std::move(why), false, std::nullopt};
}

// There is an answer, whatever its status, or the reason why there is none.
http::exchange_result as_exchange(call_result ended) {
  if (ended) return std::move(ended->raw);
  const bool sent = ended.error().maybe_processed || ended.error().status != 0;
  return tl::unexpected(http::exchange_failure{ended.error().to_error(), sent, std::nullopt});
}

// «…/Type/id»: one resource, and not the job of an export.
bool names_resource(std::string_view path) {
  const auto id = path.rfind('/');
  if (id == std::string_view::npos || id == 0) return false;
  const auto before = path.substr(0, id);
  const auto type = before.substr(before.rfind('/') + 1);
  return type != job_of_export && fhir::is_resource_type(type) && fhir::is_id(path.substr(id + 1));
}

// What an update is about: its type, and whose it is; nothing where it does not say that.
struct subject_of_update {
  std::string type;
  std::string patient;
};
std::optional<subject_of_update> subject_of(const http::request& update) {
  const auto resource = json::parse(update.body);
  if (!resource) return std::nullopt;
  const std::string type(fhir::type_of(*resource));
  if (type == "Patient") return subject_of_update{type, std::string(fhir::id_of(*resource))};
  for (const std::string_view element : {"patient", "subject"}) {
    const auto whose = fhir::reference_at(*resource, element);
    if (whose && whose->type == "Patient") return subject_of_update{type, whose->id};
  }
  return std::nullopt;
}

bool is_of_export(const http::request& what) {
  const auto has = [](std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
  };
  return has(what.target, "$export") || has(what.target, job_of_export) ||
         has(what.fields.get("Accept"), "ndjson");
}

}  // namespace

runtime::task<> exchange_room::stop() {
  stopped_ = true;
  for (auto* one : running_) one->cancel();
  while (!running_.empty()) {
    auto left = co_await left_.wait(runtime::never);
    if (!left) co_return;
  }
}

runtime::task<http::exchange_result> guarded_exchange::send(http::request what, instant deadline) {
  return carry(std::move(what), deadline, nullptr);
}

runtime::task<http::exchange_result> guarded_exchange::stream(http::request what, instant deadline,
                                                              http::body_sink& sink) {
  return carry(std::move(what), deadline, &sink);
}

result<resilience::endpoint_class> guarded_exchange::class_of(const http::request& what) const {
  using resilience::endpoint_class;
  const bool reading = what.method == "GET" || (what.method == "POST" && what.path().ends_with("/_search"));
  if (reading) {
    if (!room_->flags_.reading(by_.user)) return fail(errc::switched_off);
    if (is_of_export(what)) return endpoint_class::bulk;
    const bool search = what.method == "POST" || what.target.find('?') != std::string::npos;
    return search ? endpoint_class::search : endpoint_class::read;
  }
  if (!room_->flags_.writing(by_.user)) return fail(errc::switched_off);
  if (what.method == "PUT" && names_resource(what.target)) return endpoint_class::write;
  if (what.method == "DELETE" && !names_resource(what.path())) return endpoint_class::bulk;
  return fail(errc::not_supported, "creates go through the adapter's writes, which have a ledger");
}

call guarded_exchange::call_of(http::request what, resilience::endpoint_class endpoint, instant deadline,
                               http::body_sink* sink) const {
  call asked;
  asked.raw = true;
  asked.sink = sink;
  asked.max_streamed = endpoint == resilience::endpoint_class::bulk ? max_export_file : max_page;
  asked.no_retry = sink != nullptr;
  asked.endpoint = endpoint;
  const bool writes = endpoint == resilience::endpoint_class::write;
  asked.repeat = writes ? resilience::retry_class::non_idempotent : resilience::retry_class::safe;
  asked.operation = room_->through_.make_operation_id();
  asked.message = std::move(what);
  asked.user = by_.user;
  asked.patient = by_.patient;
  asked.deadline = deadline;
  return asked;
}

// It has ended when this returns, whatever happens to the caller: the sink is the caller's.
runtime::task<http::exchange_result> guarded_exchange::carry(http::request what, instant deadline,
                                                             http::body_sink* sink) {
  const auto room = room_;
  if (room->stopped_ || room->life_.stopping())
    co_return tl::unexpected(nothing_sent(error(make_error_code(errc::stopped))));
  const auto endpoint = class_of(what);
  if (!endpoint) co_return tl::unexpected(nothing_sent(endpoint.error()));
  std::optional<subject_of_update> changed;
  if (*endpoint == resilience::endpoint_class::write) changed = subject_of(what);
  const auto asked = std::make_unique<call>(call_of(std::move(what), *endpoint, deadline, sink));
  runtime::cancel_scope scope(room->rt_);
  room->running_.insert(&scope);
  auto running = scope.run(room->through_.run(*asked));
  auto ended = co_await std::move(running);
  room->running_.erase(&scope);
  room->left_.notify_all();
  const bool arrived = ended || ended.error().maybe_processed || ended.error().status != 0;
  if (changed && arrived) room->updated_(changed->type, changed->patient);
  co_return as_exchange(std::move(ended));
}

}  // namespace epicenter::epic
