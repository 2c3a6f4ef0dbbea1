/* One HTTP request and its answer on a connection that is kept: what libcurl does for the Runtime API, and no more. */
#ifndef RUNTIME_EXCHANGE_H
#define RUNTIME_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "sv.h"

struct err;

#define EXCHANGE_HEADERS_COUNT 5
#define EXCHANGE_NOT_WATCHED (-1)

/* Where an answer with status 200 goes while it arrives. Answers with another status are dropped, but for the status. */
struct exchange_sink {
  void (*begin)(void *context);                     /* an answer is about to come: forget an earlier attempt's */
  void (*header)(void *context, sv name, sv value); /* trimmed; valid during the call */
  bool (*body)(void *context, sv piece, int64_t total_bytes); /* total: -1 when not announced; false: give up */
  void *context;
};

struct exchange_request {
  const char *url;
  bool is_post;
  char *headers[EXCHANGE_HEADERS_COUNT]; /* whole lines; a NULL ends them */
  sv body;
  const struct exchange_sink *sink; /* NULL: only the status matters */
  int stop_fd; /* while the answer has not begun, give up once this is readable; or EXCHANGE_NOT_WATCHED */
};

/* How far it got: what decides whether it may be sent again. */
enum exchange_end {
  EXCHANGE_ANSWERED,
  EXCHANGE_NOT_SENT, /* no byte of the request went out */
  EXCHANGE_LOST,     /* bytes went out, no whole answer came back */
  EXCHANGE_STOPPED   /* by stop_fd */
};

struct exchange {
  CURL *easy;
  CURLM *multi;
  const struct exchange_request *request; /* while it runs */
  bool answer_began;
  int status;         /* of the last answer */
  const char *reason; /* why there was no answer, in libcurl's words */
};

/* Makes it ready; connects with the first request. ERR_NETWORK when libcurl can't be initialised. */
bool exchange_open(struct exchange *exchange, struct err *e);

/* Closes the connection and gives everything back. */
void exchange_close(struct exchange *exchange);

/* Sends once and waits for the answer without any limit of time: the sandbox may be frozen for hours in between. Sets
 * `status` or `reason`. */
enum exchange_end exchange_run(struct exchange *exchange, const struct exchange_request *request);

#endif
