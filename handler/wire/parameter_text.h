/* How the value of a parameter is written (OpenAPI 3.2, "Style Values" and "Style Examples"). */
#ifndef ARAZZO_PARAMETER_TEXT_H
#define ARAZZO_PARAMETER_TEXT_H

#include <stdbool.h>

#include "sv.h"

/* Where a parameter goes. */
enum parameter_in { IN_PATH, IN_QUERY, IN_HEADER, IN_COOKIE, IN_QUERYSTRING };

#define PARAMETER_IN_COUNT 5

/* "path", "query", "header", "cookie", "querystring". */
sv parameter_in_name(enum parameter_in in);

/* The place of this name; false when it is none of them. */
bool parameter_in_read(sv name, enum parameter_in *in);

#endif
