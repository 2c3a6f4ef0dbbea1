/* Visits every node of a tree, each before its children, without recursion. */
#ifndef ARAZZO_JSON_WALK_H
#define ARAZZO_JSON_WALK_H

#include "json.h"
#include "limits.h"

/* Nodes of a tree of at most LIMIT_JSON_DEPTH levels of arrays and objects. */
struct json_walk {
  json *next; /* the node that json_walk_next will give; NULL at the end */
  size_t depth;
  json *parents[LIMIT_JSON_DEPTH];
};

struct json_walk json_walk_begin(json *root);

/* The next node in document order, or NULL at the end. */
json *json_walk_next(struct json_walk *walk);

#endif
