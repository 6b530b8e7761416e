// Where the programs that a server starts reach it.
#ifndef TRACKFIT_RPC_PRIVATE_SOCKET_H_
#define TRACKFIT_RPC_PRIVATE_SOCKET_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace trackfit::rpc {

// A path for a Unix socket in a folder of its own, which only this user may enter, so that nobody need prove
// there who he is. Removed with what is in it.
class PrivateSocket {
 public:
  // In the folder for temporary files; UNAVAILABLE naming it when that is not possible.
  static absl::StatusOr<std::unique_ptr<PrivateSocket>> Create();
  PrivateSocket(const PrivateSocket&) = delete;
  PrivateSocket& operator=(const PrivateSocket&) = delete;
  ~PrivateSocket();

  // As gRPC takes it: "unix:/tmp/trackfit-Xy12ab/grpc".
  std::string address() const { return "unix:" + folder_ + "/grpc"; }

 private:
  explicit PrivateSocket(std::string folder) : folder_(std::move(folder)) {}

  const std::string folder_;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_PRIVATE_SOCKET_H_
