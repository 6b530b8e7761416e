// Keeps accepting connections when there are too many, when clients stay silent, and when descriptors run
// out.
#ifndef TRACKFIT_NET_ACCEPTOR_H_
#define TRACKFIT_NET_ACCEPTOR_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/asio.h"
#include "net/refusal.h"

namespace trackfit::net {

struct AcceptorConfig {
  int max_connections = 64;  // at least 1
  int max_per_peer = 64;     // from one address (an IPv6 network of 64 bits counts as one); at least 1
  int max_silent = 16;       // that have not sent a byte yet; the oldest is dropped for the next; at least 1
  std::chrono::milliseconds first_byte_timeout{10'000};
  // Exceptions of these callbacks propagate from the io_context's run(); accepting continues.
  //
  // Takes over a connection whose client has sent its first byte. Never null.
  std::function<void(tcp::socket)> on_connection = nullptr;
  // May be empty.
  std::function<void(Refusal)> on_refused = nullptr;
  // Called about once a second with the number of open connections, without silent ones. May be empty.
  std::function<void(int open)> on_count = nullptr;
};

// A connection counts until its new owner closes the socket: the acceptor checks which descriptors still
// refer to the sockets that it handed over.
//
// Runs on the io_context's single thread, which also calls all callbacks, from construction on. Must be
// destroyed after that thread has left the io_context.
class Acceptor {
 public:
  // `listening` comes from Listen().
  Acceptor(asio::io_context& io, std::vector<tcp::acceptor> listening, AcceptorConfig config);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor();

  // Closes the listening sockets; on the io_context's thread.
  void Close();

  int port() const { return endpoints_.front().port(); }
  // The addresses that it listens on; thread-safe.
  const std::vector<tcp::endpoint>& endpoints() const { return endpoints_; }

 private:
  struct Silent {
    tcp::socket socket;
    std::string peer;
    std::chrono::steady_clock::time_point since;
  };
  struct Open {
    int descriptor;
    unsigned long inode;  // of the socket, because the descriptor may be reused for another
    std::string peer;
  };

  void AcceptOn(tcp::acceptor& listener);
  void AcceptLater(tcp::acceptor& listener);
  bool FreeDescriptor(tcp::acceptor& listener);
  void AwaitFirstByte(tcp::socket socket);
  void Admit(Silent& connection);
  bool HasCapacityFor(const std::string& peer) const;
  void DropOldestSilent(Refusal reason);
  void RemoveClosed();
  void Housekeep();
  void Refuse(Refusal reason);
  // Calls `call`; rethrows its exception from a separate handler, so that accepting continues.
  template <class Call>
  void Guard(Call&& call);

  asio::io_context& io_;
  const AcceptorConfig config_;
  std::vector<tcp::acceptor> listening_;
  std::vector<tcp::endpoint> endpoints_;
  std::list<std::shared_ptr<Silent>> silent_;  // the oldest first
  std::vector<Open> open_;
  std::map<std::string, int> open_by_peer_;
  asio::steady_timer clock_;
  int reserve_ = -1;  // a spare descriptor, closed when no other is left
};

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_ACCEPTOR_H_
