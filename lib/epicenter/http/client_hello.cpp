#include <epicenter/http/client_hello.hpp>

#include <algorithm>
#include <optional>

namespace epicenter::http {
namespace {

// RFC 8446, sections 4, 4.1.2 and 5.1; RFC 6066, section 3.
constexpr unsigned alert_record = 21;
constexpr unsigned handshake_record = 22;
constexpr unsigned client_hello_message = 1;
constexpr unsigned server_name_extension = 0;
constexpr unsigned host_name_entry = 0;
constexpr unsigned fatal = 2;
constexpr std::size_t record_head = 5;
constexpr std::size_t message_head = 4;
constexpr std::size_t largest_record = 16 * 1024;
constexpr std::size_t largest_message = 16 * 1024;
constexpr std::size_t version_and_random = 2 + 32;
constexpr std::size_t longest_host = 253;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

/// Takes from the front; once something was missing, nothing is there any more.
class reader {
 public:
  explicit reader(std::string_view bytes) : rest_(bytes) {}

  std::size_t number(std::size_t width) {
    std::size_t n = 0;
    for (const char c : bytes(width)) n = n << 8U | static_cast<unsigned char>(c);
    return n;
  }
  std::string_view bytes(std::size_t count) {
    if (count > rest_.size()) {
      rest_ = {};
      failed_ = true;
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  /// A vector whose length stands before it.
  std::string_view vector(std::size_t width) { return bytes(number(width)); }
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

hello_state looks_like_record(std::string_view bytes) {
  if (!bytes.empty() && byte_at(bytes, 0) != handshake_record) return hello_state::no;
  if (bytes.size() > 1 && byte_at(bytes, 1) != 3) return hello_state::no;
  // 3.1 to 3.4 are TLS 1.0 to 1.3; new clients write 3.1 or 3.3.
  if (bytes.size() > 2 && byte_at(bytes, 2) > 4) return hello_state::no;
  if (bytes.size() < record_head) return hello_state::need_more;
  const std::size_t length = byte_at(bytes, 3) << 8U | byte_at(bytes, 4);
  return length == 0 || length > largest_record ? hello_state::no : hello_state::yes;
}

struct gathered {
  hello_state state = hello_state::need_more;
  std::string message;  ///< without its head
};

gathered gather(std::string_view bytes) {
  gathered made;
  const std::string_view looked_at = bytes.substr(0, longest_client_hello);
  std::string_view rest = looked_at;
  std::size_t whole = message_head;
  while (made.message.size() < whole) {
    made.state = looks_like_record(rest);
    if (made.state == hello_state::no) return made;
    if (made.state == hello_state::need_more) break;
    const std::size_t length = byte_at(rest, 3) << 8U | byte_at(rest, 4);
    const std::string_view content = rest.substr(record_head, length);
    made.message += content;
    if (!made.message.empty() && byte_at(made.message, 0) != client_hello_message)
      return {hello_state::no, {}};
    if (made.message.size() >= message_head)
      whole = message_head +
              (byte_at(made.message, 1) << 16U | byte_at(made.message, 2) << 8U | byte_at(made.message, 3));
    if (whole > message_head + largest_message) return {hello_state::no, {}};
    if (content.size() < length) break;
    rest.remove_prefix(record_head + length);
  }
  if (made.message.size() < whole)
    return {looked_at.size() < longest_client_hello ? hello_state::need_more : hello_state::no, {}};
  made.message.resize(whole);
  made.message.erase(0, message_head);
  made.state = hello_state::yes;
  return made;
}

bool is_host(std::string_view name) {
  return name.size() <= longest_host && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
         });
}

/// The host in the extension's content; empty: none. Nullopt: malformed.
std::optional<std::string> host_in(std::string_view extension) {
  reader all(extension);
  reader list(all.vector(2));
  std::string host;
  while (!list.at_end()) {
    const std::size_t type = list.number(1);
    const std::string_view name = list.vector(2);
    if (type == host_name_entry && host.empty()) host = name;
  }
  if (all.failed() || list.failed() || !all.at_end()) return std::nullopt;
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (!is_host(host)) host.clear();
  return host;
}

std::optional<std::string> host_of(std::string_view message) {
  reader hello(message);
  hello.bytes(version_and_random);
  hello.vector(1);  // session
  hello.vector(2);  // cipher suites
  hello.vector(1);  // compression
  std::string host;
  // TLS 1.2 allows a message without any extension.
  if (!hello.failed() && hello.at_end()) return host;
  reader extensions(hello.vector(2));
  while (!extensions.at_end()) {
    const std::size_t type = extensions.number(2);
    const std::string_view content = extensions.vector(2);
    if (type != server_name_extension || extensions.failed()) continue;
    const auto found = host_in(content);
    if (!found) return std::nullopt;
    host = *found;
  }
  if (hello.failed() || extensions.failed() || !hello.at_end()) return std::nullopt;
  return host;
}

}  // namespace

hello_state looks_like_client_hello(std::string_view bytes) {
  const hello_state record = looks_like_record(bytes);
  if (record != hello_state::yes) return record;
  if (bytes.size() == record_head) return hello_state::need_more;
  return byte_at(bytes, record_head) == client_hello_message ? hello_state::yes : hello_state::no;
}

hello_name client_hello_server_name(std::string_view bytes) {
  const gathered first = gather(bytes);
  if (first.state != hello_state::yes) return {first.state, {}};
  auto host = host_of(first.message);
  if (!host) return {hello_state::no, {}};
  return {hello_state::yes, std::move(*host)};
}

std::string tls_alert(alert description) {
  const unsigned record[]{alert_record, 3, 3, 0, 2, fatal, static_cast<unsigned>(description)};
  std::string bytes;
  for (const unsigned b : record) bytes.push_back(static_cast<char>(b));
  return bytes;
}

}  // namespace epicenter::http
