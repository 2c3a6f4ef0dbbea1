/* The calls of the Lambda Runtime API, and what their answers mean for the loop. */
#ifndef RUNTIME_API_H
#define RUNTIME_API_H

#include <stdbool.h>

#include "delivery.h"
#include "exchange.h"
#include "limits.h"
#include "sv.h"

struct arena;
struct err;
struct logger;
struct signals;

enum api_outcome {
  API_DONE,    /* go on */
  API_SKIPPED, /* of next: what came can't be answered; ask again */
  API_STOPPED, /* SIGTERM came: exit 0 */
  API_FAILED   /* exit 1; what happened is logged */
};

#define API_URL_BYTES (LIMIT_RUNTIME_ADDRESS_BYTES + LIMIT_REQUEST_ID_BYTES + 96)

struct api {
  struct exchange exchange;
  struct logger *logger;
  struct signals *signals;
  struct arena *arena; /* headers of the current invocation, error reports */
  sv address;
  char url[API_URL_BYTES];
};

/* True for what may be AWS_LAMBDA_RUNTIME_API: "host:port", of letters, digits and "-._:[]" only. */
bool api_address_usable(sv address);

/* Makes a connection ready, for `address` (usable, outlives the api). ERR_MEMORY, ERR_NETWORK. Close it in any case. */
bool api_open(struct api *api, sv address, struct logger *logger, struct signals *signals, struct err *e);
void api_close(struct api *api);

/* GET /invocation/next: waits for the next invocation; its header values live in the api's arena until the next call. */
enum api_outcome api_next(struct api *api, struct delivery *delivery);

/* POST /invocation/{id}/response, or /error when `result` failed or its payload is larger than Lambda takes. */
enum api_outcome api_answer(struct api *api, const struct delivery *delivery, const struct lambda_result *result);

/* POST /init/error and /restore/error: the process then ends whatever the answer is. */
void api_init_error(struct api *api, const struct lambda_result *result);
void api_restore_error(struct api *api, const struct lambda_result *result);

/* GET /restore/next: returns when this process was restored from its snapshot. */
enum api_outcome api_restore_next(struct api *api);

#endif
