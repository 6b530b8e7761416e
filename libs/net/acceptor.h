// Takes connections in, whatever happens: when too many come, when nobody speaks, when descriptors run out.
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

namespace trackfit::net {

// Why a connection was closed at once.
enum class Refusal {
  kTooMany,        // max_connections are open
  kTooManyOfPeer,  // max_per_peer are open from that address
  kNoDescriptors,  // the process may open no more
  kSilent,         // not a byte within first_byte_timeout, or others needed the place
};

struct AcceptorConfig {
  int max_connections = 64;  // at least 1
  int max_per_peer = 64;     // from one address (an IPv6 network of 64 bits counts as one); at least 1
  int max_silent = 16;       // that have not sent a byte; the oldest makes room for the next; at least 1
  std::chrono::milliseconds first_byte_timeout{10'000};
  // What one of these throws leaves the io_context's run(), and accepting goes on.
  //
  // Takes a connection whose client has begun to speak. Never null.
  std::function<void(tcp::socket)> on_connection = nullptr;
  // May be empty.
  std::function<void(Refusal)> on_refused = nullptr;
  // About once a second: open connections, silent ones left out. May be empty.
  std::function<void(int open)> on_count = nullptr;
};

// A connection counts until its socket is closed, by whoever took it: the acceptor looks which descriptors
// still are the sockets that it handed over.
//
// Works on the io_context's one thread, where all callbacks come, from construction on. Must die after that
// thread has left the io_context.
class Acceptor {
 public:
  // `listening` is what Listen() gave.
  Acceptor(asio::io_context& io, std::vector<tcp::acceptor> listening, AcceptorConfig config);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor();

  int port() const { return endpoints_.front().port(); }
  // Where it listens; thread-safe.
  const std::vector<tcp::endpoint>& endpoints() const { return endpoints_; }

 private:
  struct Silent {
    tcp::socket socket;
    std::string peer;
    std::chrono::steady_clock::time_point since;
  };
  struct Open {
    int descriptor;
    unsigned long inode;  // of the socket; a later socket with this descriptor has another
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
  // `call`s; what that throws is thrown again on its own, so that accepting goes on.
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
  int reserve_ = -1;  // a descriptor to give up when there is no other
};

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_ACCEPTOR_H_
