#include "web/close_code.h"

#include <gtest/gtest.h>

#include "runtime/shutting_down.h"

namespace trackfit::web {
namespace {

TEST(CloseCode, IsFourThousandAndGrpcsCode) {
  EXPECT_EQ(CloseCodeOf(absl::OkStatus()), 1000);
  EXPECT_EQ(CloseCodeOf(absl::InvalidArgumentError("x")), 4003);
  EXPECT_EQ(CloseCodeOf(absl::ResourceExhaustedError("x")), 4008);
  EXPECT_EQ(CloseCodeOf(absl::UnavailableError("x")), 4014);
  EXPECT_EQ(CloseCodeOf(runtime::ShuttingDown()), 1001);
}

TEST(CloseReason, IsCutBeforeACharacterThatDoesNotFit) {
  EXPECT_EQ(CloseReasonOf(absl::InternalError("short")), "short");
  EXPECT_EQ(CloseReasonOf(absl::InternalError(std::string(124, 'x'))), std::string(123, 'x'));
  EXPECT_EQ(CloseReasonOf(absl::InternalError(std::string(121, 'x') + "\u4e2d")), std::string(121, 'x'));
  EXPECT_EQ(CloseReasonOf(absl::InternalError(std::string(120, 'x') + "\u4e2d")),
            std::string(120, 'x') + "\u4e2d");
}

TEST(CloseReason, IsUtf8WhateverTheMessageIs) {
  const auto reason = [](const std::string& message) { return CloseReasonOf(absl::InternalError(message)); };
  EXPECT_EQ(reason("a\xFFz"), "a?z");
  EXPECT_EQ(reason("\xC0\xAF"), "??") << "overlong";
  EXPECT_EQ(reason("\xE0\x80\x80"), "???") << "overlong";
  EXPECT_EQ(reason("\xED\xA0\x80"), "???") << "half of a surrogate pair";
  EXPECT_EQ(reason("\xF4\x90\x80\x80"), "????") << "beyond Unicode";
  EXPECT_EQ(reason("\xE4\xB8"), "??") << "cut";
  EXPECT_EQ(reason("\xF0\x9F\x92\xAA"), "\xF0\x9F\x92\xAA");
}

}  // namespace
}  // namespace trackfit::web
