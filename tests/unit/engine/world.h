/* The world of a test: a transport that plays replies of a case file and keeps what was sent, a clock that only sleeping
 * moves, dice that always show their middle, an environment from a case, and a logger that counts. */
#ifndef ARAZZO_WORLD_H
#define ARAZZO_WORLD_H

#include "errinfo.h"
#include "logger.h"
#include "step.h"

#include "memory_files.h"

#define WORLD_START_MS INT64_C(1700000000000)
#define WORLD_SENT_COUNT 64

struct sent {
  char method[16];
  char url[2048];
  char body[2048];
  char headers[4096]; /* "Name: value\n" each */
};

struct world {
  const cJSON *replies; /* array; played one after the other */
  size_t played;
  bool repeat_last;         /* plays the last reply again and again */
  const cJSON *environment; /* object of text, over AWS credentials */
  int64_t now_ms;
  struct sent sent[WORLD_SENT_COUNT];
  size_t sent_count;
  struct logger logger;
  size_t log_count;
  long fail_send_at; /* this send fails without a connection; -1: none */
  struct environment variables;
  struct engine_memory memory;
  enum err_code no_credentials; /* why there are none; ERR_NONE: those of the environment */
  size_t refused_count;         /* how often credentials were refused */
  bool has_others;              /* those after a refusal have another key */
  struct api_security security;
};

void world_open(struct world *world);
void world_close(struct world *world);

/* An engine in this world: three tries, polls of 60 seconds, 100 steps, a day. */
struct engine world_engine(struct world *world);

struct transport world_transport(struct world *world);
struct credentials_provider world_credentials(struct world *world);
struct clock world_clock(struct world *world);
struct entropy world_entropy(void);

#endif
