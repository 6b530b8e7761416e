// The client's own words in the language of a session: what the server says comes in that language, and what
// stands around it should follow.
#ifndef TRACKFIT_CLIENT_LABELS_H_
#define TRACKFIT_CLIENT_LABELS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trackfit::client {

// Immutable, so thread-safe.
class Labels {
 public:
  // ("n", "3") stands for "{n}".
  using Values = std::vector<std::pair<std::string, std::string>>;

  // As in SessionStarted.language; English where there are no labels in it. Languages: "en", "ko".
  explicit Labels(std::string_view language = "en");

  // Of these labels.
  const std::string& language() const { return language_; }

  // The label that code knows by its English text; the English text where the language lacks it.
  std::string operator()(std::string_view english, const Values& values = {}) const;

  // "{n} repetitions", or the first text for one.
  std::string Counted(std::string_view one, std::string_view many, int64_t count) const;

 private:
  std::string language_;
};

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_LABELS_H_
