/* Places in structured data: one front for three languages. A table holds their names and versions; each language has its own
 * compiler and evaluator.
 *
 * JSON Pointer is RFC 6901, JSONPath RFC 9535 or the draft before it, XPath what xpath.h says of its versions. A JSON Pointer selects one value at
 * most. A node list of JSONPath is turned into a value as a reader expects it: one node is that node's value, several are an
 * array. */
#include "locator.h"

#include "errinfo.h"
#include "pointer.h"

struct named_type {
  const char *name;
  const char *version;
  struct locator_type type;
};

/* Arazzo 1.1.0, Expression Type Object: the allowed versions; the first of a type is its default. */
static const struct named_type types[] = {
    {"jsonpointer", "rfc6901", {LOCATOR_POINTER, JSONPATH_RFC9535, XPATH_31}},
    {"jsonpath", "rfc9535", {LOCATOR_JSONPATH, JSONPATH_RFC9535, XPATH_31}},
    {"jsonpath", "draft-goessner-dispatch-jsonpath-00", {LOCATOR_JSONPATH, JSONPATH_GOESSNER, XPATH_31}},
    {"xpath", "xpath-31", {LOCATOR_XPATH, JSONPATH_RFC9535, XPATH_31}},
    {"xpath", "xpath-30", {LOCATOR_XPATH, JSONPATH_RFC9535, XPATH_30}},
    {"xpath", "xpath-20", {LOCATOR_XPATH, JSONPATH_RFC9535, XPATH_20}},
    {"xpath", "xpath-10", {LOCATOR_XPATH, JSONPATH_RFC9535, XPATH_10}},
};

#define TYPE_COUNT (sizeof types / sizeof *types)

const char *locator_kind_name(enum locator_kind kind) {
  static const char *const names[] = {"jsonpointer", "jsonpath", "xpath"};
  return names[kind];
}

/* The node that names the language: the text itself, or the `type` of the object. */
static const json *name_of(const json *type) {
  return json_type(type) == JSON_OBJECT ? json_get(type, SV("type")) : type;
}

bool locator_type_is_named(const json *type) {
  sv name = json_string(name_of(type));
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    if (sv_eq_nocase(name, sv_from(types[i].name))) {
      return true;
    }
  }
  return false;
}

static bool wrong_name(const json *node, struct err *e) {
  return err_set(e, ERR_INVALID, "'%.*s' is no type of a selector; use jsonpointer, jsonpath or xpath",
                 SV_ARG(sv_slice(json_string(node), 0, 80)));
}

static bool wrong_version(sv name, sv version, struct err *e) {
  const char *known = sv_eq(name, SV("jsonpointer")) ? "rfc6901"
                      : sv_eq(name, SV("jsonpath"))  ? "rfc9535 or draft-goessner-dispatch-jsonpath-00"
                                                     : "xpath-31, xpath-30, xpath-20 or xpath-10";
  return err_set(e, ERR_INVALID, "'%.*s' is no version of %.*s; use %s", SV_ARG(sv_slice(version, 0, 80)), SV_ARG(name),
                 known);
}

/* Arazzo 1.1.0, Expression Type Object: `type` and `version` are required; it may be extended. */
static bool check_object(const json *type, const json **culprit, struct err *e) {
  for (const json *member = json_first(type); member; member = member->next) {
    sv name = json_name(member);
    if (!sv_eq(name, SV("type")) && !sv_eq(name, SV("version")) && !sv_starts(name, SV("x-"))) {
      *culprit = member;
      return err_set(e, ERR_INVALID, "'%.*s' is not a field of an Expression Type Object; it has 'type' and 'version'",
                     SV_ARG(sv_slice(name, 0, 80)));
    }
  }
  *culprit = type;
  return json_is_string(json_get(type, SV("version"))) ||
         err_set(e, ERR_INVALID, "an Expression Type Object needs a 'version', which is text; or write only its type");
}

