// The result of probing a port.
#ifndef TRACKFIT_NET_PROBE_RESULT_H_
#define TRACKFIT_NET_PROBE_RESULT_H_

namespace trackfit::net {

enum class ProbeResult {
  kAlive,       // accepted the connection: answered, or closed it
  kNoResponse,  // neither, which is also what an unaccepted connection in the backlog looks like
  kUnknown,     // could not ask: this side is out of descriptors, ports or memory
};

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_PROBE_RESULT_H_
