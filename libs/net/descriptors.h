// The limit of files and sockets that this process may have open.
#ifndef TRACKFIT_NET_DESCRIPTORS_H_
#define TRACKFIT_NET_DESCRIPTORS_H_

namespace trackfit::net {

// Raises the soft limit of file descriptors to the hard one, up to about a million. Returns the limit now in
// force, which is the old one if it cannot be raised.
int RaiseDescriptorLimit();

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_DESCRIPTORS_H_
