/* Arena: memory that is handed out piece by piece, bounded by a budget, and dropped as a whole.
 *
 * One arena holds the loaded documents, another one each invocation. Built with ARENA_DEBUG every piece is a malloc of
 * its own, so that AddressSanitizer and valgrind see each out-of-bounds access and each use after the end. */
#ifndef ARAZZO_ARENA_H
#define ARAZZO_ARENA_H

#include <stddef.h>

struct arena;

/* A new arena that hands out at most `budget_bytes`; NULL when the system has no memory. End it with arena_drop. */
struct arena *arena_new(size_t budget_bytes);

/* Memory of `size` bytes, set to zero, aligned for every type; NULL when the budget is used up. Lives as long as the arena. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same for `count` elements of `size` bytes; NULL also when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Makes `old` (of `old_size` bytes) larger, in place where possible; the content moves with it. NULL as arena_alloc. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* Gives all memory back but one wiped chunk, and keeps the arena and its budget. What it held is gone. */
void arena_reset(struct arena *arena);

/* Gives everything back, the arena too. NULL is ignored. */
void arena_drop(struct arena *arena);

/* Raises the budget: a reserve for saying what happened when it is used up. */
void arena_add_budget(struct arena *arena, size_t more_bytes);

size_t arena_used_bytes(const struct arena *arena);

/* For tests: the n-th allocation from now on fails, and every later one (0: the next). A negative n ends this mode. */
void arena_fail_after(struct arena *arena, long n);

#endif
