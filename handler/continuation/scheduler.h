/* EventBridge Scheduler: one-time schedules that invoke the function (Amazon EventBridge Scheduler API Reference). */
#ifndef ARAZZO_SCHEDULER_H
#define ARAZZO_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "aws_client.h"
#include "limits.h"

struct scheduler {
  struct aws_client client;
  sv region;
  sv group;
  sv role_arn;        /* that invokes the function */
  sv dead_letter_arn; /* of what could not be delivered; empty: none */
  sv kms_key_arn;     /* for the inputs; empty: AWS's own key */
};

/* A one-time schedule; Scheduler deletes it once it has fired. */
struct schedule {
  sv name;       /* at most 64 of [0-9A-Za-z-_.] */
  int64_t at_ms; /* wall clock, in the future; rounded up to a second */
  sv function_arn;
  sv input;        /* JSON; LIMIT_SCHEDULE_INPUT_BYTES at most */
  sv client_token; /* of a creation: the same one, and it is the same creation */
};

struct schedule_names {
  sv items[LIMIT_SCHEDULE_NAMES];
  size_t count;
  bool is_all; /* there are no more */
};

/* What Scheduler says of a name. */
enum scheduler_answer {
  SCHEDULER_DONE,
  SCHEDULER_CONFLICT, /* the schedule exists, or is being changed */
  SCHEDULER_MISSING   /* there is none */
};

/* Each of these sends one request, again where that may help, until `deadline_ms` (wall clock) at most. Errors: those of aws_client_send;
 * ERR_UNRESOLVED with status and type for an answer that says no, and with the permission that may be missing; ERR_LIMIT for an input that
 * is too long; ERR_MEMORY. */
bool scheduler_create(const struct scheduler *scheduler, struct arena *arena, const struct schedule *schedule,
                      int64_t deadline_ms, enum scheduler_answer *out, struct err *e);

/* Replaces what the schedule says. */
bool scheduler_update(const struct scheduler *scheduler, struct arena *arena, const struct schedule *schedule,
                      int64_t deadline_ms, enum scheduler_answer *out, struct err *e);

bool scheduler_delete(const struct scheduler *scheduler, struct arena *arena, sv name, int64_t deadline_ms,
                      enum scheduler_answer *out, struct err *e);

/* The schedule's input. */
bool scheduler_get(const struct scheduler *scheduler, struct arena *arena, sv name, int64_t deadline_ms, sv *input,
                   enum scheduler_answer *out, struct err *e);

/* The names that begin with `prefix`, as many as there is room for. */
bool scheduler_list(const struct scheduler *scheduler, struct arena *arena, sv prefix, int64_t deadline_ms,
                    struct schedule_names *out, struct err *e);

#endif
