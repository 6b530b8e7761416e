// gRPC's timers, on a machine whose clock is set.
#ifndef TRACKFIT_RPC_STEADY_WAITS_H_
#define TRACKFIT_RPC_STEADY_WAITS_H_

namespace trackfit::rpc {

// A program that calls this, whenever, has steady waits. Abseil, by which gRPC's timer threads wait, lets the
// kernel wait until a time of the wall clock (per_thread_sem.cc and futex.h of its release 20220623). Where
// that clock is set back by an hour meanwhile, these threads sleep for an hour, and nobody reconnects, pings
// or notices a deadline. Abseil lets programs replace that wait; this one goes by the steady clock.
// Thread-safe; does nothing when it runs, but has the replacement linked.
void KeepWaitsSteady();

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_STEADY_WAITS_H_
