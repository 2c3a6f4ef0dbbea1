/* Counting signals. Whatever waits looks at the count; nothing is done in the handler itself.
 *
 * Nobody who stops reading (`arazzo run ... 2>&1 | head`) may end a run in the middle, so SIGPIPE is ignored: what is shown is lost,
 * and a response that can't be printed is an error. */
#include "interrupt.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t count;

static void on_signal(int number) {
  (void)number;
  count = count < 2 ? count + 1 : 2;
}

/* `nohup` ignores SIGHUP, so that the run goes on when its terminal is closed. */
static bool is_under_nohup(void) {
  struct sigaction before;
  return sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_IGN;
}

void interrupt_watch(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART; /* what is printed is printed to its end; waiting is interrupted all the same */
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  if (!is_under_nohup()) {
    sigaction(SIGHUP, &action, NULL);
  }
  signal(SIGPIPE, SIG_IGN);
}

bool interrupt_is_wanted(void) {
  return count > 0;
}

bool interrupt_is_urgent(void) {
  return count > 1;
}
