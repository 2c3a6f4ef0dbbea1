/* The parts of a SigV4 canonical request that are one text for every spelling of the same request. */
#ifndef ARAZZO_SIGV4_CANONICAL_H
#define ARAZZO_SIGV4_CANONICAL_H

#include <stdbool.h>

#include "http.h"

struct sb;

/* What becomes of a path. */
struct canonical_path_rules {
  bool normalize;     /* remove dot segments and repeated slashes */
  bool double_encode; /* encode each segment as it is on the wire once more, instead of bringing it into one spelling */
};

struct canonical_headers {
  sv lines; /* "name:value", joined by LF */
  sv names; /* the signed headers' names, joined by ';' */
};

/* Appends the path of a URL; an empty one is "/". ERR_MEMORY, ERR_LIMIT. */
bool canonical_put_path(struct sb *out, sv path, struct canonical_path_rules rules, struct err *e);

/* Appends a URL's query (without '?'), its pairs sorted and in one spelling. ERR_MEMORY, ERR_LIMIT. */
bool canonical_put_query(struct sb *out, sv query, struct err *e);

/* The headers that are signed; X-Amz-Security-Token is one of them unless `without_token`. The texts live in the arena.
 * ERR_MEMORY; ERR_LIMIT beyond LIMIT_CANONICAL_REQUEST_BYTES. */
bool canonical_read_headers(struct arena *arena, const struct http_headers *headers, bool without_token,
                            struct canonical_headers *out, struct err *e);

#endif
