/* SIGTERM as something to wait for: no handler, no interrupted call, no race. */
#ifndef RUNTIME_SIGNALS_H
#define RUNTIME_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct err;

struct signals {
  int fd; /* readable when SIGTERM came */
  bool stopped;
  sigset_t previous;
};

/* Blocks SIGTERM for this process, and ignores SIGPIPE: a lost connection is an error of its call. ERR_INTERNAL when the
 * system refuses. */
bool signals_open(struct signals *signals, struct err *e);

/* True once SIGTERM came. */
bool signals_stopped(struct signals *signals);

/* Lets SIGTERM through again. */
void signals_close(struct signals *signals);

#endif
