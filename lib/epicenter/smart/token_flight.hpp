// The inner parts of the token manager, for its own source files.
#pragma once

#include <epicenter/smart/token_manager.hpp>

namespace epicenter::smart {

// One exchange with the endpoint, the retries that the owner makes included.
struct token_manager::attempt {
  std::optional<private_key> candidate;  // signs in place of the manager's key
  std::string kid;                       // of the last try, as the rest
  instant sent_at{};
  bool by_server_clock = false;
  oauth_error refusal = oauth_error::none;
};

struct token_manager::flight {
  explicit flight(runtime::runtime& rt) : landed(rt), trip(std::make_shared<attempt>()) {}
  runtime::event landed;
  std::optional<result<token_ptr>> outcome;
  attempt_ptr trip;
};

// Counts a caller for as long as it may touch the manager, so that stop() can wait for it.
class token_manager::presence {
 public:
  explicit presence(token_manager& owner) : owner_(owner) { ++owner_.callers_; }
  ~presence() {
    if (--owner_.callers_ == 0) owner_.left_.notify_all();
  }
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

 private:
  token_manager& owner_;
};

}  // namespace epicenter::smart
