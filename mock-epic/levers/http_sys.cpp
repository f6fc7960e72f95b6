#include "mock-epic/levers/http_sys.hpp"

namespace epicenter::mock {
namespace {

constexpr std::string_view unavailable =
    "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n"
    "<HTML><HEAD><TITLE>Service Unavailable</TITLE>\r\n"
    "<META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n"
    "<BODY><h2>Service Unavailable</h2>\r\n"
    "<hr><p>HTTP Error 503. The service is unavailable.</p>\r\n</BODY></HTML>\r\n";
constexpr std::string_view request_timeout =
    "<html><body><h1>408 Request Time-out</h1>\nYour browser didn't send a complete request in time.\n"
    "</body></html>\n";

fhir::answer page(unsigned status, std::string_view type, std::string_view text, std::string rule) {
  fhir::answer made = fhir::answer_empty(status, std::move(rule));
  made.response.fields.set("Content-Type", std::string(type));
  made.response.body = text;
  return made;
}

}  // namespace

fhir::answer answer_unavailable(std::string rule) {
  return page(503, "text/html; charset=us-ascii", unavailable, std::move(rule));
}

fhir::answer answer_request_timeout(std::string rule) {
  return page(408, "text/html", request_timeout, std::move(rule));
}

}  // namespace epicenter::mock
