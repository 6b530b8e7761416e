// What a probe of a port finds.
#ifndef TRACKFIT_NET_REACTION_H_
#define TRACKFIT_NET_REACTION_H_

namespace trackfit::net {

enum class Reaction {
  kAny,      // answers, or hangs up
  kNone,     // of a connection that nobody accepts the system says neither
  kUnknown,  // nobody could ask: this side lacks descriptors, ports or memory
};

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_REACTION_H_
