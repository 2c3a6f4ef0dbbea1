/* SIGTERM is blocked and read from a signalfd, which the connection's poll watches together with its socket. Nothing runs
 * in a signal handler, so nothing needs to be async-signal-safe, and a handler of the function that is sleeping or
 * reading is not interrupted: its answer is still posted. Lambda sends SIGTERM only when an extension is registered, and
 * SIGKILL 2 s later. */
#include "signals.h"

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "errinfo.h"

bool signals_open(struct signals *signals, struct err *e) {
  sigset_t wanted;
  *signals = (struct signals){.fd = -1};
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  if (sigprocmask(SIG_BLOCK, &wanted, &signals->previous) != 0) {
    return err_set(e, ERR_INTERNAL, "SIGTERM can't be blocked: %s", strerror(errno));
  }
  signals->fd = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals->fd < 0) {
    return err_set(e, ERR_INTERNAL, "no descriptor for SIGTERM: %s", strerror(errno));
  }
  signal(SIGPIPE, SIG_IGN);
  return true;
}

bool signals_stopped(struct signals *signals) {
  struct signalfd_siginfo info;
  if (!signals->stopped) {
    signals->stopped = read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info;
  }
  return signals->stopped;
}

void signals_close(struct signals *signals) {
  if (signals->fd >= 0) {
    signals_stopped(
        signals); /* a SIGTERM that was only seen by poll is still pending, and would end the process below */
    close(signals->fd);
    signals->fd = -1;
  }
  sigprocmask(SIG_SETMASK, &signals->previous, NULL);
}