bool locator_type_find(sv name, const sv *version, struct locator_type *out) {
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    if (sv_eq(name, sv_from(types[i].name)) && (!version || sv_eq(*version, sv_from(types[i].version)))) {
      *out = types[i].type;
      return true;
    }
  }
  return false;
}

bool locator_type_read(const json *type, struct locator_type *out, const json **culprit, struct err *e) {
  bool is_object = json_type(type) == JSON_OBJECT;
  sv name = json_string(name_of(type));
  sv version = json_string(json_get(type, SV("version")));
  *culprit = type;
  if (is_object && !check_object(type, culprit, e)) {
    return false;
  }
  /* If this object is not defined, the default version for the selector type MUST be used. */
  if (locator_type_find(name, is_object ? &version : NULL, out)) {
    return true;
  }
  bool is_known = locator_type_find(name, NULL, out);
  *culprit = !is_object ? type : is_known ? json_get(type, SV("version")) : name_of(type) ? name_of(type) : type;
  return is_known ? wrong_version(name, version, e) : wrong_name(name_of(type), e);
}

bool locator_compile(struct arena *arena, sv text, struct locator_type type, struct locator *out, struct err *e) {
  *out = (struct locator){.type = type, .text = text};
  switch (type.kind) {
  case LOCATOR_POINTER:
    return pointer_check(text, e);
  case LOCATOR_JSONPATH:
    return jsonpath_compile(arena, text, type.dialect, &out->path, e);
  case LOCATOR_XPATH:
    return xpath_compile(arena, text, type.version, &out->xpath, e);
  }
  return err_set(e, ERR_INTERNAL, "a selector has no type");
}

static bool copy_of(struct arena *arena, const json *found, json **value, struct err *e) {
  *value = found ? json_copy(arena, found) : NULL;
  return !found || *value || err_memory(e);
}

bool locator_nodes(const struct locator *locator, const json *subject, const struct scope *scope, struct arena *arena,
                   struct node_list *out, struct err *e) {
  if (locator->type.kind != LOCATOR_JSONPATH) {
    return err_set(e, ERR_INTERNAL, "only a JSONPath selects nodes");
  }
  return jsonpath_select(locator->path, subject, scope, arena, out, e);
}

static bool select_nodes(const struct locator *locator, const json *subject, const struct scope *scope,
                         struct arena *arena, json **value, struct err *e) {
  struct node_list found;
  if (!locator_nodes(locator, subject, scope, arena, &found, e)) {
    return false;
  }
  if (found.is_unknown) {
    return true; /* a runtime expression in the path has no value: what it selects can't be said */
  }
  if (found.count <= 1) {
    return copy_of(arena, found.count ? found.nodes[0] : NULL, value, e);
  }
  json *list = json_new_array(arena);
  for (size_t i = 0; i < found.count; i++) {
    if (!json_append(list, json_copy(arena, found.nodes[i]))) {
      return err_memory(e);
    }
  }
  *value = list;
  return true;
}

bool locator_select(const struct locator *locator, const json *subject, const struct scope *scope, struct arena *arena,
                    json **value, struct err *e) {
  *value = NULL;
  switch (locator->type.kind) {
  case LOCATOR_POINTER:
    return copy_of(arena, pointer_get(subject, locator->text), value, e);
  case LOCATOR_JSONPATH:
    return select_nodes(locator, subject, scope, arena, value, e);
  case LOCATOR_XPATH:
    return xpath_select(locator->xpath, subject, scope, arena, value, e);
  }
  return err_set(e, ERR_INTERNAL, "a selector has no type");
}

bool locator_each(const struct locator *locator, bool (*visit)(void *context, const struct expression *expression),
                  void *context) {
  switch (locator->type.kind) {
  case LOCATOR_POINTER:
    return true;
  case LOCATOR_JSONPATH:
    return jsonpath_each(locator->path, visit, context);
  case LOCATOR_XPATH:
    return xpath_each(locator->xpath, visit, context);
  }
  return true;
}
