/* Table-driven structural checks: the tables of arazzo.c and openapi.c say what the specifications allow, this file says
 * what is wrong, and where. */
#include "shape.h"

#include <string.h>

#include "errinfo.h"

static const struct shape_field *find_field(const struct shape *shape, sv name) {
  for (const struct shape_field *field = shape->fields; field->name; field++) {
    if (sv_eq(name, sv_from(field->name))) {
      return field;
    }
  }
  return NULL;
}

/* The number of positions in which two names of similar length differ; a cheap measure that catches case and typing
 * errors. */
static size_t difference(sv a, sv b) {
  size_t longer = a.len > b.len ? a.len : b.len;
  size_t same_start = 0;
  size_t same_end = 0;
  while (same_start < a.len && same_start < b.len &&
         sv_eq_nocase(sv_slice(a, same_start, same_start + 1), sv_slice(b, same_start, same_start + 1))) {
    same_start++;
  }
  while (same_end + same_start < a.len && same_end + same_start < b.len &&
         a.ptr[a.len - 1 - same_end] == b.ptr[b.len - 1 - same_end]) {
    same_end++;
  }
  return longer - same_start - same_end;
}

static const char *nearest_field(const struct shape *shape, sv name) {
  const char *nearest = NULL;
  size_t best = 3;
  for (const struct shape_field *field = shape->fields; field->name; field++) {
    size_t distance = difference(name, sv_from(field->name));
    if (distance < best) {
      best = distance;
      nearest = field->name;
    }
  }
  return nearest;
}

static const char *article(const char *what) {
  return strchr("AEIOaeio", what[0]) ? "an" : "a";
}

static bool unknown_field(const struct source *source, const json *member, const struct shape *shape, struct err *e) {
  sv name = json_name(member);
  const char *nearest = nearest_field(shape, name);
  struct source_place place = source_name_place(source, member);
  err_set(e, ERR_INVALID, "'%.*s' is not a field of %s %s%s%s%s", SV_ARG(name), article(shape->what), shape->what,
          nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
  return err_at(e, source->name, place.line, place.column);
}

static const char *types_text(unsigned types) {
  static const struct {
    unsigned type;
    const char *text;
  } names[] = {{SHAPE_STRING, "a string"},
               {SHAPE_NUMBER, "a number"},
               {SHAPE_BOOLEAN, "true or false"},
               {SHAPE_ARRAY, "an array"},
               {SHAPE_OBJECT, "an object"},
               {SHAPE_NULL, "null"},
               {SHAPE_STRING | SHAPE_OBJECT, "a string or an object"}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].type == types) {
      return names[i].text;
    }
  }
  return "a value of another type";
}

static bool check_member(const struct source *source, const json *member, const struct shape *shape, struct err *e) {
  sv name = json_name(member);
  const struct shape_field *field = find_field(shape, name);
  if (!field) {
    return sv_starts(name, SV("x-")) || unknown_field(source, member, shape, e);
  }
  if (!(field->types & 1U << json_type(member))) {
    return source_error(source, member, e, ERR_INVALID, "'%s' of %s %s must be %s, but is %s", field->name,
                        article(shape->what), shape->what, types_text(field->types), json_type_name(member));
  }
  return true;
}

bool shape_check(const struct source *source, const json *object, const struct shape *shape, struct err *e) {
  if (json_type(object) != JSON_OBJECT) {
    return source_error(source, object, e, ERR_INVALID, "%s %s must be an object, but this is %s", article(shape->what),
                        shape->what, json_type_name(object));
  }
  for (const json *member = json_first(object); member; member = member->next) {
    if (!check_member(source, member, shape, e)) {
      return false;
    }
  }
  for (const struct shape_field *field = shape->fields; field->name; field++) {
    if (field->required && !json_get(object, sv_from(field->name))) {
      return source_error(source, object, e, ERR_INVALID, "this %s has no '%s', which is required", shape->what,
                          field->name);
    }
  }
  return true;
}

bool shape_check_value(const json *object, const struct shape *shape, struct err *e) {
  struct source nowhere = {.name = SV(""), .root = NULL, .map = NULL};
  return shape_check(&nowhere, object, shape, e);
}
