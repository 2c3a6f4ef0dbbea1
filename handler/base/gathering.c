/* Gathering errors. They hang on each other (err.more), so that upper layers add place and path to all of them at once, and need not
 * know that there are several. What is compiled many times, as a workflow's parameters are for each of its steps, is told
 * once: an error is recognised by a digest (FNV-1a, 64 bits) of its place and text. */
#include "gathering.h"

#include "arena.h"
#include "limits.h"

bool gathering_open(struct gathering *gathering, struct arena *arena, struct err *e) {
  *gathering = (struct gathering){.arena = arena};
  gathering->seen = arena_array(arena, LIMIT_FINDINGS, sizeof *gathering->seen);
  return gathering->seen || err_memory(e);
}

static uint64_t digest_text(uint64_t digest, const char *text) {
  for (; *text; text++) {
    digest = (digest ^ (unsigned char)*text) * UINT64_C(1099511628211);
  }
  return (digest ^ '\n') * UINT64_C(1099511628211);
}

static uint64_t digest_of(const struct err *e) {
  uint64_t digest = UINT64_C(14695981039346656037) ^ ((uint64_t)e->line << 32 | e->column);
  return digest_text(digest_text(digest, e->file), e->text);
}

/* Whether the error is new and has room. */
static bool note(struct gathering *gathering, const struct err *e) {
  uint64_t digest = digest_of(e);
  for (size_t i = 0; i < gathering->count; i++) {
    if (gathering->seen[i] == digest) {
      return false;
    }
  }
  if (gathering->count == LIMIT_FINDINGS) {
    gathering->left_out++;
    return false;
  }
  gathering->seen[gathering->count++] = digest;
  return true;
}

static void count(struct gathering *gathering, struct err *e) {
  if (!e->is_counted && e->code != ERR_KNOWN && !note(gathering, e)) {
    struct err *more = e->more;
    err_clear(e);
    err_record(e, ERR_KNOWN, "told already");
    e->more = more;
  }
  e->is_counted = true;
}

/* Puts a copy behind the last error. */
static bool append(struct arena *arena, const struct err *one, struct err *all) {
  struct err *made = arena_alloc(arena, sizeof *made);
  if (!made) {
    err_clear(all);
    return err_memory(all);
  }
  *made = *one;
  while (all->more) {
    all = all->more;
  }
  all->more = made;
  return true;
}

bool gather(struct gathering *gathering, struct err *one, struct err *all) {
  if (!gathering || one->code == ERR_MEMORY || one->code == ERR_INTERNAL) {
    *all = *one;
    return false;
  }
  count(gathering, one);
  bool is_first = all->code == ERR_NONE;
  bool is_silent = one->code == ERR_KNOWN && !one->more;
  if (is_first) {
    *all = *one;
  }
  if (!is_first && !is_silent && !append(gathering->arena, one, all)) {
    return false;
  }
  err_clear(one);
  return true;
}

const struct err *gathered_from(const struct err *e) {
  while (e && (e->code == ERR_KNOWN || e->code == ERR_NONE)) {
    e = e->more;
  }
  return e;
}
