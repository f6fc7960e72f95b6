// Which requests a stub is for, or an admin call asks about.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mock-epic/stubs/pattern.hpp"
#include "mock-epic/stubs/stub_request.hpp"
#include "mock-epic/stubs/url_pattern.hpp"

namespace epicenter::mock::stubs {

/// A pattern for all values of one name.
struct named_pattern {
  std::string name;
  pattern_ptr value;
};

/// For the parts of a multipart body: any one of them, or all.
struct multipart_pattern {
  bool all = false;
  std::string name;
  std::string file_name;
  std::vector<named_pattern> fields;
  std::vector<pattern_ptr> body;
};

/// All that is given must match.
class request_pattern {
 public:
  request_pattern() = default;
  /// Reads the JSON of a stub's `request` (or the body of /requests/find); mistakes go to the failure.
  static request_pattern read(const json::value&, const std::string& pointer,
                              std::optional<stub_error>& failure);

  bool matches(const stub_request&) const;
  /// 0 (matches) to 1: the parts' distances, by weight (method and URL count most).
  double distance(const stub_request&) const;
  /// One line for each part: what was wanted, what came, whether it fits.
  struct difference {
    std::string wanted;
    std::string came;
    bool fits = false;
  };
  std::vector<difference> compare(const stub_request&) const;

  const url_pattern& url() const { return url_; }
  const std::string& method() const { return method_; }

 private:
  struct part {
    double weight = 1;
    double distance = 0;
    difference shown;
  };
  bool method_fits(std::string_view method) const;
  bool parts_fit(const stub_request&, const multipart_pattern&) const;
  template <class Visit>
  bool for_each_named(const stub_request&, Visit) const;
  std::vector<part> parts_of(const stub_request&) const;

  url_pattern url_;
  std::string method_ = "ANY";
  std::vector<named_pattern> fields_;
  std::vector<named_pattern> query_;
  std::vector<named_pattern> form_;
  std::vector<named_pattern> cookies_;
  std::vector<named_pattern> variables_;  // pathParameters
  std::vector<pattern_ptr> body_;
  std::vector<std::string> body_shown_;
  std::vector<multipart_pattern> multipart_;
  pattern_ptr host_;
  pattern_ptr client_ip_;
  std::optional<std::int64_t> port_;
  std::string scheme_;
  std::string credentials_;  // the Authorization header they make
  bool unknown_matcher_ = false;
};

}  // namespace epicenter::mock::stubs
