#include <epicenter/epic/failure_meaning.hpp>
#include <epicenter/epic/site_reading.hpp>
#include <epicenter/json/parse.hpp>

namespace epicenter::epic {

runtime::task<result<site_profile>> read_site(pipeline& through, std::string client_id, site_profile known,
                                              json::value overrides, instant deadline) {
  call asked;
  asked.purpose = call_purpose::probe;  // its body comes back as it is
  asked.endpoint = resilience::endpoint_class::metadata;
  asked.operation = through.make_operation_id();
  asked.message = through.build().metadata();
  asked.message.fields.set("Epic-Client-ID", std::move(client_id));
  asked.deadline = deadline;
  auto got = co_await through.run(asked);
  if (!got) co_return fail(error_of(got.error()));
  if (got->raw.status != 200) co_return fail(errc::protocol, "/metadata was not answered with 200");
  auto statement = json::parse(got->raw.body);
  if (!statement) {
    co_return fail(
        error(make_error_code(errc::protocol), "/metadata").caused_by(std::move(statement.error())));
  }
  auto site = profile_from(*statement, std::move(known));
  if (!site) co_return fail(std::move(site.error()));
  co_return override_profile(std::move(*site), overrides);
}

}  // namespace epicenter::epic
