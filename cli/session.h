/* The function at a terminal: the handler with the process's environment, clock and network. */
#ifndef ARAZZO_SESSION_H
#define ARAZZO_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "fetcher.h"
#include "handler.h"
#include "logger.h"
#include "options.h"

struct credentials_chain;
struct transport_curl;

struct session {
  struct environment environment;
  struct logger logger;
  struct arena *documents;
  struct arena *invocation; /* for one event and its response */
  struct transport_curl *curl;
  struct credentials_chain *credentials;
  struct fetcher fetcher;
  struct handler handler;
};

/* Opens the document. The session must stay where it is until session_close, which also ends one that failed to open. */
bool session_open(struct session *session, const struct options *options, struct err *e);
void session_close(struct session *session);

/* One invocation. False when the event was refused: the error's name and message were printed to stdout as JSON and to
 * stderr as text. The response lives until the arena `session->invocation` is emptied. */
bool session_invoke(struct session *session, sv event, sv *response);

/* A new random id, for runs that nothing else identifies. */
bool session_random_id(struct session *session, sv *out, struct err *e);

/* Reads a stream to its end, at most one byte more than an event may have. */
bool session_read(struct session *session, FILE *file, sv *out, struct err *e);

/* Prints an error for people. */
void session_complain(const struct err *e);

#endif
