#include "synthesis/renderer.h"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "synthesis/mannequin.h"
#include "synthesis/random.h"

namespace trackfit::synthesis {
namespace {

constexpr int kSamples = 2;  // per pixel and axis, against jagged edges
const Vec3 kLight = Normalized({0.38, 1.0, 0.42});

struct Colour {
  float blue = 0, green = 0, red = 0;
};
Colour operator*(const Colour& c, float s) { return {c.blue * s, c.green * s, c.red * s}; }
Colour ToColour(const Paint& p) {
  return {static_cast<float>(255 * p.blue), static_cast<float>(255 * p.green),
          static_cast<float>(255 * p.red)};
}
cv::Vec3b ToPixel(const Colour& c) {
  return {cv::saturate_cast<uchar>(c.blue), cv::saturate_cast<uchar>(c.green),
          cv::saturate_cast<uchar>(c.red)};
}

// ---- triangles

struct ScreenVertex {
  float x = 0, y = 0;       // samples
  float inverse_depth = 0;  // 0 = not in front of the camera
  Colour colour;
};

// Calls plot(index, weight_b, weight_c) for each sample of a width x height raster whose centre the triangle
// covers.
template <typename Plot>
void ForEachSample(const ScreenVertex& a, const ScreenVertex& b, const ScreenVertex& c, int width, int height,
                   const Plot& plot) {
  const float area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
  if (std::abs(area) < 1e-6F) return;
  const float min_y = std::min({a.y, b.y, c.y}), max_y = std::max({a.y, b.y, c.y});
  const float min_x = std::min({a.x, b.x, c.x}), max_x = std::max({a.x, b.x, c.x});
  if (max_x < 0 || max_y < 0 || min_x > static_cast<float>(width) || min_y > static_cast<float>(height))
    return;
  const int y0 = std::max(0, static_cast<int>(std::ceil(min_y - 0.5F)));
  const int y1 = std::min(height - 1, static_cast<int>(std::floor(max_y - 0.5F)));
  const int x0 = std::max(0, static_cast<int>(std::ceil(min_x - 0.5F)));
  const int x1 = std::min(width - 1, static_cast<int>(std::floor(max_x - 0.5F)));
  if (y0 > y1 || x0 > x1) return;
  const float inverse = 1 / area;
  const float step_b = (c.y - a.y) * inverse, step_c = -(b.y - a.y) * inverse;
  for (int y = y0; y <= y1; ++y) {
    const float py = static_cast<float>(y) + 0.5F - a.y, px = static_cast<float>(x0) + 0.5F - a.x;
    float wb = (px * (c.y - a.y) - (c.x - a.x) * py) * inverse;
    float wc = ((b.x - a.x) * py - px * (b.y - a.y)) * inverse;
    bool inside = false;
    for (int x = x0; x <= x1; ++x, wb += step_b, wc += step_c) {
      if (wb >= 0 && wc >= 0 && wb + wc <= 1) {
        plot(y * width + x, wb, wc);
        inside = true;
      } else if (inside) {
        break;  // a triangle covers each row in one piece
      }
    }
  }
}

ScreenVertex ToScreen(const Camera& camera, const Vec3& point, double samples_per_pixel) {
  const PixelPoint p = Project(camera, point);
  if (p.depth < 0.1) return {};
  return {static_cast<float>(p.x * samples_per_pixel),
          static_cast<float>(p.y * samples_per_pixel),
          static_cast<float>(1 / p.depth),
          {}};
}

// A soft light from above, a fill light at the camera and light from the surroundings.
Colour Shade(const Vertex& vertex, const Vec3& to_camera) {
  const double facing = Dot(vertex.normal, to_camera);
  // Thin parts may show their inner side; light them as the outer one.
  const Vec3 normal = facing < 0 ? -vertex.normal : vertex.normal;
  const double key = std::max(0.0, (Dot(normal, kLight) + 0.25) / 1.25);
  const double ambient = 0.5 + 0.5 * normal.y;
  const double light = 0.24 + 0.24 * ambient + 0.46 * key + 0.24 * std::abs(facing);
  Colour colour = ToColour(vertex.paint) * static_cast<float>(light);
  if (vertex.paint.gloss > 0) {
    const double specular = Dot(normal, Normalized(kLight + to_camera));
    const auto highlight =
        static_cast<float>(110 * vertex.paint.gloss * std::pow(std::max(0.0, specular), 24));
    colour = {colour.blue + highlight, colour.green + highlight, colour.red + highlight};
  }
  return colour;
}

std::vector<ScreenVertex> ShadedVertices(const Mesh& mesh, const Camera& camera) {
  std::vector<ScreenVertex> screen;
  screen.reserve(mesh.vertices().size());
  for (const Vertex& vertex : mesh.vertices()) {
    screen.push_back(ToScreen(camera, vertex.position, kSamples));
    screen.back().colour = Shade(vertex, Normalized(camera.position - vertex.position));
  }
  return screen;
}

// The pixels that triangles of the vertices may cover.
cv::Rect PixelBounds(const std::vector<ScreenVertex>& screen, cv::Size image) {
  float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
  for (const ScreenVertex& vertex : screen) {
    if (vertex.inverse_depth == 0) continue;
    left = std::min(left, vertex.x);
    right = std::max(right, vertex.x);
    top = std::min(top, vertex.y);
    bottom = std::max(bottom, vertex.y);
  }
  const auto pixel = [](float samples, int limit) {
    return static_cast<int>(std::clamp(samples / kSamples, 0.0F, static_cast<float>(limit)));
  };
  const int x = pixel(left, image.width), y = pixel(top, image.height);
  return {x, y, std::min(pixel(right, image.width) + 1, image.width) - x,
          std::min(pixel(bottom, image.height) + 1, image.height) - y};
}

// The nearest surface at every sample of a part of the image.
class SampleBuffer {
 public:
  explicit SampleBuffer(const cv::Rect& pixels)
      : pixels_(pixels),
        width_(pixels.width * kSamples),
        height_(pixels.height * kSamples),
        inverse_depth_(static_cast<size_t>(width_) * height_, 0.0F),
        colour_(static_cast<size_t>(width_) * height_) {}

