// A person drawn with a few thick strokes, whom BlazePose detects, so that tests need no recorded image.
#ifndef TRACKFIT_TESTS_UNIT_BLAZEPOSE_DRAWN_PERSON_H_
#define TRACKFIT_TESTS_UNIT_BLAZEPOSE_DRAWN_PERSON_H_

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace trackfit::testing {

// Faces the camera in a 320 x 320 image, shifted to the right by `shift` pixels; `lift` in [0, 1] raises the
// arms from hanging to horizontal.
inline cv::Mat DrawnPerson(float shift = 0, float lift = 0) {
  constexpr int kSize = 320;
  constexpr int kSubPixelBits = 4;
  cv::Mat image(kSize, kSize, CV_8UC3);
  for (int y = 0; y < kSize; ++y) {
    const int shade = y / 8;
    image.row(y).setTo(cv::Scalar(205 - shade, 200 - shade, 190 - shade));
  }
  const auto at = [&](float x, float y) {
    return cv::Point(cvRound((160 + shift + x) * (1 << kSubPixelBits)), cvRound(y * (1 << kSubPixelBits)));
  };
  const auto stroke = [&](cv::Point from, cv::Point to, const cv::Scalar& colour, int thickness) {
    cv::line(image, from, to, colour, thickness, cv::LINE_AA, kSubPixelBits);
  };
  const auto disc = [&](cv::Point middle, float width, float height, const cv::Scalar& colour) {
    cv::ellipse(image, middle,
                cv::Size(cvRound(width * (1 << kSubPixelBits)), cvRound(height * (1 << kSubPixelBits))), 0, 0,
                360, colour, cv::FILLED, cv::LINE_AA, kSubPixelBits);
  };
  const cv::Scalar skin(140, 170, 215), shirt(150, 60, 40), trousers(60, 50, 50), shoes(30, 30, 30),
      hair(30, 45, 60);
  const float angle = static_cast<float>(CV_PI) * (0.06f + 0.44f * std::clamp(lift, 0.0f, 1.0f));
  for (const float side : {-1.0f, 1.0f}) {
    const cv::Point hip = at(side * 12, 172), knee = at(side * 15, 222), ankle = at(side * 16, 272);
    stroke(hip, knee, trousers, 21);
    stroke(knee, ankle, trousers, 16);
    stroke(ankle, at(side * 22, 279), shoes, 12);
    const float reach_x = side * std::sin(angle), reach_y = std::cos(angle);
    const cv::Point shoulder = at(side * 25, 98), elbow = at(side * 25 + 38 * reach_x, 98 + 38 * reach_y);
    const cv::Point wrist = at(side * 25 + 72 * reach_x, 98 + 72 * reach_y);
    const cv::Point finger = at(side * 25 + 84 * reach_x, 98 + 84 * reach_y);
    stroke(elbow, wrist, skin, 10);
    stroke(wrist, finger, skin, 9);
    stroke(shoulder, elbow, shirt, 14);
  }
  const std::vector<cv::Point> torso = {at(-28, 92), at(28, 92), at(20, 180), at(-20, 180)};
  cv::fillConvexPoly(image, torso, shirt, cv::LINE_AA, kSubPixelBits);
  stroke(at(0, 74), at(0, 92), skin, 14);
  disc(at(0, 54), 18, 23, hair);
  disc(at(0, 59), 15, 20, skin);
  for (const float side : {-1.0f, 1.0f}) {
    disc(at(side * 6, 56), 2.4f, 1.8f, cv::Scalar(40, 40, 40));
    stroke(at(side * 3, 50), at(side * 9, 50), hair, 2);
  }
  stroke(at(0, 58), at(1, 66), cv::Scalar(110, 140, 190), 3);
  stroke(at(-5, 71), at(5, 71), cv::Scalar(90, 90, 180), 3);
  return image;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_UNIT_BLAZEPOSE_DRAWN_PERSON_H_
