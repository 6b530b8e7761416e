// Why a connection was closed at once.
#ifndef TRACKFIT_NET_REFUSAL_H_
#define TRACKFIT_NET_REFUSAL_H_

namespace trackfit::net {

enum class Refusal {
  kTooMany,        // max_connections are open
  kTooManyOfPeer,  // max_per_peer are open from that address
  kNoDescriptors,  // the process has run out of descriptors
  kSilent,         // no byte within first_byte_timeout, or dropped to make room for others
};

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_REFUSAL_H_
