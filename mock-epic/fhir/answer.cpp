#include "mock-epic/fhir/answer.hpp"

namespace epicenter::mock::fhir {
namespace {

// Verbatim from a capture of Epic's sandbox (The Map, (c) 2026 Mock Health, Inc., CC BY 4.0).
constexpr std::string_view iis_404 =
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" "
    "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n"
    "<html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n<head>\r\n"
    "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"/>\r\n"
    "<title>404 - File or directory not found.</title>\r\n<style type=\"text/css\">\r\n<!--\r\n"
    "body{margin:0;font-size:.7em;font-family:Verdana, Arial, Helvetica, sans-serif;background:#EEEEEE;}\r\n"
    "fieldset{padding:0 15px 10px 15px;} \r\nh1{font-size:2.4em;margin:0;color:#FFF;}\r\n"
    "h2{font-size:1.7em;margin:0;color:#CC0000;} \r\nh3{font-size:1.2em;margin:10px 0 0 0;color:#000000;} "
    "\r\n"
    "#header{width:96%;margin:0 0 0 0;padding:6px 2% 6px 2%;font-family:\"trebuchet MS\", Verdana, "
    "sans-serif;"
    "color:#FFF;\r\nbackground-color:#555555;}\r\n#content{margin:0 0 0 2%;position:relative;}\r\n"
    ".content-container{background:#FFF;width:96%;margin-top:8px;padding:10px;position:relative;}\r\n-->\r\n"
    "</style>\r\n</head>\r\n<body>\r\n<div id=\"header\"><h1>Server Error</h1></div>\r\n<div "
    "id=\"content\">\r\n"
    " <div class=\"content-container\"><fieldset>\r\n  <h2>404 - File or directory not found.</h2>\r\n"
    "  <h3>The resource you are looking for might have been removed, had its name changed, or is temporarily "
    "unavailable.</h3>\r\n </fieldset></div>\r\n</div>\r\n</body>\r\n</html>\r\n";

constexpr std::string_view bad_host =
    "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n"
    "<HTML><HEAD><TITLE>Bad Request</TITLE>\r\n"
    "<META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n"
    "<BODY><h2>Bad Request - Invalid Hostname</h2>\r\n"
    "<hr><p>HTTP Error 400. The request hostname is invalid.</p>\r\n</BODY></HTML>\r\n";

answer answer_html(unsigned status, std::string_view page, std::string_view type, std::string rule) {
  answer made = answer_empty(status, std::move(rule));
  made.response.fields.set("Content-Type", std::string(type));
  made.response.body = page;
  return made;
}

}  // namespace

answer answer_empty(unsigned status, std::string rule) {
  answer made;
  made.response.status = status;
  made.rule = std::move(rule);
  return made;
}

answer answer_insufficient_scope() {
  answer made = answer_empty(403, "insufficient_scope");
  made.response.fields.set("WWW-Authenticate",
                           "Bearer error=\"insufficient_scope\", error_description=\"The access token "
                           "provided is valid, but is not "
                           "authorized for this service\"");
  return made;
}

answer answer_fhir(unsigned status, std::string text, std::string rule) {
  answer made = answer_empty(status, std::move(rule));
  made.response.body = std::move(text);
  return made;
}

answer answer_outcome(unsigned status, const issue& why, std::string rule) {
  return answer_fhir(status, write_outcome(why), std::move(rule));
}

answer answer_html_404() {
  return answer_html(404, iis_404, "text/html", "unknown_route");
}

answer answer_bad_host() {
  return answer_html(400, bad_host, "text/html; charset=us-ascii", "host_header");
}

}  // namespace epicenter::mock::fhir