  // `screen` are the mesh's vertices in samples of the whole image.
  void Draw(const Mesh& mesh, std::vector<ScreenVertex> screen) {
    for (ScreenVertex& vertex : screen) {
      vertex.x -= static_cast<float>(pixels_.x * kSamples);
      vertex.y -= static_cast<float>(pixels_.y * kSamples);
    }
    for (const auto& [ia, ib, ic] : mesh.triangles()) {
      const ScreenVertex &a = screen[ia], &b = screen[ib], &c = screen[ic];
      if (a.inverse_depth == 0 || b.inverse_depth == 0 || c.inverse_depth == 0) continue;
      ForEachSample(a, b, c, width_, height_, [&](int index, float wb, float wc) {
        const float inverse_depth = a.inverse_depth + wb * (b.inverse_depth - a.inverse_depth) +
                                    wc * (c.inverse_depth - a.inverse_depth);
        if (inverse_depth <= inverse_depth_[index]) return;
        inverse_depth_[index] = inverse_depth;
        const auto mix = [&](float Colour::*channel) {
          return a.colour.*channel + wb * (b.colour.*channel - a.colour.*channel) +
                 wc * (c.colour.*channel - a.colour.*channel);
        };
        colour_[index] = ToPixel({mix(&Colour::blue), mix(&Colour::green), mix(&Colour::red)});
      });
    }
  }

