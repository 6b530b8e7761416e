// How clients tell a server's processes apart.
#ifndef TRACKFIT_RPC_SERVER_INSTANCE_H_
#define TRACKFIT_RPC_SERVER_INSTANCE_H_

namespace trackfit::rpc {

// Initial metadata of every stream: 16 random hexadecimal digits that name the process which took it. A
// client whose connection breaks learns by them, when it is back, whether the server had died.
inline constexpr char kServerInstanceKey[] = "trackfit-instance";

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SERVER_INSTANCE_H_
