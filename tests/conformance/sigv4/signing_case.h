/* A signing case as JSON (the form of the suite's file) turned into a request, settings and a signature. */
#ifndef ARAZZO_SIGNING_CASE_H
#define ARAZZO_SIGNING_CASE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "sigv4.h"

struct arena;
struct err;

/* Signs the case: method, target (behind "https://" and the Host header, or behind "origin"), headers, body, region,
 * service, timestamp, credentials, flags. The signed request is `*request`; its texts are the case's and the arena's.
 */
bool signing_case_sign(struct arena *arena, const cJSON *data, struct http_request *request,
                       struct sigv4_result *result, struct err *e);

/* The same with the signature in the query, valid for "expires" seconds. */
bool signing_case_presign(struct arena *arena, const cJSON *data, struct http_request *request,
                          struct sigv4_result *result, struct err *e);

#endif
