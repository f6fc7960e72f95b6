#include <epicenter/json/parse.hpp>
#include <epicenter/json/write.hpp>
#include <epicenter/smart/file.hpp>
#include <epicenter/smart/rotation_state.hpp>

namespace epicenter::smart {
namespace {

constexpr std::size_t max_state = 64 * 1024;
constexpr std::int64_t version = 1;
constexpr unsigned owner_only = 0600;

json::value write_key(const key_record& key) {
  const std::int64_t created =
      std::chrono::floor<std::chrono::seconds>(key.created).time_since_epoch().count();
  return json::object{
      {"kid", key.kid}, {"alg", to_string(key.signing)}, {"source", key.source}, {"created", created}};
}

tl::unexpected<error> bad(std::string_view member) {
  return fail(errc::bad_state, std::string(member));
}

result<std::optional<key_record>> read_key(const json::value& from, std::string_view name) {
  const json::value* const found = from.find(name);
  if (found == nullptr) return std::nullopt;
  key_record made;
  made.kid = std::string(found->string_at("kid"));
  made.source = std::string(found->string_at("source"));
  const auto signing = parse_algorithm(found->string_at("alg"));
  const json::value* const created = found->find("created");
  const auto seconds = created ? created->to_int64() : result<std::int64_t>(bad(name));
  // Beyond that a sum with nanoseconds would overflow.
  const bool in_range = seconds && *seconds >= 0 && *seconds < 9'000'000'000;
  if (made.kid.empty() || !signing || !in_range) return bad(name);
  made.signing = *signing;
  made.created = wall_time(std::chrono::seconds(*seconds));
  return made;
}

bool read_flag(const json::value& from, std::string_view name, bool& into) {
  const json::value* const found = from.find(name);
  if (found == nullptr) return true;
  if (!found->is_bool()) return false;
  into = *found->if_bool();
  return true;
}

class file_store final : public rotation_store {
 public:
  file_store(runtime::runtime& rt, std::string path) : runtime_(rt), path_(std::move(path)) {}

  runtime::task<result<std::optional<rotation_state>>> load() override {
    auto reading = [path = path_] { return read_small_file(path, max_state); };
    auto file = co_await runtime::blocking(runtime_, std::move(reading));
    if (!file && file.error() == make_error_code(errc::no_file)) co_return std::nullopt;
    if (!file) co_return fail(std::move(file.error()));
    auto state = read_rotation_state(file->bytes.reveal());
    if (!state) co_return fail(error(make_error_code(errc::bad_state), path_).caused_by(state.error()));
    co_return std::move(*state);
  }

  runtime::task<result<>> save(rotation_state state) override {
    auto writing = [path = path_, text = write_rotation_state(state)] {
      return replace_file(path, text, owner_only);
    };
    co_return co_await runtime::blocking(runtime_, std::move(writing));
  }

 private:
  runtime::runtime& runtime_;
  std::string path_;
};

}  // namespace

std::string write_rotation_state(const rotation_state& state) {
  json::object made{{"version", version},
                    {"configured_kid", state.configured_kid},
                    {"client_known", state.client_known},
                    {"active", write_key(state.active)}};
  if (state.previous) {
    made.set("previous", write_key(*state.previous));
    made.set("previous_is_good", state.previous_is_good);
  }
  if (state.candidate) made.set("candidate", write_key(*state.candidate));
  return json::write_pretty(std::move(made));
}

result<rotation_state> read_rotation_state(std::string_view text) {
  json::parse_limits limits;
  limits.max_bytes = max_state;
  limits.max_depth = 4;
  const auto read = json::parse(text, limits);
  if (!read) return fail(error(make_error_code(errc::bad_state), "not JSON").caused_by(read.error()));
  const json::value* const written = read->find("version");
  const auto number = written ? written->to_int64() : result<std::int64_t>(bad("version"));
  if (!number || *number != version) return bad("version");
  rotation_state made;
  made.configured_kid = std::string(read->string_at("configured_kid"));
  auto active = read_key(*read, "active");
  auto previous = read_key(*read, "previous");
  auto candidate = read_key(*read, "candidate");
  if (made.configured_kid.empty()) return bad("configured_kid");
  if (!active || !*active) return bad("active");
  if (!previous) return fail(previous.error());
  if (!candidate) return fail(candidate.error());
  if (!read_flag(*read, "previous_is_good", made.previous_is_good)) return bad("previous_is_good");
  if (!read_flag(*read, "client_known", made.client_known)) return bad("client_known");
  made.active = std::move(**active);
  made.previous = std::move(*previous);
  made.candidate = std::move(*candidate);
  return made;
}

std::unique_ptr<rotation_store> make_file_rotation_store(runtime::runtime& rt, std::string path) {
  return std::make_unique<file_store>(rt, std::move(path));
}

}  // namespace epicenter::smart
