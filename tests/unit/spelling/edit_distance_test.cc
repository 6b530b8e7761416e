#include "spelling/edit_distance.h"

#include <gtest/gtest.h>

namespace trackfit::spelling {
namespace {

TEST(EditDistance, CountsLettersThatAreChangedInsertedOrDeleted) {
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("sitting", "kitten"), 3U);
  EXPECT_EQ(EditDistance("squat", "squat"), 0U);
  EXPECT_EQ(EditDistance("", "squat"), 5U);
  EXPECT_EQ(EditDistance("squat", ""), 5U);
}

TEST(NearestName, IsTheOneThatWasProbablyMeant) {
  EXPECT_EQ(NearestName("titel", {"name", "title", "aliases"}), "title");
  EXPECT_EQ(NearestName("lisen", {"list", "listen"}), "listen");
  EXPECT_EQ(NearestName("lisf", {"list", "lisp"}), "list") << "the first of two that are equally near";
}

TEST(NearestName, IsEmptyWhereNothingIsNear) {
  EXPECT_EQ(NearestName("weight", {"name", "title"}), "");
  EXPECT_EQ(NearestName("ab", {"cd"}), "") << "no letter in common";
  EXPECT_EQ(NearestName("", {"a"}), "");
  EXPECT_EQ(NearestName("name", {}), "");
}

TEST(InsteadOf, NamesWhatThereIsAndWhatWasProbablyMeant) {
  EXPECT_EQ(InsteadOf("dril", {"calm", "drill"}), "; there are calm, drill; did you mean drill?");
  EXPECT_EQ(InsteadOf("shouting", {"calm", "drill"}), "; there are calm, drill");
}

}  // namespace
}  // namespace trackfit::spelling
