/* The function: an event in, one step of a run, a response out. The Lambda loop and the command line both call this. */
#ifndef ARAZZO_HANDLER_H
#define ARAZZO_HANDLER_H

#include <stdbool.h>
#include <stdint.h>

#include "configuration.h"
#include "document.h"
#include "scheduler.h"
#include "step.h"

struct logger;
struct metrics;

/* What the function reaches the world by. */
struct platform {
  struct document_reader reader;
  const struct environment *environment;
  struct logger *logger;
  struct transport transport;
  struct clock clock;
  struct entropy entropy;
  struct credentials_provider credentials;
  const struct metrics *metrics;   /* NULL: nothing is counted */
  const struct observer *observer; /* NULL: nobody watches */
};

/* One invocation: what Lambda tells of it. Views that outlive it. */
struct handler_call {
  sv event;
  sv request_id; /* seeds the run id when nothing else does */
  sv function_arn;
  int64_t deadline_ms; /* wall clock */
};

struct handler {
  const struct document *document;
  struct configuration configuration;
  struct api_security security;
  struct scheduler scheduler; /* in scheduler mode */
  const struct metrics *metrics;
  struct engine engine; /* it points to `memory`: an open handler stays where it is */
  struct engine_memory memory;
};

/* What an invocation answers: a response (section "response" of the contract), or an error for the caller to mend. */
struct answer {
  bool failed;
  sv response;            /* JSON */
  const char *error_name; /* "Arazzo.InvalidEvent" … */
  sv error_message;
};

/* Loads the documents that the configuration names. On error `*error_name` is the Lambda error's name
 * ("Arazzo.InvalidDocument", "Arazzo.InvalidConfiguration"). The platform must outlive the handler. */
bool handler_open(struct handler *handler, struct arena *arena, const struct configuration *configuration,
                  const struct platform *platform, const char **error_name, struct err *e);

/* Wipes the secrets that are kept. Also for a handler that failed to open, and for one that is all zero. */
void handler_close(struct handler *handler);

/* The run that an event starts or goes on with, as handler_invoke makes it; nothing is sent. False: `out` has the error. */
bool handler_prepare(const struct handler *handler, const struct handler_call *call, struct arena *arena,
                     struct run *run, struct answer *out);

/* One invocation; texts of the answer live in the arena. */
void handler_invoke(const struct handler *handler, const struct handler_call *call, struct arena *arena,
                    struct answer *out);

#endif
