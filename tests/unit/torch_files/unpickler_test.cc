#include "torch_files/unpickler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace trackfit::torch_files {
namespace {

using Kind = PickleValue::Kind;
using namespace std::string_literals;

// As Python 3 writes it: pickle.dumps({"a": [1, -2, 2.5, None, True], "b": ("x", b"y")}, protocol=2), by
// hand.
const std::string kMixed =
    "\x80\x02}q\x00("s
    "X\x01\x00\x00\x00"
    "aq\x01]q\x02(K\x01J\xfe\xff\xff\xffG\x40\x04\x00\x00\x00\x00\x00\x00N\x88"
    "e"s
    "X\x01\x00\x00\x00"
    "bq\x03X\x01\x00\x00\x00xU\x01y\x86u."s;

std::string Message(std::string_view bytes) { return std::string(ReadPickle(bytes).status().message()); }

TEST(Unpickler, ReadsPlainValues) {
  auto pickle = ReadPickle(kMixed);
  ASSERT_TRUE(pickle.ok()) << pickle.status();
  EXPECT_EQ(pickle->size, kMixed.size());
  const PickleValue* list = pickle->root->Find("a");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->kind, Kind::kList);
  ASSERT_EQ(list->items.size(), 5);
  EXPECT_EQ(list->items[0]->integer, 1);
  EXPECT_EQ(list->items[1]->integer, -2);
  EXPECT_EQ(list->items[2]->real, 2.5);
  EXPECT_EQ(list->items[3]->kind, Kind::kNone);
  EXPECT_EQ(list->items[4]->kind, Kind::kBool);
  const PickleValue* tuple = pickle->root->Find("b");
  ASSERT_NE(tuple, nullptr);
  ASSERT_EQ(tuple->kind, Kind::kTuple);
  EXPECT_EQ(tuple->items[1]->text, "y");
  EXPECT_EQ(pickle->root->Find("c"), nullptr);
}

TEST(Unpickler, StopsAtTheEndOfTheFirstPickle) {
  auto pickle = ReadPickle("K\x05.K\x06."s);
  ASSERT_TRUE(pickle.ok());
  EXPECT_EQ(pickle->root->integer, 5);
  EXPECT_EQ(pickle->size, 3);
}

TEST(Unpickler, TakesAnOrderedDictAsADict) {
  auto empty_then_set = ReadPickle("ccollections\nOrderedDict\n)R(U\x01kK\x07u."s);
  ASSERT_TRUE(empty_then_set.ok());
  ASSERT_NE(empty_then_set->root->Find("k"), nullptr);
  EXPECT_EQ(empty_then_set->root->Find("k")->integer, 7);

  auto from_pairs = ReadPickle(
      "ccollections\nOrderedDict\n](U\x01kK\x07\x86"
      "e\x85R."s);
  ASSERT_TRUE(from_pairs.ok()) << from_pairs.status();
  ASSERT_NE(from_pairs->root->Find("k"), nullptr);
  EXPECT_EQ(from_pairs->root->Find("k")->integer, 7);
}

TEST(Unpickler, NeverCallsWhatAPickleNames) {
  auto pickle = ReadPickle("cos\nsystem\nU\x08touch /x\x85R."s);
  ASSERT_TRUE(pickle.ok());
  EXPECT_TRUE(pickle->root->IsCallOf("os.system"));
  EXPECT_EQ(pickle->root->items[1]->items[0]->text, "touch /x");
}

TEST(Unpickler, KeepsNumpyScalarsAsOpaqueCalls) {
  auto pickle = ReadPickle(
      "cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nU\x02"
      "f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
      "U\x08\x00\x00\x00\x00\x00\x00\xf0\x3f\x86R."s);
  ASSERT_TRUE(pickle.ok()) << pickle.status();
  EXPECT_TRUE(pickle->root->IsCallOf("numpy.core.multiarray.scalar"));
}

