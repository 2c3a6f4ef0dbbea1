/* "Process credential provider", AWS SDKs and Tools Reference Guide: the program prints {"Version": 1, "AccessKeyId",
 * "SecretAccessKey", "SessionToken", "Expiration"} and exits with 0.
 *
 * A program that does not end is killed when its time is over; what it printed lives in the caller's arena alone. A program that
 * it started in turn, and that keeps the pipe open, is not waited for. */
#include "credentials_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "credentials_json.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "shell_words.h"

#define WAIT_MS 10 /* between two looks at the program */

/* A program under way. */
struct child {
  const struct clock *clock;
  int64_t end_us; /* of its time, on the monotonic clock */
  pid_t id;
  int output;
  int status;
  bool has_ended; /* then `id` may be another program's, and `status` is how it ended */
};

static int64_t left_ms(const struct child *child) {
  return (child->end_us - clock_monotonic_us(child->clock)) / 1000;
}

static bool late(struct err *e) {
  return err_set(e, ERR_TIMEOUT, "it did not end in the time that it has");
}

/* Gives 0, or an error number. */
static int spawn(char **words, int output, pid_t *id) {
  posix_spawn_file_actions_t actions;
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure) {
    return failure;
  }
  failure = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  failure = failure ? failure : posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  failure = failure ? failure : posix_spawnp(id, words[0], &actions, NULL, words, environment_for_children());
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

static bool start(struct child *child, char **words, struct err *e) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return err_set(e, ERR_INTERNAL, "no pipe could be made (%s)", strerror(errno));
  }
  int failure = spawn(words, ends[1], &child->id);
  close(ends[1]);
  child->output = ends[0];
  if (failure) {
    close(ends[0]);
    return err_set(e, ERR_INVALID, "'%s' can't be started (%s)", words[0], strerror(failure));
  }
  return true;
}

static bool look_for_end(struct child *child, struct err *e) {
  pid_t ended = child->has_ended ? child->id : waitpid(child->id, &child->status, WNOHANG);
  child->has_ended = ended == child->id;
  return ended >= 0 || err_set(e, ERR_INTERNAL, "its end can't be waited for (%s)", strerror(errno));
}

/* `*is_there`: there is something to read, or the output ends; else the program has ended, and nothing of it is left to read. */
static bool wait_for_output(struct child *child, bool *is_there, struct err *e) {
  struct pollfd ready = {.fd = child->output, .events = POLLIN};
  for (;;) {
    int64_t left = left_ms(child);
    if (left <= 0) {
      return late(e);
    }
    if (!look_for_end(child, e)) {
      return false;
    }
    int wait_ms = left < WAIT_MS ? (int)left : WAIT_MS;
    int count = poll(&ready, 1, child->has_ended ? 0 : wait_ms);
    *is_there = count > 0;
    if (count > 0 || (count == 0 && child->has_ended)) {
      return true;
    }
    if (count < 0 && errno != EINTR) {
      return err_set(e, ERR_INTERNAL, "its output can't be waited for (%s)", strerror(errno));
    }
  }
}

static bool read_output(struct child *child, struct sb *text, struct err *e) {
  char buffer[4096];
  ssize_t got = 1;
  bool good = true;
  while (good && got > 0) {
    bool is_there = false;
    good = wait_for_output(child, &is_there, e);
    got = good && is_there ? read(child->output, buffer, sizeof buffer) : 0;
    if (got > 0) {
      sb_put(text, (sv){buffer, (size_t)got});
      good = sb_check(text, "its output", e);
    }
  }
  explicit_bzero(buffer, sizeof buffer);
  return good && (got == 0 || err_set(e, ERR_INVALID, "its output can't be read (%s)", strerror(errno)));
}

static bool judge_end(int status, struct err *e) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return true;
  }
  return WIFEXITED(status) ? err_set(e, ERR_INVALID, "it ended with the status %d", WEXITSTATUS(status))
                           : err_set(e, ERR_INVALID, "it was ended by the signal %d", WTERMSIG(status));
}

static bool wait_for_end(struct child *child, struct err *e) {
  bool good = look_for_end(child, e);
  while (good && !child->has_ended && left_ms(child) > 0) {
    clock_sleep_ms(child->clock, WAIT_MS);
    good = look_for_end(child, e);
  }
  return good && (child->has_ended ? judge_end(child->status, e) : late(e));
}

/* Whatever went wrong before, it does not run on. */
static void end(const struct child *child) {
  if (child->has_ended) {
    return;
  }
  kill(child->id, SIGKILL);
  while (waitpid(child->id, NULL, 0) < 0 && errno == EINTR) {
  }
}

static bool run(struct child *child, char **words, struct sb *text, struct err *e) {
  if (!start(child, words, e)) {
    return false;
  }
  bool is_read = read_output(child, text, e);
  close(child->output);
  bool good = is_read && wait_for_end(child, e);
  end(child);
  return good;
}

bool credentials_from_process(const struct credentials_world *world, struct arena *arena, sv command,
                              int64_t deadline_ms, struct credentials_found *out, struct err *e) {
  const struct clock *clock = &world->inquiry.clock;
  int64_t left = deadline_ms - clock_wall_ms(clock);
  struct child child = {.clock = clock};
  struct sb text = sb_new(arena, LIMIT_CREDENTIAL_PROCESS_BYTES);
  char **words = NULL;
  left = left < LIMIT_CREDENTIAL_PROCESS_MS ? left : LIMIT_CREDENTIAL_PROCESS_MS;
  child.end_us = clock_monotonic_us(clock) + left * 1000;
  return shell_words_split(arena, command, &words, e) && run(&child, words, &text, e) &&
         credentials_read_json(arena, sb_view(&text), CREDENTIALS_OF_PROCESS, out, e);
}
