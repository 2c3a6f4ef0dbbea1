/* Flat structural checks: a table says which members an object may have, of which types; this file says what is wrong, and
 * where. What tables say about a whole Arazzo document is in form.h. */
#include "shape.h"

#include "errinfo.h"
#include "wording.h"

static const struct shape_field *find_field(const struct shape *shape, sv name) {
  for (const struct shape_field *field = shape->fields; field->name; field++) {
    if (sv_eq(name, sv_from(field->name))) {
      return field;
    }
  }
  return NULL;
}

static const char *nearest_field(const struct shape *shape, sv name) {
  struct nearest nearest = nearest_to(name);
  for (const struct shape_field *field = shape->fields; field->name; field++) {
    nearest_offer(&nearest, field->name);
  }
  return nearest.name;
}

static bool unknown_field(const struct source *source, const json *member, const struct shape *shape, struct err *e) {
  sv name = json_name(member);
  const char *nearest = nearest_field(shape, name);
  struct source_place place = source_name_place(source, member);
  err_set(e, ERR_INVALID, "'%.*s' is not a field of %s %s%s%s%s", SV_ARG(name), article(shape->what), shape->what,
          nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
  return err_at(e, source->name, place.line, place.column);
}

static bool check_member(const struct source *source, const json *member, const struct shape *shape, struct err *e) {
  sv name = json_name(member);
  const struct shape_field *field = find_field(shape, name);
  if (!field) {
    return sv_starts(name, SV("x-")) || unknown_field(source, member, shape, e);
  }
  if (!(field->types & 1U << json_type(member))) {
    char types[WORDING_BYTES];
    return source_error(source, member, e, ERR_INVALID, "'%s' of %s %s must be %s, but is %s", field->name,
                        article(shape->what), shape->what, types_text(field->types, types), json_type_name(member));
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
