/* A small table: each entry has an arena of its own, which is wiped as a whole when the entry ends. */
#include "secret_cache.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"

struct entry {
  struct arena *arena; /* made when the entry is first used */
  sv key;              /* empty: the entry is free */
  sv value;
  int64_t until_ms;
};

struct secret_cache {
  struct entry entries[LIMIT_SECRETS];
};

struct secret_cache *secret_cache_open(struct arena *arena) {
  return arena_alloc(arena, sizeof(struct secret_cache));
}

void secret_cache_close(struct secret_cache *cache) {
  for (size_t i = 0; cache && i < LIMIT_SECRETS; i++) {
    arena_drop(cache->entries[i].arena);
    cache->entries[i] = (struct entry){.until_ms = 0};
  }
}

static size_t find(const struct secret_cache *cache, sv key) {
  size_t i = 0;
  while (i < LIMIT_SECRETS && !(key.len && sv_eq(cache->entries[i].key, key))) {
    i++;
  }
  return i;
}

bool secret_cache_get(const struct secret_cache *cache, sv key, int64_t now_ms, sv *value) {
  size_t at = find(cache, key);
  if (at == LIMIT_SECRETS || cache->entries[at].until_ms <= now_ms) {
    return false;
  }
  *value = cache->entries[at].value;
  return true;
}

static void empty(struct entry *entry) {
  if (entry->arena) {
    arena_reset(entry->arena);
  }
  *entry = (struct entry){.arena = entry->arena};
}

void secret_cache_drop(struct secret_cache *cache, sv key) {
  size_t at = find(cache, key);
  if (at < LIMIT_SECRETS) {
    empty(&cache->entries[at]);
  }
}

/* The key's entry, else a free one, else the one that ends first. */
static struct entry *choose(struct secret_cache *cache, sv key) {
  size_t at = find(cache, key);
  if (at < LIMIT_SECRETS) {
    return &cache->entries[at];
  }
  at = 0;
  for (size_t i = 1; i < LIMIT_SECRETS; i++) {
    at = cache->entries[i].until_ms < cache->entries[at].until_ms ? i : at;
  }
  return &cache->entries[at];
}

bool secret_cache_put(struct secret_cache *cache, sv key, sv value, int64_t until_ms, struct err *e) {
  struct entry *entry = choose(cache, key);
  if (!entry->arena) {
    entry->arena = arena_new(LIMIT_SECRET_ENTRY_BYTES);
  }
  empty(entry);
  if (!entry->arena) {
    return err_memory(e);
  }
  struct entry made = {entry->arena, sv_copy(entry->arena, key), sv_copy(entry->arena, value), until_ms};
  if (made.key.len != key.len || made.value.len != value.len) {
    return err_memory(e);
  }
  *entry = made;
  return true;
}
