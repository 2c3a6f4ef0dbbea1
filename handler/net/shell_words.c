/* Quoting of POSIX shells (IEEE Std 1003.1, 2.2), without everything that a shell does after it: AWS's tools start a credential
 * process without one.
 *
 * No word is longer than the text, and there are no more of them than half of its bytes, so memory is taken once. */
#include "shell_words.h"

#include "arena.h"
#include "errinfo.h"

struct splitting {
  sv rest;
  char *at; /* where the next character of a word is written */
  struct err *e;
};

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char take(struct splitting *s) {
  char c = s->rest.ptr[0];
  s->rest = sv_slice(s->rest, 1, s->rest.len);
  return c;
}

static bool copy_quoted(struct splitting *s, char quote) {
  while (s->rest.len) {
    char c = take(s);
    if (c == quote) {
      return true;
    }
    bool is_escape = c == '\\' && quote == '"' && s->rest.len && (s->rest.ptr[0] == '"' || s->rest.ptr[0] == '\\');
    *s->at++ = is_escape ? take(s) : c;
  }
  return err_set(s->e, ERR_SYNTAX, "the command has a %s without its end", quote == '"' ? "\"" : "'");
}

static bool copy_word(struct splitting *s) {
  while (s->rest.len && !is_blank(s->rest.ptr[0])) {
    char c = take(s);
    if (c == '\'' || c == '"') {
      if (!copy_quoted(s, c)) {
        return false;
      }
    } else if (c == '\\' && s->rest.len == 0) {
      return err_set(s->e, ERR_SYNTAX, "the command ends in a backslash");
    } else {
      *s->at++ = c == '\\' ? take(s) : c;
    }
  }
  *s->at++ = '\0';
  return true;
}

static void skip_blanks(struct splitting *s) {
  while (s->rest.len && is_blank(s->rest.ptr[0])) {
    take(s);
  }
}

bool shell_words_split(struct arena *arena, sv text, char ***out, struct err *e) {
  struct splitting s = {.rest = text, .e = e};
  size_t count = 0;
  if (sv_find(text, '\0') != text.len) {
    return err_set(e, ERR_INVALID, "the command holds a NUL");
  }
  *out = arena_array(arena, text.len / 2 + 2, sizeof **out);
  s.at = arena_alloc(arena, text.len + 2);
  if (!*out || !s.at) {
    return err_memory(e);
  }
  for (skip_blanks(&s); s.rest.len; skip_blanks(&s)) {
    (*out)[count++] = s.at;
    if (!copy_word(&s)) {
      return false;
    }
  }
  return count || err_set(e, ERR_SYNTAX, "the command has no word");
}
