// What the measuring client is made of. It speaks to the kernel directly: a client built from the runtime
// that the proxy is built from would be late wherever the proxy is late, and the two would cancel out.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace epicenter::proxy::probe {

/// The command line after the measurement's name: pairs of --name value.
class options {
 public:
  options(int argc, char** argv);
  /// Ends the program where there is no such option.
  std::string text(const std::string& name) const;
  std::int64_t number(const std::string& name, std::int64_t otherwise) const;

 private:
  std::map<std::string, std::string> given_;
};

/// Prints why and ends the program with status 1.
[[noreturn]] void die(std::string_view why);
/// The same with what errno says.
[[noreturn]] void die_of_errno(std::string_view what);

/// Nanoseconds since an unspecified moment.
std::int64_t now_ns();
/// Nanoseconds of the clock that the kernel stamps packets by.
std::int64_t wall_ns();

/// HOST:PORT with a literal IPv4 address.
sockaddr_in address_of(const std::string& host_port);

/// Connects and makes the descriptor non-blocking, without Nagle's delay. `source` is the last number of
/// 127.0.0.x to connect from, so that ports do not run out; 0 lets the kernel choose.
int connect_to(const sockaddr_in& peer, unsigned source = 0);

void watch(int epoll, int descriptor, std::uint32_t index);

std::string request_for(const std::string& host_port, const std::string& path);
/// A request is far smaller than an empty send buffer: what does not go out whole is an error.
void send_request(int descriptor, const std::string& request);

/// Bytes of head and body of the answer whose beginning this is; 0 while the head is not complete. Ends the
/// program for anything but a 200 with Content-Length.
std::size_t length_of_answer(std::string_view beginning);

int measure_latency(const options& given);
int measure_download(const options& given);
int measure_crowd(const options& given);

}  // namespace epicenter::proxy::probe
