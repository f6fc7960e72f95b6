// A stream that can give its descriptor to someone who reads and writes it without the stream.
#pragma once

namespace epicenter::runtime {

class descriptor_lender {
 public:
  /// The descriptor, non-blocking, out of the loop's watch; negative where it cannot be lent (closed, or an
  /// operation is outstanding). Until take_back() the stream is not used, but for close() and reset().
  virtual int lend() = 0;
  virtual void take_back() = 0;
  /// True where the stream's end was sent already.
  virtual bool write_ended() const = 0;
  virtual void set_write_ended() = 0;

 protected:
  ~descriptor_lender() = default;
};

}  // namespace epicenter::runtime
