/* JSON text to a tree in the arena, in four steps: a strict scan of the text (json_scan.c), cJSON's parser for the tree,
 * the numbers' exact texts put into the nodes, and a check for duplicate names.
 *
 * The n-th value token of the text is the n-th node of the tree in document order, which is how nodes get their texts
 * and their places. cJSON has one set of allocation hooks for the process, so they are set to the caller's arena under a
 * lock for the duration of a call, and set back: the tree needs no cJSON_Delete.
 *
 * cJSON up to 1.7.18, unless its distributor patched it, cuts numbers at 63 characters. Where the text holds a longer
 * one, cJSON reads a copy in which it is 0.
 *
 * Sources: RFC 8259; RFC 7493 2.3 for refusing duplicate names. */
#include "json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "json_names.h"
#include "json_scan.h"
#include "json_walk.h"

#define CJSON_NUMBER_BYTES ((size_t)63) /* what every version of it reads */

#define TREE_DIFFERS "the tree that cJSON made differs from the text"

static pthread_mutex_t hooks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct arena *hooks_arena;
static bool hooks_failed;

static void *hook_alloc(size_t size) {
  void *piece = arena_alloc(hooks_arena, size);
  hooks_failed |= !piece;
  return piece;
}

static void hook_free(void *piece) {
  (void)piece;
}

static void hooks_set(struct arena *arena) {
  pthread_mutex_lock(&hooks_lock);
  hooks_arena = arena;
  hooks_failed = false;
  cJSON_InitHooks(&(cJSON_Hooks){hook_alloc, hook_free});
}

/* True when an allocation failed since hooks_set. */
static bool hooks_unset(void) {
  bool failed = hooks_failed;
  cJSON_InitHooks(NULL);
  hooks_arena = NULL;
  pthread_mutex_unlock(&hooks_lock);
  return failed;
}

/* What the scan learns about a text. */
struct survey {
  size_t value_count;
  size_t number_count;
  size_t longest_number_bytes;
};

static bool survey_text(sv text, size_t most_values, struct survey *survey, struct err *e) {
  struct json_scan scan = json_scan_begin(text);
  struct json_token token;
  do {
    if (!json_scan_next(&scan, &token, e)) {
      return false;
    }
    if (json_token_is_value(&token) && ++survey->value_count > most_values) {
      err_set(e, ERR_LIMIT, "the JSON text has more than %zu values", most_values);
      return err_at(e, SV(""), token.line, token.column);
    }
    if (token.kind == JSON_TOKEN_NUMBER) {
      survey->number_count++;
      if (token.text.len > survey->longest_number_bytes) {
        survey->longest_number_bytes = token.text.len;
      }
    }
  } while (token.kind != JSON_TOKEN_END);
  return true;
}

/* A copy of the text in which each number that is too long for cJSON is 0 and spaces. */
static bool shorten_numbers(struct arena *arena, sv *text, struct err *e) {
  char *copy = arena_alloc(arena, text->len);
  if (!copy) {
    return err_memory(e);
  }
  memcpy(copy, text->ptr, text->len);
  struct json_scan scan = json_scan_begin(*text);
  struct json_token token;
  do {
    if (!json_scan_next(&scan, &token, e)) {
      return false;
    }
    if (token.kind == JSON_TOKEN_NUMBER && token.text.len > CJSON_NUMBER_BYTES) {
      char *number = copy + (token.text.ptr - text->ptr);
      memset(number, ' ', token.text.len);
      number[0] = '0';
    }
  } while (token.kind != JSON_TOKEN_END);
  *text = (sv){copy, text->len};
  return true;
}

static bool build_tree(struct arena *arena, sv text, const struct survey *survey, json **root, struct err *e) {
  if (survey->longest_number_bytes > CJSON_NUMBER_BYTES && !shorten_numbers(arena, &text, e)) {
    return false;
  }
  hooks_set(arena);
  *root = cJSON_ParseWithLength(text.ptr, text.len);
  bool exhausted = hooks_unset();
  if (*root) {
    return true;
  }
  return exhausted ? err_memory(e) : err_set(e, ERR_INTERNAL, "cJSON does not read JSON text that RFC 8259 allows");
}

