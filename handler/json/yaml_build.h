/* Makes the tree of a YAML document from what a parser meets, in document order. */
#ifndef ARAZZO_YAML_BUILD_H
#define ARAZZO_YAML_BUILD_H

#include "json_names.h"
#include "limits.h"
#include "yaml_load.h"

/* A collection that has begun and not ended. */
struct open_collection {
  json *node;
  char *name; /* of an object's member whose value comes next; NULL when a name comes next */
  struct source_place name_place;
};

struct yaml_build {
  struct arena *arena;
  struct source *source; /* its name and map are set; its root is set by the build */
  struct err *e;         /* errors get file, line and column */
  struct json_names names;
  struct anchor *anchors;
  size_t anchor_count;
  size_t alias_count;
  size_t node_count;
  size_t depth;
  struct open_collection open[LIMIT_YAML_DEPTH];
};

/* What is written at one node. */
struct yaml_item {
  sv text;    /* of a scalar; the name of an alias */
  sv tag;     /* resolved, "!" or empty */
  sv anchor;  /* or empty */
  bool plain; /* a scalar that is neither quoted nor a block */
  struct source_place place;
};

/* A new build in the arena, or NULL when it is exhausted. */
struct yaml_build *yaml_build_new(struct arena *arena, struct source *source, struct err *e);

/* Sets an error at a place of the source; always false. */
bool yaml_build_fail(struct yaml_build *b, struct source_place place, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A scalar: the next member's name, or a value. */
bool yaml_build_scalar(struct yaml_build *b, const struct yaml_item *item);

bool yaml_build_array(struct yaml_build *b, const struct yaml_item *item);
bool yaml_build_object(struct yaml_build *b, const struct yaml_item *item);

/* The end of the innermost array or object. */
bool yaml_build_end(struct yaml_build *b);

bool yaml_build_alias(struct yaml_build *b, const struct yaml_item *item);

/* The end of the file: ERR_INVALID when there was no value. */
bool yaml_build_finish(struct yaml_build *b, struct source_place place);

#endif
