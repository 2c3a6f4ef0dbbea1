/* Finds two members of one name in an object. */
#ifndef ARAZZO_JSON_NAMES_H
#define ARAZZO_JSON_NAMES_H

#include "json.h"

/* Room for sorting, kept from one object to the next. Start with {arena}. */
struct json_names {
  struct arena *arena;
  const json **room;
  size_t capacity;
};

/* Two members of the same name in `object`, in no order, or NULL in both when all names differ. n log n in the number of
 * members. ERR_MEMORY. */
bool json_names_duplicate(struct json_names *names, const json *object, const json *pair[2], struct err *e);

/* A member's name as it is shown in an error: in double quotes, cut when it is long, control characters as '?'. */
struct shown_name {
  char text[88];
};

struct shown_name json_names_shown(const json *member);

#endif
