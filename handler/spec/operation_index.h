/* Where a description's operations are: internal to spec/. */
#ifndef ARAZZO_OPERATION_INDEX_H
#define ARAZZO_OPERATION_INDEX_H

#include "errinfo.h"
#include "reference.h"

struct operation;

/* An operation of a description. */
struct operation_entry {
  sv id;             /* operationId; empty: none */
  sv key;            /* the path key */
  const json *path;  /* its member of `paths` */
  struct place item; /* the Path Item Object, behind its `$ref` */
  struct place node; /* the Operation Object */
  sv method;         /* as it is written */
  bool is_additional;
  size_t number;                    /* in the order of the file */
  const struct operation *compiled; /* NULL: not yet */
};

/* The operations of the path items themselves, and of those that these refer to, each sorted by operationId. */
struct operation_list {
  struct operation_entry *items;
  size_t count;
  bool is_ready;
};

struct operation_index {
  struct operation_list own;
  struct operation_list referred;
  struct err unread; /* why the first path item that could not be read could not */
};

/* Finds the entry of an operationId; NULL when there is none. Path items behind `$ref` are looked at only when none of the others
 * has it. ERR_INVALID at the second of two operations with this id; ERR_MEMORY. */
bool operation_index_find(struct operation_index *index, struct source_set *files, const struct source *source, sv id,
                          struct operation_entry **out, struct err *e);

/* The same by path key and method. Errors of following the path item's `$ref`. */
bool operation_index_find_at(struct operation_index *index, struct source_set *files, const struct source *source,
                             sv key, sv method, bool is_additional, struct operation_entry **out, struct err *e);

#endif