  // Averages the samples of each pixel into `image`, which shows through where nothing was drawn.
  void Resolve(cv::Mat& image) const {
    for (int y = 0; y < pixels_.height; ++y) {
      auto* row = image.ptr<cv::Vec3b>(pixels_.y + y) + pixels_.x;
      for (int x = 0; x < pixels_.width; ++x) {
        const int first = y * kSamples * width_ + x * kSamples;
        const std::array<int, 4> samples = {first, first + 1, first + width_, first + width_ + 1};
        float drawn = 0;
        for (const int s : samples) drawn += inverse_depth_[s];
        if (drawn == 0) continue;
        std::array<int, 3> sum{};
        for (const int s : samples) {
          const cv::Vec3b& colour = inverse_depth_[s] > 0 ? colour_[s] : row[x];
          for (int channel = 0; channel < 3; ++channel) sum[channel] += colour[channel];
        }
        for (int channel = 0; channel < 3; ++channel) {
          row[x][channel] = static_cast<uchar>((sum[channel] + 2) / 4);
        }
      }
    }
  }

 private:
  static_assert(kSamples == 2, "Resolve averages 2 x 2 samples");

  cv::Rect pixels_;
  int width_, height_;  // samples
  std::vector<float> inverse_depth_;
  std::vector<cv::Vec3b> colour_;
};

// How much the figure shades the floor: 255 = fully. The image's size, blurred as by a large lamp.
cv::Mat FloorShadow(const Mesh& mesh, const Camera& camera) {
  constexpr double kScale = 0.5;
  const int width = static_cast<int>(camera.width * kScale),
            height = static_cast<int>(camera.height * kScale);
  cv::Mat mask(height, width, CV_8U, cv::Scalar(0));
  std::vector<ScreenVertex> screen;
  screen.reserve(mesh.vertices().size());
  for (const Vertex& vertex : mesh.vertices()) {
    const Vec3& p = vertex.position;
    screen.push_back(ToScreen(camera, p - kLight * (p.y / kLight.y), kScale));
  }
  for (const auto& [ia, ib, ic] : mesh.triangles()) {
    const ScreenVertex &a = screen[ia], &b = screen[ib], &c = screen[ic];
    if (a.inverse_depth == 0 || b.inverse_depth == 0 || c.inverse_depth == 0) continue;
    ForEachSample(a, b, c, width, height, [&](int index, float, float) { mask.data[index] = 255; });
  }
  const int blur = std::max(3, height / 22) | 1;
  cv::blur(mask, mask, {blur, blur});
  cv::blur(mask, mask, {blur, blur});
  cv::Mat full;
  cv::resize(mask, full, {camera.width, camera.height}, 0, 0, cv::INTER_LINEAR);
  return full;
}

// ---- the room

constexpr float kRoom = 4.6F;  // half the side of the square room around the person, metres

// std::floor without a call into the maths library.
float Floor(float x) {
  const auto whole = static_cast<float>(static_cast<int>(x));
  return whole > x ? whole - 1 : whole;
}

// 1 in the middle of a seam of the given half-width, softened over `blur` metres.
float Seam(float distance, float half_width, float blur) {
  return std::clamp((half_width + blur - distance) / (2 * blur), 0.0F, 1.0F) *
         std::min(1.0F, half_width / blur);
}

Colour FloorColour(const Colour& base, float x, float z, float footprint) {
  const float cell_x = Floor(x + 0.5F), cell_z = Floor(z + 0.5F);
  const int tile = static_cast<int>(cell_x) * 7 + static_cast<int>(cell_z) * 13;
  const float tone = 1 + 0.03F * (static_cast<float>(tile & 3) - 1.5F);
  const float edge = 0.5F - std::max(std::abs(x - cell_x), std::abs(z - cell_z));
  const float far = std::min((x * x + z * z) / (kRoom * kRoom), 2.0F);
  return base * (tone * (1.04F - 0.13F * far) * (1 - 0.35F * Seam(edge, 0.007F, footprint)));
}

Colour WallColour(const Colour& base, float along, float height, float footprint) {
  const float panel = along / 1.2F;
  const float edge = 1.2F * (0.5F - std::abs(panel - Floor(panel) - 0.5F));
  float light = 0.82F + 0.08F * std::clamp(height, 0.0F, 3.0F);
  light *= 1 - 0.10F * Seam(edge, 0.012F, footprint);
  light *= 1 - 0.45F * std::clamp((0.12F - height) / (2 * footprint) + 0.5F, 0.0F, 1.0F);  // skirting board
  return base * light;
}

// The room seen along one ray; `shade` is how much of the floor's light is blocked, 0 to 1.
Colour RoomColour(const Colour& floor, const Colour& wall, const std::array<float, 3>& from,
                  const std::array<float, 3>& ray, float pixel, float shade) {
  const auto [ox, oy, oz] = from;
  const auto [dx, dy, dz] = ray;
  constexpr float kNoHit = 1e9F;
  // Walls are seen from inside only, so that a camera beyond a wall looks through it.
  const auto exit_distance = [&](float o, float d) {
    const float t = d > 1e-6F ? (kRoom - o) / d : d < -1e-6F ? (-kRoom - o) / d : kNoHit;
    return t > 0 ? t : kNoHit;
  };
  const float side = exit_distance(ox, dx), end = exit_distance(oz, dz);
  const float wall_distance = std::min(side, end);
  const float floor_distance = dy < -1e-6F ? -oy / dy : kNoHit;
  if (floor_distance < wall_distance) {
    const float footprint = 0.7F * floor_distance * pixel / std::max(0.02F, -dy);
    return FloorColour(floor, ox + floor_distance * dx, oz + floor_distance * dz, footprint) *
           (1 - 0.55F * shade);
  }
  if (wall_distance == kNoHit) return wall;
  const float along = side < end ? oz + wall_distance * dz : ox + wall_distance * dx;
  return WallColour(wall, along, oy + wall_distance * dy, 0.7F * wall_distance * pixel) *
         (side < end ? 0.93F : 1.0F);
}

cv::Mat DrawRoom(const Camera& camera, const Appearance& look, const cv::Mat& shadow) {
  cv::Mat image(camera.height, camera.width, CV_8UC3);
  const Colour floor = ToColour(look.floor), wall = ToColour(look.wall);
  const auto narrow = [](const Vec3& v) {
    return std::array<float, 3>{static_cast<float>(v.x), static_cast<float>(v.y), static_cast<float>(v.z)};
  };
  const std::array<float, 3> from = narrow(camera.position);
  const auto pixel = static_cast<float>(1 / camera.focal);
  const std::array<float, 3> step = narrow(camera.right * (1 / camera.focal));
  for (int y = 0; y < camera.height; ++y) {
    auto* row = image.ptr<cv::Vec3b>(y);
    const uchar* shade = shadow.ptr<uchar>(y);
    const std::array<float, 3> first =
        narrow(camera.away + camera.right * ((0.5 - camera.width / 2.0) / camera.focal) +
               camera.down * ((y + 0.5 - camera.height / 2.0) / camera.focal));
    for (int x = 0; x < camera.width; ++x) {
      const auto steps = static_cast<float>(x);
      const std::array<float, 3> ray = {first[0] + steps * step[0], first[1] + steps * step[1],
                                        first[2] + steps * step[2]};
      row[x] = ToPixel(RoomColour(floor, wall, from, ray, pixel, static_cast<float>(shade[x]) / 255));
    }
  }
  return image;
}

Paint FromHsv(double hue, double saturation, double value) {
  const auto channel = [&](double offset) {
    const double k = std::fmod(offset + hue * 6, 6.0);
    return value * (1 - saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0));
  };
  return {channel(5), channel(3), channel(1)};
}

}  // namespace

