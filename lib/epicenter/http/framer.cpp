#include <deque>
#include <epicenter/base/check.hpp>
#include <epicenter/http/framer.hpp>
#include <epicenter/http/message_reader.hpp>

namespace epicenter::http {
namespace {

message_reader::kind kind_of(framer::direction d) {
  return d == framer::direction::requests ? message_reader::kind::request : message_reader::kind::response;
}

message_reader::answer_to answer_to(std::string_view method) {
  if (method == "HEAD") return message_reader::answer_to::head;
  if (method == "CONNECT") return message_reader::answer_to::connect;
  return message_reader::answer_to::ordinary;
}

}  // namespace

struct framer::impl {
  impl(direction d, limits bounds) : reader(kind_of(d), bounds) {}
  message_reader reader;
  std::deque<message_reader::answer_to> expected;
};

framer::framer(direction d, limits bounds) : impl_(std::make_unique<impl>(d, bounds)) {}
framer::~framer() = default;
framer::framer(framer&&) noexcept = default;
framer& framer::operator=(framer&&) noexcept = default;

result<std::size_t> framer::feed(std::string_view bytes, std::string* body) {
  if (impl_->reader.idle() && !impl_->expected.empty()) impl_->reader.set_answer_to(impl_->expected.front());
  return impl_->reader.feed(bytes, body);
}

result<> framer::end_of_stream() {
  return impl_->reader.end_of_stream();
}

bool framer::idle() const {
  return impl_->reader.idle();
}

bool framer::head_done() const {
  return impl_->reader.head_done();
}

bool framer::done() const {
  return impl_->reader.done();
}

const request& framer::request_head() const {
  return impl_->reader.request_head();
}

const response& framer::response_head() const {
  return impl_->reader.response_head();
}

std::size_t framer::head_bytes() const {
  return impl_->reader.head_bytes();
}

bool framer::closes_connection() const {
  return !impl_->reader.keep_alive();
}

bool framer::upgrades() const {
  return impl_->reader.upgrades();
}

void framer::expect_response_to(std::string_view method) {
  EPICENTER_CHECK(impl_->expected.size() < max_expected, "no more requests are passed on than this at once");
  impl_->expected.push_back(answer_to(method));
}

void framer::next() {
  const unsigned status = impl_->reader.response_head().status;
  const bool interim = status / 100 == 1 && status != 101;
  if (!interim && !impl_->expected.empty()) impl_->expected.pop_front();
  impl_->reader.next();
}

}  // namespace epicenter::http
