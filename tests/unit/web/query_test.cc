#include "web/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace trackfit::web {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ParseQuery, ReadsNamesAndValuesInOrder) {
  EXPECT_THAT(*ParseQuery("b=2&a=1&b=3"), ElementsAre(Pair("b", "2"), Pair("a", "1"), Pair("b", "3")));
  EXPECT_THAT(*ParseQuery("alone&empty=&target=depth=0.6:&"),
              ElementsAre(Pair("alone", ""), Pair("empty", ""), Pair("target", "depth=0.6:")));
  EXPECT_THAT(*ParseQuery(""), ElementsAre());
}

TEST(ParseQuery, DecodesBothSides) {
  EXPECT_THAT(*ParseQuery("a%3Db=one+two%20three%26&%ED%95%9C=x"),
              ElementsAre(Pair("a=b", "one two three&"), Pair("한", "x")));
}

TEST(ParseQuery, RefusesAPercentSignThatEncodesNothing) {
  for (const std::string query : {"a=100%", "a=%2", "a=%zz", "%=1"}) {
    EXPECT_THAT(std::string(ParseQuery(query).status().message()), HasSubstr("write %25")) << query;
  }
}

}  // namespace
}  // namespace trackfit::web
