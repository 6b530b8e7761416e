// Tells the service manager that started this process how it is.
#ifndef TRACKFIT_RPC_SERVICE_MANAGER_H_
#define TRACKFIT_RPC_SERVICE_MANAGER_H_

#include <chrono>
#include <string>

namespace trackfit::rpc {

// systemd's protocol for services of Type=notify (sd_notify(3)): datagrams to the socket that $NOTIFY_SOCKET
// names. Where nobody asked for them, nothing happens. Never blocks. Not thread-safe.
class ServiceManager {
 public:
  // $WATCHDOG_USEC counts where $WATCHDOG_PID is this process.
  ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager();

  // To be called at least every Pace() while the server is well: that it lives, and, the first time that it
  // serves, that its start is over. Until then it may take as long as it lives.
  void Live(bool serving);
  // That it ends, and may take so long.
  void Stop(std::chrono::milliseconds limit);

  // So often at least, and never less often than every second.
  std::chrono::milliseconds Pace() const;

 private:
  // False where it should be tried again.
  bool Send(const std::string& text) const;

  const std::string address_;                        // empty: nobody wants to know
  const int socket_;                                 // -1 likewise
  const std::chrono::microseconds watchdog_;         // by then it wants to hear again; 0: never mind
  std::chrono::steady_clock::time_point last_ = {};  // when it was told
  bool started_ = false;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SERVICE_MANAGER_H_
