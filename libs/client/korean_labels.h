// labels.ko.json, compiled in.
#ifndef TRACKFIT_CLIENT_KOREAN_LABELS_H_
#define TRACKFIT_CLIENT_KOREAN_LABELS_H_

namespace trackfit::client {

// A JSON object: English text -> Korean text.
extern const char* const kKoreanLabels;

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_KOREAN_LABELS_H_
