/* Secrets and tokens that were fetched, kept for later requests and invocations. */
#ifndef ARAZZO_SECRET_CACHE_H
#define ARAZZO_SECRET_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

struct arena;
struct err;
struct secret_cache;

/* An empty cache in the arena, of LIMIT_SECRETS entries; NULL when the arena is exhausted. End it with secret_cache_close. */
struct secret_cache *secret_cache_open(struct arena *arena);

/* Wipes everything. NULL is ignored. */
void secret_cache_close(struct secret_cache *cache);

/* What is kept under the key and good at `now_ms` (wall clock); a view that lives until the next put or drop. */
bool secret_cache_get(const struct secret_cache *cache, sv key, int64_t now_ms, sv *value);

/* Keeps a copy until `until_ms` (wall clock), in place of what the key had, which is wiped; a full cache forgets what ends first.
 * ERR_MEMORY. */
bool secret_cache_put(struct secret_cache *cache, sv key, sv value, int64_t until_ms, struct err *e);

/* Wipes what is kept under the key, if it is there. */
void secret_cache_drop(struct secret_cache *cache, sv key);

#endif
