/* What `arazzo validate` tells of documents: errors and warnings, each with its place and its rule. */
#ifndef ARAZZO_FINDING_H
#define ARAZZO_FINDING_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "sv.h"

struct arena;
struct err;
struct rule;

struct finding {
  const struct rule *rule;
  sv file;
  unsigned line;   /* 1-based; 1 where nothing is known of the place but the file */
  unsigned column; /* the same */
  sv where;        /* "workflow w / step s"; empty: not said */
  sv text;         /* what is wrong, and what to write instead */
};

/* Findings in the order of files, lines, columns. At most LIMIT_FINDINGS; those beyond are counted. */
struct finding_list {
  struct arena *arena;
  struct finding *items;
  size_t count;
  size_t left_out;
  bool has_failed; /* memory ran out: sticky, to be looked at once at the end */
};

/* An empty list; the texts of findings are copied into the arena. ERR_MEMORY. */
bool finding_list_open(struct finding_list *list, struct arena *arena, struct err *e);

/* Adds a copy of the finding. */
void finding_list_add(struct finding_list *list, const struct finding *finding);

/* Brings the findings into order, and drops those that are there twice. */
void finding_list_sort(struct finding_list *list);

/* How many are errors, or warnings. */
size_t finding_list_count(const struct finding_list *list, bool is_error);

#endif
