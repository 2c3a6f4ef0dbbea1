/* A bounded list of findings. Documents that are given together may name the same descriptions, and what a workflow has for all of its
 * steps is looked at once for each: so the same finding may come several times, and is kept once. */
#include "finding.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "rule.h"

bool finding_list_open(struct finding_list *list, struct arena *arena, struct err *e) {
  *list = (struct finding_list){.arena = arena};
  list->items = arena_array(arena, LIMIT_FINDINGS, sizeof *list->items);
  return list->items || err_memory(e);
}

static int order(const void *left, const void *right) {
  const struct finding *a = left;
  const struct finding *b = right;
  int by_file = sv_compare(a->file, b->file);
  if (by_file != 0) {
    return by_file;
  }
  if (a->line != b->line) {
    return a->line < b->line ? -1 : 1;
  }
  if (a->column != b->column) {
    return a->column < b->column ? -1 : 1;
  }
  int by_rule = strcmp(a->rule->id, b->rule->id);
  return by_rule != 0 ? by_rule : sv_compare(a->text, b->text);
}

static bool is_there(const struct finding_list *list, const struct finding *finding) {
  for (size_t i = 0; i < list->count; i++) {
    if (order(&list->items[i], finding) == 0) {
      return true;
    }
  }
  return false;
}

static sv keep(struct finding_list *list, sv text) {
  sv copy = sv_copy(list->arena, text);
  list->has_failed = list->has_failed || copy.len != text.len;
  return copy;
}

void finding_list_add(struct finding_list *list, const struct finding *finding) {
  if (is_there(list, finding)) {
    return;
  }
  if (list->count == LIMIT_FINDINGS) {
    list->left_out++;
    return;
  }
  struct finding *made = &list->items[list->count++];
  *made = *finding;
  made->file = keep(list, finding->file);
  made->where = keep(list, finding->where);
  made->text = keep(list, finding->text);
}

void finding_list_sort(struct finding_list *list) {
  if (list->count) {
    qsort(list->items, list->count, sizeof *list->items, order);
  }
}

size_t finding_list_count(const struct finding_list *list, bool is_error) {
  size_t count = 0;
  for (size_t i = 0; i < list->count; i++) {
    count += list->items[i].rule->is_error == is_error;
  }
  return count;
}
