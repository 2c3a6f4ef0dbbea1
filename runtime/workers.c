/* One parent that only waits, and workers that share what init has loaded (copy on write). A worker that fails ends the
 * whole sandbox, as the single process would: the platform then starts a new one from a known state. A worker gets SIGTERM
 * when its parent dies, so that no loop is left behind.
 *
 * No worker is started again, and none is given work: each asks the Runtime API for itself. */
#include "workers.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "limits.h"
#include "logger.h"

struct workers {
  pid_t pids[LIMIT_RUNTIME_WORKERS];
  size_t count;
  bool failed;
  struct logger *logger;
};

static void stop_all(const struct workers *workers) {
  for (size_t i = 0; i < workers->count; i++) {
    kill(workers->pids[i], SIGTERM);
  }
}

static _Noreturn void work(pid_t parent, int (*serve)(void *context), void *context) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) {
    _exit(1); /* it died before the line above */
  }
  exit(serve(context));
}

static void start(struct workers *workers, size_t count, int (*serve)(void *context), void *context) {
  pid_t parent = getpid();
  while (workers->count < count) {
    pid_t pid = fork();
    if (pid == 0) {
      work(parent, serve, context);
    }
    if (pid < 0) {
      LOG(workers->logger, LOG_FATAL, "a worker process can't be started; ending", log_integer("errno", errno));
      workers->failed = true;
      return;
    }
    workers->pids[workers->count++] = pid;
  }
}

/* Takes the worker off the list and remembers whether it failed. */
static void note_end(struct workers *workers, pid_t pid, int status) {
  bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!clean) {
    workers->failed = true;
    LOG(workers->logger, LOG_ERROR, "a worker process failed; ending the others", log_integer("pid", pid),
        log_integer("exitStatus", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
        log_integer("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
  }
  for (size_t i = 0; i < workers->count; i++) {
    if (workers->pids[i] == pid) {
      workers->pids[i] = workers->pids[--workers->count];
    }
  }
}

static void reap(struct workers *workers) {
  int status = 0;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    note_end(workers, pid, status);
  }
}

int workers_run(size_t count, int (*serve)(void *context), void *context, struct logger *logger) {
  struct workers workers = {.logger = logger};
  sigset_t wanted;
  sigset_t previous;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGCHLD);
  sigprocmask(SIG_BLOCK, &wanted, &previous);
  start(&workers, count, serve, context);
  if (workers.failed) {
    stop_all(&workers);
  }
  while (workers.count) {
    bool failed_before = workers.failed;
    if (sigwaitinfo(&wanted, NULL) == SIGTERM) {
      stop_all(&workers);
    }
    reap(&workers);
    if (workers.failed && !failed_before) {
      stop_all(&workers);
    }
  }
  sigprocmask(SIG_SETMASK, &previous, NULL);
  return workers.failed ? 1 : 0;
}
