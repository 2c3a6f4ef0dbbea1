/* How the value of a parameter is written (OpenAPI 3.2, "Style Values" and "Style Examples"). */
#ifndef ARAZZO_PARAMETER_TEXT_H
#define ARAZZO_PARAMETER_TEXT_H

#include <stdbool.h>

#include "json.h"

/* Where a parameter goes. */
enum parameter_in { IN_PATH, IN_QUERY, IN_HEADER, IN_COOKIE, IN_QUERYSTRING };

#define PARAMETER_IN_COUNT 5

/* OpenAPI 3.2, Parameter Object: `style`. */
enum parameter_style_name {
  STYLE_SIMPLE,
  STYLE_LABEL,
  STYLE_MATRIX,
  STYLE_FORM,
  STYLE_SPACE_DELIMITED,
  STYLE_PIPE_DELIMITED,
  STYLE_DEEP_OBJECT,
  STYLE_COOKIE
};

struct parameter_style {
  enum parameter_style_name name;
  bool explode;
  bool allow_reserved;
};

/* "path", "query", "header", "cookie", "querystring". */
sv parameter_in_name(enum parameter_in in);

/* The place of this name; false when it is none of them. */
bool parameter_in_read(sv name, enum parameter_in *in);

/* How parameters of a place are written when their description says nothing: style simple in paths and headers, else form,
 * which explodes. */
struct parameter_style parameter_style_default(enum parameter_in in);

/* Whether a value of this shape can be written in the style. ERR_INVALID tells what the style takes. */
bool parameter_fits(sv name, const json *value, const struct parameter_style *style, struct err *e);

/* Whether the value is one that RFC 6570 2.3 calls undefined: null, and lists and objects without any other value. */
bool parameter_is_undefined(const json *value);

/* Appends the value as it stands in a request: for a path what takes the place of {name}, for a query or cookie the pairs with
 * their separators, but none in front of them. Members and elements that are null are left out; a list or object that has no
 * others is written as the empty text. With `keep_slashes` a '/' in a path is not encoded. A querystring is text, and has no style.
 * ERR_INVALID for what the style or the place can't hold; never quotes the value. ERR_LIMIT when deepObject nests deeper than
 * LIMIT_JSON_DEPTH. */
bool parameter_put(struct sb *out, enum parameter_in in, sv name, const json *value,
                   const struct parameter_style *style, bool keep_slashes, struct err *e);

#endif
