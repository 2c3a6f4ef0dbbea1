/* The function at a terminal: the handler with the process's environment, clock and network. */
#ifndef ARAZZO_SESSION_H
#define ARAZZO_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "arguments.h"
#include "fetcher.h"
#include "handler.h"
#include "limits.h"
#include "logger.h"

struct credentials_chain;
struct transport_curl;

/* What a session has in place of the world. What is zero is the world itself. */
struct stage {
  const struct observer *observer;
  const struct transport *transport;
  const struct clock *clock;
  const struct credentials_provider *credentials; /* with these, ARAZZO_SECRETS are not looked at either */
  void (*adjust)(void *context, const struct arguments *arguments, struct configuration *configuration);
  void *context;  /* of adjust, which comes before the options */
  bool is_silent; /* no warnings */
};

struct session {
  struct environment process; /* the process's environment; `environment` is what the options make of it */
  const char *profile;        /* --profile; NULL: not given */
  const char *region;         /* --region; NULL: not given */
  struct environment environment;
  struct logger logger;
  struct arena *documents;
  struct arena *invocation; /* for one event and its response */
  struct transport_curl *curl;
  struct credentials_chain *credentials;
  struct fetcher fetcher;
  struct handler handler;
};

/* The options that every session knows: a command that opens one has them in its table. */
#define SESSION_OPTIONS                                                                                                \
  {"--endpoint-url", OPTION_TEXT, "URL", "send every operation there", 0, 0},                                          \
      {"--server", OPTION_PAIR, "NAME=URL", "send those of one source description there", 0, 0},                       \
      {"--profile", OPTION_TEXT, "NAME", "the profile with credentials and region", 0, 0},                             \
      {"--region", OPTION_TEXT, "NAME", "the region of AWS", 0, 0},                                                    \
      {"--poll-seconds", OPTION_NUMBER, "N", "wait before a step that already ran", 0, LIMIT_POLL_SECONDS_MAX},        \
      {"--max-steps", OPTION_NUMBER, "N", "steps of the run", 1, LIMIT_STEPS_MAX}, {                                   \
    "--fetch", OPTION_FLAG, NULL, "fetch source descriptions that are https URLs", 0, 0                                \
  }

/* Checks them. ERR_INVALID. */
bool session_check_options(const struct arguments *arguments, struct err *e);

/* Opens the document that the first operand names; `stage` may be NULL. The session must stay where it is until session_close, which also ends one that failed to open. */
bool session_open(struct session *session, const struct arguments *arguments, const struct stage *stage, struct err *e);
void session_close(struct session *session);

/* One invocation. False when the event was refused: the error's name and message were printed to stdout as JSON and to
 * stderr as text. The response lives until the arena `session->invocation` is emptied. */
bool session_invoke(struct session *session, sv event, sv *response);

/* Prints why an event was refused: as JSON to stdout, as text to stderr. */
void session_print_refusal(struct session *session, const struct answer *answer);

/* A new random id, for runs that nothing else identifies. */
bool session_random_id(struct session *session, sv *out, struct err *e);

/* Prints an error for people. */
void session_complain(const struct err *e);

#endif
