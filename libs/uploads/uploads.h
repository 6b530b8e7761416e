// Files that clients post: each is kept on disk, given to a program of its own, and answered with what that
// writes.
#ifndef TRACKFIT_UPLOADS_UPLOADS_H_
#define TRACKFIT_UPLOADS_UPLOADS_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "process/child.h"
#include "runtime/admission_gate.h"
#include "runtime/worker_pool.h"
#include "uploads/conversation.h"
#include "web/http_exchange.h"
#include "web/http_message.h"

namespace trackfit::uploads {

// How an upload ended.
enum class Outcome {
  kComplete,
  kRefused,    // by the program, because of what it is
  kTooLarge,   // the file
  kBusy,       // too many at a time, here or behind the program
  kTimedOut,   // or the client took too long
  kAbandoned,  // by the client
  kFailed,     // for another reason
};

struct UploadsConfig {
  std::string folder = "/tmp";                 // for the files, which have no name there
  int max_uploads = 2;                         // at a time, each with a thread and a process; at least 1
  std::chrono::milliseconds timeout{600'000};  // from the first byte of the body to the last of the answer
  process::Limits limits;                      // of the program
  std::vector<std::string> environment;        // likewise
  // Once for each, from any thread; the status says why where it is not complete. May be empty.
  std::function<void(Outcome outcome, const absl::Status& status)> on_outcome = nullptr;
  // With what an upload threw, which ends it without a word. May be empty.
  std::function<void(const absl::Status& failed)> on_exception = nullptr;
  std::function<void(int active)> on_active = nullptr;  // after each begin and end; quick; may be empty
};

// The answer to what goes wrong before there is anything to answer: {"error": {"code", "message"}}, with the
// HTTP status that fits, and Retry-After where the error is that too many want something.
web::HttpResponse ErrorResponse(const absl::Status& status);

// What runs with an upload's file as its standard input.
struct Program {
  std::vector<std::string> command;            // a program and its arguments
  std::vector<std::string> environment = {};   // beside that of UploadsConfig
  std::shared_ptr<const void> held = nullptr;  // lives until the upload is over
};

// Thread-safe.
class Uploads {
 public:
  explicit Uploads(UploadsConfig config);
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;
  // As Stop(), without patience.
  ~Uploads();

  // On a thread that may use the exchange. Runs `program` with the body as its standard input; what it writes
  // to standard output, lines of JSON, is the answer, as soon as it is there. What it tells as an error by
  // process::ExitStatusOf() becomes the HTTP status, or where lines were sent already a last line like the
  // body of ErrorResponse(). It is killed when the client leaves or the time is up.
  void Take(const std::shared_ptr<web::HttpExchange>& exchange, Program program);

  // Likewise, where it is known before that nothing can come of it. Counted as that error would be.
  void Refuse(const std::shared_ptr<web::HttpExchange>& exchange, const absl::Status& status);

  // Takes none from now on, and ends those whose body is not complete.
  void Drain();
  // The same, and ends the others after `grace`; the web server must still be there. Returns when all are
  // over.
  void Stop(std::chrono::milliseconds grace);

 private:
  class Upload;

  void Leave(Upload& upload);
  void Report(Outcome outcome, const absl::Status& status) const;

  const UploadsConfig config_;
  runtime::AdmissionGate gate_;
  std::mutex mutex_;
  std::condition_variable left_;
  std::set<Upload*> uploads_;  // guarded by mutex_
  bool is_stopping_ = false;   // likewise
  runtime::WorkerPool pool_;   // last: its tasks use the others
};

}  // namespace trackfit::uploads

#endif  // TRACKFIT_UPLOADS_UPLOADS_H_