/* Puts the exact text into the number node. */
static bool keep_number(struct arena *arena, json *node, sv text, struct err *e) {
  char *copy = arena_alloc(arena, text.len + 1);
  if (!copy) {
    return err_memory(e);
  }
  memcpy(copy, text.ptr, text.len);
  node->valuestring = copy;
  if (text.len > CJSON_NUMBER_BYTES) {
    cJSON_SetNumberHelper(node, strtod(copy, NULL));
  }
  return true;
}

/* Walks text and tree side by side and gives each number node its text. */
static bool keep_numbers(struct arena *arena, sv text, json *root, size_t count, struct err *e) {
  struct json_scan scan = json_scan_begin(text);
  struct json_walk walk = json_walk_begin(root);
  struct json_token token;
  while (count) {
    if (!json_scan_next(&scan, &token, e)) {
      return false;
    }
    json *node = json_token_is_value(&token) ? json_walk_next(&walk) : NULL;
    if (token.kind != JSON_TOKEN_NUMBER) {
      continue;
    }
    if (!node) {
      return err_set(e, ERR_INTERNAL, TREE_DIFFERS);
    }
    if (!keep_number(arena, node, token.text, e)) {
      return false;
    }
    count--;
  }
  return true;
}

/* Sets the error at the later one of two members with the same name. */
static bool fail_duplicate(sv text, json *root, const json *pair[2], struct err *e) {
  struct json_scan scan = json_scan_begin(text);
  struct json_walk walk = json_walk_begin(root);
  struct json_token token;
  unsigned first_line = 0;
  while (json_scan_next(&scan, &token, e) && token.kind != JSON_TOKEN_END) {
    if (token.kind == JSON_TOKEN_NAME && (walk.next == pair[0] || walk.next == pair[1])) {
      if (first_line) {
        err_set(e, ERR_INVALID, "the name %s occurs twice in this object; it is first at line %u",
                json_names_shown(walk.next).text, first_line);
        return err_at(e, SV(""), token.line, token.column);
      }
      first_line = token.line;
    }
    if (json_token_is_value(&token)) {
      json_walk_next(&walk);
    }
  }
  return err_set(e, ERR_INTERNAL, TREE_DIFFERS);
}

/* RFC 8259 4: the names within an object SHOULD be unique; RFC 7493 2.3: they MUST be. */
static bool refuse_duplicates(struct arena *arena, sv text, json *root, struct err *e) {
  struct json_names names = {.arena = arena};
  struct json_walk walk = json_walk_begin(root);
  for (json *node = json_walk_next(&walk); node; node = json_walk_next(&walk)) {
    const json *pair[2] = {NULL, NULL};
    if (cJSON_IsObject(node) && !json_names_duplicate(&names, node, pair, e)) {
      return false;
    }
    if (pair[0]) {
      return fail_duplicate(text, root, pair, e);
    }
  }
  return true;
}

bool json_parse_many(struct arena *arena, sv text, size_t most_values, json **out, struct err *e) {
  struct survey survey = {0};
  json *root = NULL;
  if (!survey_text(text, most_values, &survey, e) || !build_tree(arena, text, &survey, &root, e) ||
      !keep_numbers(arena, text, root, survey.number_count, e) || !refuse_duplicates(arena, text, root, e)) {
    return false;
  }
  *out = root;
  return true;
}

bool json_parse(struct arena *arena, sv text, json **out, struct err *e) {
  return json_parse_many(arena, text, LIMIT_JSON_VALUES, out, e);
}

json *json_copy(struct arena *arena, const json *value) {
  if (!value) {
    return NULL;
  }
  hooks_set(arena);
  json *copy = cJSON_Duplicate(value, true);
  hooks_unset();
  if (copy) {
    copy->string = NULL; /* the copy is not a member of anything yet */
  }
  return copy;
}
