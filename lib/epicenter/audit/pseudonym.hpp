// What stands for a patient in the audit log.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace epicenter::audit {

/// Makes pseudonyms under one key of the installation: HMAC-SHA-256 (RFC 2104), first 16 bytes, hex. The key
/// is taken in once, for that is most of the work.
class pseudonym_maker {
 public:
  explicit pseudonym_maker(std::string_view key);
  ~pseudonym_maker();
  pseudonym_maker(const pseudonym_maker&) = delete;
  pseudonym_maker& operator=(const pseudonym_maker&) = delete;
  std::string of(std::string_view patient) const;

 private:
  struct keyed;
  std::unique_ptr<const keyed> keyed_;
};

/// Of a key that is used once.
std::string pseudonym(std::string_view key, std::string_view patient);

}  // namespace epicenter::audit
