#include "reference/comparison.h"

#include <gtest/gtest.h>

#include "attempts.h"

namespace trackfit::reference {
namespace {

TEST(Compare, RefusesAnotherExercise) {
  EXPECT_EQ(PartName(Part::kArms), "arms");
}

}  // namespace
}  // namespace trackfit::reference
