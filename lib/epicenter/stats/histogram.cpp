#include <algorithm>
#include <bit>
#include <epicenter/base/check.hpp>
#include <epicenter/stats/histogram.hpp>
#include <string>

namespace epicenter::stats {
namespace {

__extension__ typedef unsigned __int128 wide;

constexpr unsigned max_precision = 14;

std::string_view sentence_of(int value) {
  switch (static_cast<errc>(value)) {
    case errc::bad_histogram:
      return "the stored parts do not form a histogram";
  }
  return "unknown statistics error";
}

const error_sentences& category() {
  static const error_sentences instance{"stats", sentence_of};
  return instance;
}

wide join(std::uint64_t high, std::uint64_t low) {
  return (static_cast<wide>(high) << 64) | low;
}

}  // namespace

std::error_code make_error_code(errc code) {
  return {static_cast<int>(code), category()};
}

histogram::histogram(unsigned precision_bits) : bits_(precision_bits) {
  EPICENTER_CHECK(precision_bits >= 1 && precision_bits <= max_precision, "histogram precision");
}

std::size_t histogram::index_of(std::uint64_t value) const {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  const unsigned octave = width > bits_ + 1 ? width - 1 - bits_ : 0;
  return (static_cast<std::size_t>(octave) << bits_) + static_cast<std::size_t>(value >> octave);
}

std::uint64_t histogram::lowest_in(std::size_t index) const {
  const std::size_t row = index >> bits_;
  const std::size_t octave = row > 1 ? row - 1 : 0;
  return static_cast<std::uint64_t>(index - (octave << bits_)) << octave;
}

std::uint64_t histogram::middle_of(std::size_t index) const {
  const std::uint64_t low = lowest_in(index);
  return low + (lowest_in(index + 1) - 1 - low) / 2;
}

std::size_t histogram::index_count() const {
  return (static_cast<std::size_t>(62 - bits_) << bits_) + (std::size_t{2} << bits_);
}

void histogram::record(std::int64_t value, std::uint64_t times) {
  if (times == 0) return;
  value = std::max<std::int64_t>(value, 0);
  const auto magnitude = static_cast<std::uint64_t>(value);
  const std::size_t index = index_of(magnitude);
  if (index >= counts_.size()) counts_.resize(index + 1);
  counts_[index] += times;
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  count_ += times;
  const wide sum = join(sum_high_, sum_low_) + static_cast<wide>(magnitude) * times;
  sum_high_ = static_cast<std::uint64_t>(sum >> 64);
  sum_low_ = static_cast<std::uint64_t>(sum);
}

void histogram::merge(const histogram& other) {
  EPICENTER_CHECK(bits_ == other.bits_, "histograms of different precision cannot be merged");
  if (other.count_ == 0) return;
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  const wide sum = join(sum_high_, sum_low_) + join(other.sum_high_, other.sum_low_);
  sum_high_ = static_cast<std::uint64_t>(sum >> 64);
  sum_low_ = static_cast<std::uint64_t>(sum);
}

void histogram::clear() {
  *this = histogram(bits_);
}

std::int64_t histogram::mean() const {
  if (count_ == 0) return 0;
  return static_cast<std::int64_t>(join(sum_high_, sum_low_) / count_);
}

std::int64_t histogram::percentile(share q) const {
  if (count_ == 0) return 0;
  const auto ppm = static_cast<std::uint64_t>(std::clamp<std::int64_t>(q.ppm, 0, 1'000'000));
  const wide rank = (static_cast<wide>(count_) * ppm + 999'999) / 1'000'000;
  if (rank <= 1) return min_;
  if (rank >= count_) return max_;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::clamp(static_cast<std::int64_t>(middle_of(i)), min_, max_);
  }
  return max_;
}

std::uint64_t histogram::count_at_most(std::int64_t value) const {
  if (value < 0) return 0;
  const std::size_t last = index_of(static_cast<std::uint64_t>(value));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size() && i <= last; ++i) seen += counts_[i];
  return seen;
}

std::vector<histogram::bucket> histogram::buckets() const {
  std::vector<bucket> filled;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) filled.push_back(bucket{static_cast<std::uint32_t>(i), counts_[i]});
  }
  return filled;
}

histogram::parts histogram::to_parts() const {
  return parts{bits_, min_, max_, sum_high_, sum_low_, buckets()};
}

result<histogram> histogram::from_parts(const parts& stored) {
  if (stored.precision_bits < 1 || stored.precision_bits > max_precision)
    return fail(errc::bad_histogram, "precision");
  histogram h(stored.precision_bits);
  if (stored.buckets.empty()) {
    const bool blank = stored.min == 0 && stored.max == 0 && stored.sum_high == 0 && stored.sum_low == 0;
    if (!blank) return fail(errc::bad_histogram, "figures without a bucket");
    return h;
  }
  const bucket* previous = nullptr;
  for (const bucket& b : stored.buckets) {
    if (b.index >= h.index_count()) return fail(errc::bad_histogram, "bucket index out of range");
    if (b.count == 0) return fail(errc::bad_histogram, "empty bucket");
    if (previous != nullptr && previous->index >= b.index) return fail(errc::bad_histogram, "bucket order");
    if (b.count > ~std::uint64_t{0} - h.count_) return fail(errc::bad_histogram, "too many values");
    h.count_ += b.count;
    previous = &b;
  }
  if (stored.min < 0 || stored.max < stored.min ||
      h.index_of(static_cast<std::uint64_t>(stored.min)) != stored.buckets.front().index ||
      h.index_of(static_cast<std::uint64_t>(stored.max)) != stored.buckets.back().index) {
    return fail(errc::bad_histogram, "extremes outside the outermost buckets");
  }
  h.counts_.resize(stored.buckets.back().index + std::size_t{1});
  for (const bucket& b : stored.buckets) h.counts_[b.index] = b.count;
  h.min_ = stored.min;
  h.max_ = stored.max;
  h.sum_high_ = stored.sum_high;
  h.sum_low_ = stored.sum_low;
  return h;
}

}  // namespace epicenter::stats