TEST(Unpickler, ReadsIntegersOfAnyWidth) {
  EXPECT_EQ(ReadPickle("\x8a\x01\xff."s)->root->integer, -1);
  EXPECT_EQ(ReadPickle("\x8a\x02\x00\x01."s)->root->integer, 256);
  EXPECT_EQ(ReadPickle("\x8a\x00."s)->root->integer, 0);
  EXPECT_EQ(ReadPickle("L12345L\n."s)->root->integer, 12345);
  EXPECT_EQ(ReadPickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s)->root->kind, Kind::kLong);
}

TEST(Unpickler, ReadsWhatRefersToItself) {
  auto pickle = ReadPickle(
      "]q\x00h\x00"
      "a."s);
  ASSERT_TRUE(pickle.ok());
  EXPECT_EQ(pickle->root->items[0], pickle->root);
}

TEST(Unpickler, SaysWhereAPickleIsBroken) {
  EXPECT_THAT(Message(""), ::testing::HasSubstr("too early"));
  EXPECT_THAT(Message("K\x01"s), ::testing::HasSubstr("byte 2"));
  EXPECT_THAT(Message("."), ::testing::HasSubstr("stack is empty"));
  EXPECT_THAT(Message("a."), ::testing::HasSubstr("stack is empty"));
  EXPECT_THAT(Message("t."), ::testing::HasSubstr("no mark"));
  EXPECT_THAT(Message("h\x05."s), ::testing::HasSubstr("memo 5"));
  EXPECT_THAT(Message("\xff"), ::testing::HasSubstr("opcode 255"));
  EXPECT_THAT(Message("\x80\x09."), ::testing::HasSubstr("protocol 9"));
  EXPECT_THAT(Message("K\x01K\x02"
                      "a."s),
              ::testing::HasSubstr("not a list"));
  EXPECT_THAT(Message("cname"), ::testing::HasSubstr("no end"));
}

TEST(Unpickler, NeverReachesBelowAMark) {
  EXPECT_THAT(Message("K\x01(0R."s), ::testing::HasSubstr("stack is empty"));
}

TEST(Unpickler, RefusesLengthsBeyondItsInput) {
  EXPECT_THAT(Message("X\xff\xff\xff\xff"
                      "abc."s),
              ::testing::HasSubstr("too early"));
  EXPECT_THAT(Message("\x8e\xff\xff\xff\xff\xff\xff\xff\xff"
                      "abc."s),
              ::testing::HasSubstr("too early"));
  EXPECT_THAT(Message("\x8b\xff\xff\xff\x7f"
                      "abc."s),
              ::testing::HasSubstr("too early"));
}

// A list of a thousand pairs, made a dict ten thousand times.
TEST(Unpickler, RefusesAPickleThatMultipliesItself) {
  std::string bytes =
      "ccollections\nOrderedDict\nq\x00"
      "0("s;
  for (int i = 0; i < 1000; ++i) bytes += "NN\x86";
  bytes +=
      "l\x85q\x01"
      "0"s;
  for (int i = 0; i < 10000; ++i) bytes += "h\x00h\x01R0"s;
  EXPECT_THAT(Message(bytes + "N."), ::testing::HasSubstr("too often"));
}

TEST(Unpickler, SurvivesDeepNesting) {
  std::string bytes;
  for (int i = 0; i < 1'000'000; ++i) bytes += ']';
  for (int i = 1; i < 1'000'000; ++i) bytes += 'a';
  EXPECT_TRUE(ReadPickle(bytes + ".").ok());
}

TEST(Unpickler, NeverCrashesOnDamagedInput) {
  for (size_t length = 0; length < kMixed.size(); ++length) {
    EXPECT_FALSE(ReadPickle(std::string_view(kMixed).substr(0, length)).ok());
  }
  for (size_t at = 0; at < kMixed.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string bytes = kMixed;
      bytes[at] = static_cast<char>(value);
      ReadPickle(bytes).status().IgnoreError();
    }
  }
}

}  // namespace
}  // namespace trackfit::torch_files
