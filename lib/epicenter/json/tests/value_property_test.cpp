// Values are copied, moved, torn out of their documents and changed at random; a model without any sharing
// says what they must be.
#include <gtest/gtest.h>

#include <cstdlib>
#include <epicenter/json/parse.hpp>

#include "lib/epicenter/json/tests/allocations.hpp"
#include "lib/epicenter/json/tests/value_model.hpp"

namespace epicenter::json {
namespace {

using test::model;

// A value and its model, at the same place of two trees.
struct pair_of {
  value* real;
  model* meant;
};

class machine {
 public:
  explicit machine(std::uint64_t seed) : draw_(seed), real_(slots), meant_(slots) {}

  // False where a value is not what its model says.
  bool step() {
    const std::size_t one = draw_.below(slots);
    const std::size_t other = draw_.below(slots);
    act(one, other);
    for (const std::size_t at : {one, other}) {
      if (meant_[at].size() > 3'000) renew(at);
      if (write(real_[at]) != meant_[at].written()) return false;
      if (!(real_[at] == test::by_hand(meant_[at]))) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t slots = 6;

  void renew(std::size_t at) {
    meant_[at] = draw_.any(4);
    const std::string text = meant_[at].written();
    real_[at] = draw_.below(3) == 0 ? test::by_hand(meant_[at]) : parse(text).value();
    (void)parse(std::string_view(text).substr(0, draw_.below(text.size())));
  }

  pair_of inside(std::size_t at) {
    pair_of here{&real_[at], &meant_[at]};
    while (!here.meant->parts.empty() && draw_.below(4) != 0) {
      const std::size_t position = draw_.below(here.meant->parts.size());
      auto& [name, part] = here.meant->parts[position];
      array* const elements = here.real->if_array();
      here = {elements != nullptr ? &(*elements)[position] : here.real->if_object()->find(name), &part};
    }
    return here;
  }

  void act(std::size_t one, std::size_t other) {
    const pair_of at = inside(one);
    switch (draw_.below(12)) {
      case 0:
        return renew(one);
      case 1:
        real_[other] = real_[one];
        meant_[other] = model(meant_[one]);
        return;
      case 2:
        return move_slot(one, other);
      case 3:
        return tear_out(at, other, one);
      case 4:  // a descendant in the place of its ancestor
        real_[one] = std::move(*at.real);
        meant_[one] = model(*at.meant);
        return;
      case 5: {  // the whole inside of itself
        model whole = meant_[one];
        *at.real = real_[one];
        *at.meant = std::move(whole);
        return;
      }
      case 6: {  // a descendant's handle in the place of its ancestor's
        if (array* const inner = at.real->if_array(); inner != nullptr && real_[one].is_array()) {
          *real_[one].if_array() = std::move(*inner);
          meant_[one] = model(*at.meant);
          return;
        }
        if (object* const inner = at.real->if_object(); inner != nullptr && real_[one].is_object()) {
          *real_[one].if_object() = object(*inner);
          meant_[one] = model(*at.meant);
        }
        return;
      }
      default:
        if (array* const elements = at.real->if_array()) return change(*elements, *at.meant);
        if (object* const members = at.real->if_object()) return change(*members, *at.meant);
        *at.meant = draw_.any(1);
        *at.real = test::by_hand(*at.meant);
    }
  }

  void move_slot(std::size_t from, std::size_t to) {
    value& target = real_[to];  // may be the same
    target = std::move(real_[from]);
    if (from == to) return;
    meant_[to] = std::exchange(meant_[from], {});
  }

  void tear_out(pair_of at, std::size_t to, std::size_t from) {
    if (from == to) return;
    real_[to] = std::move(*at.real);
    meant_[to] = std::exchange(*at.meant, {});
  }

  void change(array& real, model& meant) {
    auto& parts = meant.parts;
    const std::size_t position = draw_.below(parts.size() + 1);
    const auto offset = static_cast<std::ptrdiff_t>(position);
    switch (draw_.below(7)) {
      case 0:
      case 1: {
        model added = draw_.any(2);
        real.push_back(parse(added.written()).value());
        parts.emplace_back("", std::move(added));
        return;
      }
      case 2: {
        model added = draw_.any(1);
        real.insert(real.begin() + offset, test::by_hand(added));
        parts.emplace(parts.begin() + offset, "", std::move(added));
        return;
      }
      case 3: {  // itself into itself
        if (parts.size() > 50) return;
        const auto twice = parts;
        real.insert(real.begin() + offset, real.begin(), real.end());
        parts.insert(parts.begin() + offset, twice.begin(), twice.end());
        return;
      }
      case 4: {
        const std::size_t count = draw_.below(parts.size() - position + 1);
        real.erase(real.begin() + offset, real.begin() + offset + static_cast<std::ptrdiff_t>(count));
        parts.erase(parts.begin() + offset, parts.begin() + offset + static_cast<std::ptrdiff_t>(count));
        return;
      }
      case 5:
        real.resize(position + draw_.below(3));
        return parts.resize(real.size());
      default:
        erase_if(real, [](const value& one) { return one.is_string(); });
        std::erase_if(parts, [](const auto& part) { return part.second.text.front() == '"'; });
    }
  }

  void change(object& real, model& meant) {
    auto& parts = meant.parts;
    const std::string name =
        parts.empty() || draw_.below(2) == 0 ? draw_.characters() : parts[draw_.below(parts.size())].first;
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&](const auto& p) { return p.first == name; });
    if (draw_.below(3) == 0) {
      EXPECT_EQ(real.erase(name), found != parts.end());
      if (found != parts.end()) parts.erase(found);
      return;
    }
    model content = draw_.any(1);
    value made = test::by_hand(content);
    if (draw_.below(2) == 0)
      real.set(name, std::move(made));
    else
      real[name] = std::move(made);
    if (found != parts.end())
      found->second = std::move(content);
    else
      parts.emplace_back(name, std::move(content));
  }

  test::models draw_;
  std::vector<value> real_;
  std::vector<model> meant_;
};

// An own function, so that all that it made is gone after it.
std::string run(std::uint64_t seed) {
  machine one(seed);
  for (int step = 0; step != 400; ++step)
    if (!one.step()) return "step " + std::to_string(step);
  return {};
}

TEST(json_value, is_what_its_model_is_whatever_is_done_with_it) {
  const char* const asked = std::getenv("EPICENTER_SEEDS");
  const int seeds = asked == nullptr ? 20 : std::max(1, std::atoi(asked));
  const auto first = static_cast<std::uint64_t>(testing::UnitTest::GetInstance()->random_seed());
  for (std::uint64_t seed = first; seed != first + static_cast<std::uint64_t>(seeds); ++seed) {
    const std::size_t before = test::live_allocations();
    std::string failed = run(seed);
    ASSERT_EQ(failed, "") << "seed " << seed;
    failed.shrink_to_fit();
    ASSERT_EQ(test::live_allocations(), before)
        << "seed " << seed << ": a block or slab is left, or freed twice";
  }
}

}  // namespace
}  // namespace epicenter::json
