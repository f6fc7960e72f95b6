// Builds a document from the inside out: what has begun waits on a stack, and moves into a block of just its
// size when its container ends.
#pragma once

#include <epicenter/json/slab_writer.hpp>
#include <epicenter/json/value.hpp>

namespace epicenter::json::detail {

/// Where the document is given up, nothing of it remains.
class document_builder {
 public:
  explicit document_builder(std::size_t text_bytes);
  ~document_builder();
  document_builder(const document_builder&) = delete;
  document_builder& operator=(const document_builder&) = delete;

  void null() { push({}); }
  void boolean(bool b) { push({kind::boolean, b, 0, 0, nullptr}); }
  void number(std::string_view digits) { push(blocks_.text(kind::short_number, digits)); }
  /// A key as well: it comes before its value.
  void string(std::string_view text) { push(blocks_.text(kind::short_string, text)); }
  /// At least 16 bytes can be read from the text's beginning: so many more may be looked at than it has.
  void string_in_16(std::string_view text) {
    if (text.size() > short_text_max) return string(text);
    std::uint64_t front = eight_bytes(text.data());
    std::uint64_t back = 0;
    if (text.size() < 8)
      front &= (std::uint64_t{1} << (8 * text.size())) - 1;
    else
      back = eight_bytes(text.data() + 8) & ((std::uint64_t{1} << (8 * (text.size() - 8))) - 1);
    push(short_text(kind::short_string, text.size(), front, back));
  }
  /// What was pushed so far; the end of a container names its beginning by it.
  std::size_t height() const { return static_cast<std::size_t>(top_ - bottom_); }
  void end_array(std::size_t begin) { end(kind::array, begin, height() - begin); }
  /// False where a key comes twice.
  bool end_object(std::size_t begin) {
    if (has_duplicate(bottom_ + begin)) return false;
    end(kind::object, begin, (height() - begin) / 2);
    return true;
  }
  /// The one value that was built.
  value finish();

 private:
  void push(const cell& c) {
    if (top_ == limit_) grow();
    *top_++ = c;
  }
  void end(kind what, std::size_t begin, std::size_t size);
  bool has_duplicate(const cell* first_key) const;
  void grow();

  static constexpr std::size_t usual_height = 256;
  alignas(cell) char usual_[usual_height * sizeof(cell)];
  cell* bottom_ = reinterpret_cast<cell*>(usual_);
  cell* top_ = bottom_;
  cell* limit_ = bottom_ + usual_height;
  slab_writer blocks_;
};

}  // namespace epicenter::json::detail
