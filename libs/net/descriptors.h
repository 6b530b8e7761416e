// How many files and sockets this process may have open.
#ifndef TRACKFIT_NET_DESCRIPTORS_H_
#define TRACKFIT_NET_DESCRIPTORS_H_

namespace trackfit::net {

// Raises the soft limit of file descriptors to the hard one, but not beyond a million. The limit that holds
// from now on; the old one where it cannot be raised.
int RaiseDescriptorLimit();

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_DESCRIPTORS_H_
