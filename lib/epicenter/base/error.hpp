// The error of every expected outcome that is not a value.
#pragma once

#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <system_error>

namespace epicenter {

/// What went wrong: a code (one enum a module, one sentence a value), the particulars, and the cause if there
/// is one. Cheap to move. Details never hold secrets or patient data: an error may be logged.
class error {
 public:
  error(std::error_code code, std::string detail = {},
        std::source_location where = std::source_location::current());

  std::error_code code() const { return code_; }
  const std::string& detail() const { return detail_; }
  const error* cause() const { return cause_.get(); }
  const std::source_location& where() const { return where_; }

  /// The same error with the one that led to it.
  error caused_by(error cause) &&;

  /// "sentence of the code: detail; because sentence: detail", without source places.
  std::string message() const;

 private:
  std::error_code code_;
  std::string detail_;
  std::source_location where_;
  std::shared_ptr<const error> cause_;
};

inline bool operator==(const error& e, std::error_code code) {
  return e.code() == code;
}

/// Base of a module's error category: gives name() and one sentence a value from one function.
/// Usage, in a module's error.cpp: `static const error_sentences category{"http", sentence_of};`
class error_sentences final : public std::error_category {
 public:
  using sentence_function = std::string_view (*)(int);
  error_sentences(const char* name, sentence_function sentence) : name_(name), sentence_(sentence) {}
  const char* name() const noexcept override { return name_; }
  std::string message(int value) const override { return std::string(sentence_(value)); }

 private:
  const char* name_;
  sentence_function sentence_;
};

}  // namespace epicenter
