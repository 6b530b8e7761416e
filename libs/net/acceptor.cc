#include "net/acceptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <exception>
#include <memory>
#include <utility>

#include "net/network.h"

namespace trackfit::net {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{100};
constexpr std::chrono::seconds kHousekeeping{1};

int OpenReserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

// The socket's inode; 0 if the descriptor is not a socket.
unsigned long InodeOf(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISSOCK(status.st_mode)) return 0;
  return status.st_ino;
}

std::string PeerOf(const tcp::socket& socket) {
  ErrorCode gone;
  const auto address = socket.remote_endpoint(gone).address();
  return gone ? "" : NetworkOf(address);
}

bool OutOfDescriptors(const ErrorCode& error) {
  return error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

Acceptor::Acceptor(asio::io_context& io, std::vector<tcp::acceptor> listening, AcceptorConfig config)
    : io_(io),
      config_(std::move(config)),
      listening_(std::move(listening)),
      clock_(io),
      reserve_(OpenReserve()) {
  for (tcp::acceptor& listener : listening_) {
    listener.non_blocking(true);  // FreeDescriptor() calls accept4() itself
    endpoints_.push_back(listener.local_endpoint());
  }
  asio::post(io_, [this] {
    for (tcp::acceptor& listener : listening_) AcceptOn(listener);
    Housekeep();
  });
}

Acceptor::~Acceptor() {
  if (reserve_ >= 0) ::close(reserve_);
}

void Acceptor::Close() {
  for (tcp::acceptor& listener : listening_) listener.close();
  silent_.clear();
}

void Acceptor::AcceptOn(tcp::acceptor& listener) {
  if (!listener.is_open()) return;  // closed
  listener.async_accept([this, &listener](const ErrorCode& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    // No error may end accepting.
    const bool again_at_once = !error || error == asio::error::connection_aborted ||
                               (OutOfDescriptors(error) && FreeDescriptor(listener));
    if (again_at_once) {
      AcceptOn(listener);
    } else {
      AcceptLater(listener);
    }
    if (!error) AwaitFirstByte(std::move(socket));
  });
}

void Acceptor::AcceptLater(tcp::acceptor& listener) {
  const auto pause = std::make_shared<asio::steady_timer>(io_, kPause);
  pause->async_wait([this, &listener, pause](const ErrorCode&) { AcceptOn(listener); });
}

// Frees a descriptor by closing a silent connection or refusing a waiting one. Returns whether it is worth
// accepting again at once.
bool Acceptor::FreeDescriptor(tcp::acceptor& listener) {
  if (!silent_.empty()) {
    DropOldestSilent(Refusal::kNoDescriptors);
    return true;
  }
  if (reserve_ < 0) return false;
  ::close(reserve_);
  const int refused = ::accept4(listener.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
  if (refused >= 0) {
    ::close(refused);
    Refuse(Refusal::kNoDescriptors);
  }
  reserve_ = OpenReserve();
  return refused >= 0 && reserve_ >= 0;
}

void Acceptor::AwaitFirstByte(tcp::socket socket) {
  fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  const std::string peer = PeerOf(socket);
  if (silent_.size() >= static_cast<std::size_t>(config_.max_silent)) DropOldestSilent(Refusal::kSilent);
  const auto entry = std::make_shared<Silent>(Silent{std::move(socket), peer, Clock::now()});
  silent_.push_back(entry);
  entry->socket.async_wait(tcp::socket::wait_read,
                           [this, weak = std::weak_ptr(entry)](const ErrorCode& error) {
                             const auto connection = weak.lock();
                             if (connection == nullptr) return;  // dropped
                             silent_.remove(connection);
                             if (!error) Admit(*connection);
                           });
}

void Acceptor::Admit(Silent& connection) {
  char byte = 0;
  if (::recv(connection.socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) return;  // hung up
  if (!HasCapacityFor(connection.peer)) RemoveClosed();
  if (!HasCapacityFor(connection.peer)) {
    const bool full = open_.size() >= static_cast<std::size_t>(config_.max_connections);
    return Refuse(full ? Refusal::kTooMany : Refusal::kTooManyOfPeer);
  }
  ++open_by_peer_[connection.peer];
  const int descriptor = connection.socket.native_handle();
  open_.push_back({descriptor, InodeOf(descriptor), connection.peer});
  config_.on_connection(std::move(connection.socket));
}

bool Acceptor::HasCapacityFor(const std::string& peer) const {
  if (open_.size() >= static_cast<std::size_t>(config_.max_connections)) return false;
  const auto of_peer = open_by_peer_.find(peer);
  return of_peer == open_by_peer_.end() || of_peer->second < config_.max_per_peer;
}

void Acceptor::DropOldestSilent(Refusal reason) {
  silent_.pop_front();
  Refuse(reason);
}

void Acceptor::RemoveClosed() {
  std::erase_if(open_, [this](const Open& open) {
    if (InodeOf(open.descriptor) == open.inode) return false;
    const auto of_peer = open_by_peer_.find(open.peer);
    if (--of_peer->second == 0) open_by_peer_.erase(of_peer);
    return true;
  });
}

void Acceptor::Housekeep() {
  const auto latest = Clock::now() - config_.first_byte_timeout;
  while (!silent_.empty() && silent_.front()->since <= latest) DropOldestSilent(Refusal::kSilent);
  if (reserve_ < 0) reserve_ = OpenReserve();
  RemoveClosed();
  if (config_.on_count) Guard([&] { config_.on_count(static_cast<int>(open_.size())); });
  clock_.expires_after(kHousekeeping);
  clock_.async_wait([this](const ErrorCode& error) {
    if (!error) Housekeep();
  });
}

void Acceptor::Refuse(Refusal reason) {
  if (config_.on_refused) Guard([&] { config_.on_refused(reason); });
}

template <class Call>
void Acceptor::Guard(Call&& call) {
  try {
    call();
  } catch (...) {
    asio::post(io_, [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
  }
}

}  // namespace trackfit::net
