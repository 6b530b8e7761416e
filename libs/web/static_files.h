// The files of a web app, served from memory.
#ifndef TRACKFIT_WEB_STATIC_FILES_H_
#define TRACKFIT_WEB_STATIC_FILES_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "web/http_message.h"

namespace trackfit::web {

// Holds what was in a folder when it was loaded, also gzipped where that is smaller; a path names one of
// these files, or there is no such page. Immutable, so thread-safe.
class StaticFiles {
 public:
  // NOT_FOUND where the folder has no index.html; FAILED_PRECONDITION for what cannot be read, or is more
  // than `max_bytes`.
  static absl::StatusOr<StaticFiles> Load(const std::string& folder, std::size_t max_bytes = 256 << 20);

  // "/" is index.html. Files below assets/ whose names carry a hash are kept by browsers for good, all others
  // are asked for each time, by their ETag.
  HttpResponse Answer(const HttpRequest& request) const;

  std::size_t count() const { return files_.size(); }

 private:
  struct File {
    std::string content_type;
    std::string etag;
    std::string cache_control;
    std::shared_ptr<const std::string> content;
    std::shared_ptr<const std::string> gzipped;  // null where it is not smaller
  };

  StaticFiles() = default;

  std::map<std::string, File> files_;  // by path, "/index.html"
};

// Adds what tells browsers to run nothing that is not from here, and to guess nothing.
void AddSecurityHeaders(HttpResponse& response);

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_STATIC_FILES_H_
