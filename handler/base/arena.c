/* Arena over a list of malloc'ed chunks. A chunk serves small pieces one after the other; a piece that is larger than a
 * chunk gets a chunk of its own. Nothing is freed singly. The last piece can grow in place, which makes string builders
 * cheap. Memory is wiped before it goes back to the system, since an invocation's arena holds signed requests. A reset keeps
 * one chunk: with musl's malloc each one is an mmap, a page fault and a munmap, which cost more than an invocation's cycle. */
#include "arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define ALIGNMENT alignof(max_align_t)

struct chunk {
  struct chunk *next;
  size_t size;
  size_t used;
  alignas(max_align_t) char data[];
};

struct arena {
  struct chunk *head;
  size_t budget_bytes;
  size_t used_bytes;
  long fail_after;
};

struct arena *arena_new(size_t budget_bytes) {
  struct arena *arena = calloc(1, sizeof *arena);
  if (arena) {
    arena->budget_bytes = budget_bytes;
    arena->fail_after = -1;
  }
  return arena;
}

static struct chunk *add_chunk(struct arena *arena, size_t size) {
#ifdef ARENA_DEBUG
  size_t room = size;
#else
  size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;
#endif
  struct chunk *chunk = malloc(sizeof *chunk + room);
  if (chunk) {
    *chunk = (struct chunk){.next = arena->head, .size = room};
    arena->head = chunk;
  }
  return chunk;
}

static bool may_allocate(struct arena *arena, size_t size) {
  if (arena->fail_after == 0) {
    return false;
  }
  if (arena->fail_after > 0) {
    arena->fail_after--;
  }
  return size <= arena->budget_bytes - arena->used_bytes;
}

static size_t padded(size_t size) {
#ifdef ARENA_DEBUG
  return size;
#else
  return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
#endif
}

void *arena_alloc(struct arena *arena, size_t size) {
  if (size == 0 || size > SIZE_MAX / 2 || !may_allocate(arena, padded(size))) {
    return NULL;
  }
  size_t wanted = padded(size);
  struct chunk *chunk = arena->head;
  if (!chunk || chunk->size - chunk->used < wanted) {
    chunk = add_chunk(arena, wanted);
  }
  if (!chunk) {
    return NULL;
  }
  void *piece = chunk->data + chunk->used;
  chunk->used += wanted;
  arena->used_bytes += wanted;
  return memset(piece, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
  return size && count > SIZE_MAX / size ? NULL : arena_alloc(arena, count * size);
}

/* True when `old` is the newest piece and its chunk has room for the larger size. */
static bool grows_in_place(const struct arena *arena, const char *old, size_t old_size, size_t new_size) {
  const struct chunk *chunk = arena->head;
  if (!chunk || old + padded(old_size) != chunk->data + chunk->used) {
    return false;
  }
  return padded(new_size) - padded(old_size) <= chunk->size - chunk->used;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size) {
  if (old && new_size >= old_size && new_size <= SIZE_MAX / 2 && grows_in_place(arena, old, old_size, new_size)) {
    size_t more = padded(new_size) - padded(old_size);
    if (!may_allocate(arena, more)) {
      return NULL;
    }
    arena->head->used += more;
    arena->used_bytes += more;
    memset((char *)old + old_size, 0, new_size - old_size);
    return old;
  }
  char *piece = arena_alloc(arena, new_size);
  if (piece && old && old_size) {
    memcpy(piece, old, old_size < new_size ? old_size : new_size);
  }
  return piece;
}

static bool worth_keeping(const struct chunk *chunk) {
#ifdef ARENA_DEBUG
  (void)chunk;
  return false;
#else
  return chunk->size == CHUNK_BYTES;
#endif
}

void arena_reset(struct arena *arena) {
  struct chunk *kept = NULL;
  while (arena->head) {
    struct chunk *chunk = arena->head;
    arena->head = chunk->next;
    explicit_bzero(chunk->data, chunk->used);
    if (!kept && worth_keeping(chunk)) {
      *chunk = (struct chunk){.size = CHUNK_BYTES};
      kept = chunk;
    } else {
      free(chunk);
    }
  }
  arena->head = kept;
  arena->used_bytes = 0;
}

void arena_drop(struct arena *arena) {
  if (arena) {
    arena_reset(arena);
    free(arena->head);
    free(arena);
  }
}

void arena_add_budget(struct arena *arena, size_t more_bytes) {
  arena->budget_bytes += more_bytes;
}

size_t arena_used_bytes(const struct arena *arena) {
  return arena->used_bytes;
}

void arena_fail_after(struct arena *arena, long n) {
  arena->fail_after = n;
}
