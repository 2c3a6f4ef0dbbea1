/* The credentials of AWS's tools in their order: each source is asked whether it has some, and the first that has decides. A
 * source that is configured but fails ends the search: what comes after it would be somebody else's credentials.
 *
 * What was found is kept for later requests and invocations, in an arena of its own. Fresh ones are loaded into a second arena, so
 * that the old ones stay when that fails; then the old arena is wiped. As AWS's tools do it, renewal starts 15 minutes before the
 * end, and a failed one matters only when the end is near. Nothing runs in the background: a renewal takes its time from the
 * request that needs the credentials, so a failed one is not repeated for each request. */
#include "credentials_chain.h"

#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"

struct credentials_chain {
  struct credentials_world world;
  credentials_load *const *sources;
  size_t count;
  struct arena *arena; /* of what is kept */
  struct arena *spare; /* of what is being loaded; empty between two calls */
  struct credentials_found kept;
  int64_t pause_end_ms; /* wall clock: no renewal before it, unless there is nothing that can be used */
  bool is_refused;
};

struct credentials_chain *credentials_chain_open(struct arena *arena, const struct credentials_world *world,
                                                 credentials_load *const *sources, size_t count, struct err *e) {
  struct credentials_chain *chain = arena_alloc(arena, sizeof *chain);
  if (!chain) {
    err_memory(e);
    return NULL;
  }
  *chain = (struct credentials_chain){.world = *world, .sources = sources, .count = count};
  chain->arena = arena_new(LIMIT_CREDENTIALS_ARENA_BYTES);
  chain->spare = arena_new(LIMIT_CREDENTIALS_ARENA_BYTES);
  if (!chain->arena || !chain->spare) {
    credentials_chain_close(chain);
    err_memory(e);
    return NULL;
  }
  return chain;
}

struct credentials_chain *credentials_chain_start(struct arena *arena, const struct environment *environment,
                                                  const struct transport *transport, unsigned max_attempts,
                                                  credentials_load *const *sources, size_t count, struct err *e) {
  struct credentials_world world = {
      .environment = environment,
      .inquiry = {.transport = *transport,
                  .clock = clock_system(),
                  .entropy = entropy_system(),
                  .max_attempts = max_attempts},
  };
  return credentials_chain_open(arena, &world, sources, count, e);
}

void credentials_chain_close(struct credentials_chain *chain) {
  if (chain) {
    arena_drop(chain->arena);
    arena_drop(chain->spare);
    chain->arena = chain->spare = NULL;
  }
}

static bool nothing_found(struct err *e) {
  return err_set(
      e, ERR_UNRESOLVED,
      "there are no AWS credentials to sign the request with: AWS_ACCESS_KEY_ID is not set, and nothing else "
      "gives them (Lambda sets it from the function's execution role)");
}

static bool ask_sources(struct credentials_chain *chain, int64_t deadline_ms, struct credentials_found *out,
                        struct err *e) {
  for (size_t i = 0; i < chain->count; i++) {
    if (!chain->sources[i](&chain->world, chain->spare, deadline_ms, out, e)) {
      return false;
    }
    if (out->is_found) {
      return true;
    }
  }
  return nothing_found(e);
}

static bool check_expiration(const struct credentials_found *found, int64_t now_ms, struct err *e) {
  return found->expires_ms == 0 || found->expires_ms > now_ms ||
         err_set(e, ERR_INVALID,
                 "the AWS credentials that were just read have already expired; renew them where they "
                 "come from");
}

/* Views of the environment are copied as well: the process may change it. */
static bool copy(struct arena *arena, sv *text, struct err *e) {
  size_t length = text->len;
  *text = sv_copy(arena, *text);
  return text->len == length || err_memory(e);
}

static bool load(struct credentials_chain *chain, int64_t deadline_ms, struct err *e) {
  struct credentials_found found = {.is_found = false};
  if (!ask_sources(chain, deadline_ms, &found, e) ||
      !check_expiration(&found, clock_wall_ms(&chain->world.inquiry.clock), e) ||
      !copy(chain->spare, &found.credentials.access_key_id, e) ||
      !copy(chain->spare, &found.credentials.secret_access_key, e) ||
      !copy(chain->spare, &found.credentials.session_token, e)) {
    arena_reset(chain->spare);
    return false;
  }
  struct arena *old = chain->arena;
  chain->arena = chain->spare;
  chain->spare = old;
  arena_reset(old);
  chain->kept = found;
  chain->is_refused = false;
  return true;
}

/* How long what is kept can be used; the longest time when it does not expire. */
static int64_t left_ms(const struct credentials_chain *chain, int64_t now_ms) {
  if (!chain->kept.is_found) {
    return 0;
  }
  return chain->kept.expires_ms ? chain->kept.expires_ms - now_ms : INT64_MAX;
}

static bool is_due(const struct credentials_chain *chain, int64_t now_ms) {
  int64_t left = left_ms(chain, now_ms);
  bool can_be_used = left > LIMIT_CREDENTIALS_LAST_MS && !chain->is_refused;
  return !can_be_used || (left <= LIMIT_CREDENTIALS_RENEW_MS && now_ms >= chain->pause_end_ms);
}

static bool get(void *context, int64_t deadline_ms, struct credentials *out, struct err *e) {
  struct credentials_chain *chain = context;
  int64_t now_ms = clock_wall_ms(&chain->world.inquiry.clock);
  struct err why;
  err_clear(&why);
  if (is_due(chain, now_ms)) {
    bool good = load(chain, deadline_ms, &why);
    chain->pause_end_ms = now_ms + LIMIT_CREDENTIALS_PAUSE_MS;
    if (!good && left_ms(chain, now_ms) <= LIMIT_CREDENTIALS_LAST_MS) {
      *e = why;
      return false;
    }
  }
  *out = chain->kept.credentials;
  return true;
}

static void refuse(void *context) {
  ((struct credentials_chain *)context)->is_refused = true;
}

struct credentials_provider credentials_chain_provider(struct credentials_chain *chain) {
  return (struct credentials_provider){.get = get, .refuse = refuse, .context = chain};
}