Appearance DrawAppearance(uint64_t seed) {
  const NamedRandom random(seed ^ 0xa99ea4);
  const std::array<Paint, 6> skins = {{{0.93, 0.76, 0.65},
                                       {0.87, 0.68, 0.55},
                                       {0.78, 0.58, 0.44},
                                       {0.66, 0.46, 0.33},
                                       {0.50, 0.34, 0.24},
                                       {0.40, 0.27, 0.20}}};
  const std::array<Paint, 5> hairs = {
      {{0.10, 0.08, 0.07}, {0.20, 0.13, 0.08}, {0.33, 0.21, 0.12}, {0.62, 0.46, 0.26}, {0.13, 0.10, 0.09}}};
  Appearance look;
  const size_t tone = random.Bits("skin") % skins.size();
  look.skin = skins[tone];
  look.hair = tone >= 3 ? hairs[random.Bits("hair") % 2] : hairs[random.Bits("hair") % hairs.size()];
  look.lips = {0.62 * look.skin.red + 0.14, 0.5 * look.skin.green + 0.04, 0.5 * look.skin.blue + 0.06};
  look.eyes = FromHsv(random.Uniform("iris", 0.05, 0.6), 0.5, 0.38);
  look.shirt = FromHsv(random.Uniform("shirt hue"), random.Uniform("shirt saturation", 0.25, 0.85),
                       random.Uniform("shirt value", 0.45, 0.95));
  const double dark = random.Uniform("shorts value", 0.10, 0.32);
  look.shorts = FromHsv(random.Uniform("shorts hue"), random.Uniform("shorts saturation", 0.0, 0.5), dark);
  look.shoes = FromHsv(random.Uniform("shoe hue"), random.Uniform("shoe saturation", 0.0, 0.9),
                       random.Uniform("shoe value", 0.25, 0.9));
  look.soles = {0.90, 0.90, 0.88, 0};
  look.wall = FromHsv(random.Uniform("wall hue"), random.Uniform("wall saturation", 0.02, 0.16),
                      random.Uniform("wall value", 0.66, 0.86));
  look.floor =
      FromHsv(random.Uniform("floor hue", 0.03, 0.65), random.Uniform("floor saturation", 0.03, 0.22),
              random.Uniform("floor value", 0.36, 0.58));
  look.padding = FromHsv(random.Uniform("padding hue"), 0.35, 0.20);
  look.plates = {0.13, 0.13, 0.14, 0.3};
  look.long_hair = random.Uniform("long hair") < 0.4;
  look.long_sleeves = random.Uniform("long sleeves") < 0.15;
  look.long_trousers = random.Uniform("long trousers") < 0.25;
  return look;
}

