#include "handover/session_folder.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "files/partial_file.h"

namespace trackfit::handover {
namespace {

namespace fs = std::filesystem;

// To be raised where a field's meaning changes, so that a gateway refuses what it would misunderstand.
constexpr uint32_t kFormat = 1;
constexpr char kExtension[] = ".session";
// A gateway whose clock is a little behind its predecessor's, as after a correction.
constexpr std::chrono::seconds kClockTolerance{60};

int64_t Milliseconds(SessionFolder::TimePoint time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::string NameOf(const std::string& token) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  const absl::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
  return absl::StrCat(absl::BytesToHexString(bytes), kExtension);
}

// A file, and a partial one of a gateway that was killed.
bool IsOurs(const fs::path& file) {
  const std::string name = file.filename().string();
  constexpr size_t kDigits = size_t{2} * SHA256_DIGEST_LENGTH;
  return name.size() > kDigits && absl::StartsWith(absl::string_view(name).substr(kDigits), kExtension) &&
         std::all_of(name.begin(), name.begin() + kDigits, absl::ascii_isxdigit);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  const int number_;
};

absl::Status ReadAll(const fs::path& path, size_t most, std::string& bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat about {};
  if (!file.is_open() || fstat(file.number(), &about) != 0)
    return absl::ErrnoToStatus(errno, "cannot be read");
  if (!S_ISREG(about.st_mode) || about.st_uid != geteuid())
    return absl::InvalidArgumentError("it is not a file of this user");
  if (static_cast<uint64_t>(about.st_size) > most)
    return absl::InvalidArgumentError(absl::StrCat("it has ", about.st_size, " bytes, of at most ", most));
  bytes.resize(static_cast<size_t>(about.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = read(file.number(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return absl::InvalidArgumentError("it ends too early");
    done += static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

// What the components that take the state rely on.
absl::Status Validate(const SessionState& session) {
  if (session.token().empty()) return absl::InvalidArgumentError("it has no token");
  const RelayState& relay = session.relay();
  if (relay.last_number() < static_cast<uint64_t>(relay.kept_size()))
    return absl::InvalidArgumentError("it has more responses than were sent");
  if (relay.finished() == session.has_analysis())
    return absl::InvalidArgumentError("it is not either over or going on");
  if (session.has_analysis() && !(session.analysis().rate_hz() >= 1 && session.analysis().rate_hz() <= 1000))
    return absl::InvalidArgumentError("its model has no rate");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckFolder(const fs::path& folder) {
  struct stat about {};
  const auto wrong = [&folder](const char* what) {
    return absl::InvalidArgumentError(absl::StrCat(folder.string(), " ", what));
  };
  if (stat(folder.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) return wrong("is no folder");
  if ((about.st_mode & S_IWOTH) != 0) return wrong("may be written to by everybody; give it the mode 0700");
  if (access(folder.c_str(), R_OK | W_OK | X_OK) != 0) return wrong("may not be written to");
  return absl::OkStatus();
}

SessionFolder::SessionFolder(SessionFolderConfig config, telemetry::Metrics& metrics,
                             const telemetry::Logger& log)
    : config_(std::move(config)), metrics_(metrics), log_(log) {
  for (const char* outcome : {"written", "no_room", "not_written", "taken", "expired", "unreadable"})
    Count(outcome, 0);
}

void SessionFolder::Count(const std::string& outcome, int by) {
  metrics_
      .Counter("trackfit_gateway_handovers_total",
               "Sessions handed to the next gateway, and taken over from the one before, by outcome.",
               {{"outcome", outcome}})
      .Increment(by);
}

bool SessionFolder::Reserve(size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (sessions_ < config_.most_sessions && bytes <= config_.most_bytes - bytes_) {
      ++sessions_;
      bytes_ += bytes;
      return true;
    }
  }
  Count("no_room");
  return false;
}

absl::Status SessionFolder::Write(SessionState session, TimePoint now) {
  const fs::path target = config_.folder / NameOf(session.token());
  SessionFile content;
  content.set_format(kFormat);
  content.set_written_ms(Milliseconds(now));
  *content.mutable_session() = std::move(session);
  absl::Status status = files::ReplaceSecretFile(target, content.SerializeAsString());
  Count(status.ok() ? "written" : "not_written");
  if (!status.ok()) log_.Error("cannot hand a session over", {{"reason", status.message()}});
  return status;
}

std::vector<SessionState> SessionFolder::TakeAll(TimePoint now) {
  std::vector<SessionState> sessions;
  std::error_code error;
  size_t bytes = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(config_.folder, error)) {
    if (!IsOurs(entry.path())) continue;
    SessionState session;
    absl::Status status = Read(entry.path(), now, session);
    std::error_code removed;
    fs::remove(entry.path(), removed);
    if (removed) status = absl::InvalidArgumentError("it cannot be removed: " + removed.message());
    const size_t size = session.ByteSizeLong();
    if (status.ok() && (sessions.size() >= config_.most_sessions || size > config_.most_bytes - bytes))
      status = absl::InvalidArgumentError("there are more sessions than this gateway keeps");
    if (!status.ok()) {
      Count(absl::IsOutOfRange(status) ? "expired" : "unreadable");
      log_.Warning("cannot take a session over", {{"reason", status.message()}});
      continue;
    }
    bytes += size;
    sessions.push_back(std::move(session));
    Count("taken");
  }
  if (error) log_.Error("cannot take sessions over", {{"reason", error.message()}});
  return sessions;
}

absl::Status SessionFolder::Read(const fs::path& file, TimePoint now, SessionState& session) const {
  if (file.extension() != kExtension) return absl::InvalidArgumentError("it was not finished");
  std::string bytes;
  constexpr size_t kRestOfFile = 64;
  if (absl::Status read = ReadAll(file, config_.most_bytes + kRestOfFile, bytes); !read.ok()) return read;
  SessionFile content;
  if (!content.ParseFromString(bytes)) return absl::InvalidArgumentError("it is damaged");
  if (content.format() != kFormat)
    return absl::InvalidArgumentError(
        absl::StrCat("its format is ", content.format(), ", and not ", kFormat));
  const int64_t age_ms = Milliseconds(now) - std::max<int64_t>(content.written_ms(), 0);
  if (age_ms > config_.greatest_age.count() || age_ms < -std::chrono::milliseconds(kClockTolerance).count())
    return absl::OutOfRangeError(absl::StrCat("it was written ", age_ms, " ms ago"));
  if (NameOf(content.session().token()) != file.filename().string())
    return absl::InvalidArgumentError("its name is that of another session");
  if (absl::Status valid = Validate(content.session()); !valid.ok()) return valid;
  session = std::move(*content.mutable_session());
  return absl::OkStatus();
}

}  // namespace trackfit::handover
