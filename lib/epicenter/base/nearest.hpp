// «Did you mean …»: the known words next to one that is not known.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace epicenter {

/// The candidates nearest to the word, best first, at most `most`: by insertions, deletions, substitutions
/// and swaps of neighbours, of which a word under 4 letters may need 1, under 8 two, a longer one 3. Case
/// counts. Words of more than 64 bytes have no neighbours.
std::vector<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates,
                                      std::size_t most = 1);

}  // namespace epicenter
