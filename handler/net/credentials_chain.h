/* Credentials from the first of several sources that has some, kept until shortly before they expire. */
#ifndef ARAZZO_CREDENTIALS_CHAIN_H
#define ARAZZO_CREDENTIALS_CHAIN_H

#include "credentials.h"

struct credentials_chain;

/* A chain in the arena; nothing is loaded yet. The sources, which are asked in their order, and the environment must outlive it.
 * NULL with ERR_MEMORY. End it with credentials_chain_close. A program of its own uses credentials_chain_start. */
struct credentials_chain *credentials_chain_open(struct arena *arena, const struct credentials_world *world,
                                                 credentials_load *const *sources, size_t count, struct err *e);

/* The same with the system's clock and entropy: endpoints that give credentials are asked over `transport`, `max_attempts` times at
 * most. */
struct credentials_chain *credentials_chain_start(struct arena *arena, const struct environment *environment,
                                                  const struct transport *transport, unsigned max_attempts,
                                                  credentials_load *const *sources, size_t count, struct err *e);

/* Wipes what is kept. NULL is ignored. */
void credentials_chain_close(struct credentials_chain *chain);

/* The chain as a provider, valid until credentials_chain_close. Credentials are renewed from LIMIT_CREDENTIALS_RENEW_MS before they
 * expire. When that fails they are used as long as LIMIT_CREDENTIALS_LAST_MS of their time are left, and renewing them is tried
 * again after LIMIT_CREDENTIALS_PAUSE_MS. Not for use by several threads at once. */
struct credentials_provider credentials_chain_provider(struct credentials_chain *chain);

#endif