Renderer::Renderer(const Motion& motion, const Appearance& appearance)
    : motion_(motion), appearance_(appearance) {
  AddFixtures(motion.equipment, appearance_, fixtures_);
}

absl::StatusOr<cv::Mat> Renderer::Render(int frame, const Camera& camera) const {
  if (frame < 0 || frame >= static_cast<int>(motion_.frames.size())) {
    return absl::OutOfRangeError(
        absl::StrCat("frame is ", frame, "; the motion has ", motion_.frames.size(), " frames"));
  }
  const Joints& joints = motion_.frames[frame];
  Mesh mesh = fixtures_;
  const bool gripping = motion_.equipment.held != HeldEquipment::kNothing || !motion_.equipment.rods.empty();
  AddMannequin(motion_.body, joints, appearance_, gripping, mesh);
  AddHeldEquipment(motion_.equipment, motion_.body, joints, appearance_, mesh);

  try {
    cv::Mat image = DrawRoom(camera, appearance_, FloorShadow(mesh, camera));
    std::vector<ScreenVertex> screen = ShadedVertices(mesh, camera);
    const cv::Rect bounds = PixelBounds(screen, image.size());
    if (bounds.empty()) return image;
    SampleBuffer samples(bounds);
    samples.Draw(mesh, std::move(screen));
    samples.Resolve(image);
    return image;
  } catch (const cv::Exception& e) {
    return absl::InternalError(absl::StrCat("rendering: ", e.what()));
  }
}

}  // namespace trackfit::synthesis
