#include <gtest/gtest.h>
#include <epicenter/epic/spare_blocks.hpp>

#include <deque>

namespace epicenter::epic {
namespace {

struct counted {
  counted() { ++alive; }
  ~counted() { --alive; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  int value = 7;
  static inline int alive = 0;
};

TEST(SpareBlocks, TheNextObjectTakesTheBlockOfTheLastOneAndNothingElseOfIt) {
  spare_blocks<counted> blocks;
  const counted* first = nullptr;
  {
    const spare_blocks<counted>::object one(blocks);
    (*one).value = 8;
    first = &*one;
  }
  EXPECT_EQ(counted::alive, 0);
  const spare_blocks<counted>::object next(blocks);
  EXPECT_EQ(&*next, first);
  EXPECT_EQ((*next).value, 7);
  const spare_blocks<counted>::object beside(blocks);
  EXPECT_NE(&*beside, first);
  EXPECT_EQ(counted::alive, 2);
}

TEST(SpareBlocks, MoreAtATimeThanAreKeptAreNoTrouble) {
  spare_blocks<counted> blocks;
  for (int round = 0; round < 2; ++round) {
    std::deque<spare_blocks<counted>::object> many;
    for (std::size_t i = 0; i < 2 * spare_blocks<counted>::most_kept; ++i) many.emplace_back(blocks);
    EXPECT_EQ(counted::alive, 128);
  }
  EXPECT_EQ(counted::alive, 0);
}

}  // namespace
}  // namespace epicenter::epic
