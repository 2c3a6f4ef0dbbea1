/* Access to JSON values, and their making and changing.
 *
 * Nodes are cJSON's structs with its invariants kept (the first child's `prev` is the last child), so that cJSON's own
 * functions can read them. They are allocated directly from the arena. A name or text is NUL-terminated. Lookups are
 * linear: objects in requests and states are small, and large ones are walked. */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "number.h"

enum json_type json_type(const json *value) {
  switch (value ? value->type & 0xFF : cJSON_NULL) {
  case cJSON_False:
  case cJSON_True:
    return JSON_BOOLEAN;
  case cJSON_Number:
    return JSON_NUMBER;
  case cJSON_String:
    return JSON_STRING;
  case cJSON_Array:
    return JSON_ARRAY;
  case cJSON_Object:
    return JSON_OBJECT;
  default:
    return JSON_NULL;
  }
}

const char *json_type_name(const json *value) {
  static const char *const names[] = {
      [JSON_NULL] = "null",     [JSON_BOOLEAN] = "boolean", [JSON_NUMBER] = "number",
      [JSON_STRING] = "string", [JSON_ARRAY] = "array",     [JSON_OBJECT] = "object",
  };
  return names[json_type(value)];
}

/* Recursion is bounded by LIMIT_JSON_DEPTH, which every tree that was parsed keeps. */
size_t json_depth(const json *value) {
  size_t deepest = 0;
  for (const json *each = json_first(value); each; each = each->next) {
    size_t depth = json_depth(each);
    deepest = depth > deepest ? depth : deepest;
  }
  enum json_type type = json_type(value);
  return deepest + (type == JSON_ARRAY || type == JSON_OBJECT ? 1 : 0);
}

json *json_first(const json *value) {
  return cJSON_IsObject(value) || cJSON_IsArray(value) ? value->child : NULL;
}

json *json_get(const json *object, sv name) {
  if (!cJSON_IsObject(object)) {
    return NULL;
  }
  for (json *member = object->child; member; member = member->next) {
    if (sv_eq(json_name(member), name)) {
      return member;
    }
  }
  return NULL;
}

json *json_at(const json *array, size_t index) {
  json *element = cJSON_IsArray(array) ? array->child : NULL;
  while (element && index > 0) {
    element = element->next;
    index--;
  }
  return element;
}

size_t json_count(const json *value) {
  size_t count = 0;
  for (const json *child = json_first(value); child; child = child->next) {
    count++;
  }
  return count;
}

sv json_name(const json *member) {
  return sv_from(member ? member->string : NULL);
}

bool json_is_string(const json *value) {
  return cJSON_IsString(value);
}

sv json_string(const json *value) {
  return sv_from(json_is_string(value) ? value->valuestring : NULL);
}

bool json_is_true(const json *value) {
  return cJSON_IsTrue(value);
}

sv json_number_text(const json *number) {
  return sv_from(cJSON_IsNumber(number) ? number->valuestring : NULL);
}

/* Reads the node's text; a node without one (made by cJSON itself) is 0. */
static struct decimal decimal_of(const json *number) {
  struct decimal decimal = {0};
  struct number_problem ignored;
  number_read(json_number_text(number), &decimal, &ignored);
  return decimal;
}

bool json_to_int(const json *value, int64_t *out) {
  struct decimal decimal = decimal_of(value);
  return cJSON_IsNumber(value) && number_to_int(&decimal, out);
}

int json_number_compare(const json *a, const json *b) {
  struct decimal left = decimal_of(a);
  struct decimal right = decimal_of(b);
  return number_compare(&left, &right);
}

bool json_number_is_integer(const json *number) {
  struct decimal value = decimal_of(number);
  return number_is_integer(&value);
}

bool json_number_is_multiple(const json *number, const json *divisor) {
  struct decimal value = decimal_of(number);
  struct decimal step = decimal_of(divisor);
  return number_is_multiple(&value, &step);
}

static json *new_node(struct arena *arena, int type) {
  json *node = arena_alloc(arena, sizeof *node);
  if (node) {
    node->type = type;
  }
  return node;
}

/* A NUL-terminated copy, or NULL when the arena is exhausted or the text holds a NUL. */
static char *copy_text(struct arena *arena, sv text) {
  char *copy = sv_find(text, '\0') == text.len ? arena_alloc(arena, text.len + 1) : NULL;
  if (copy && text.len) {
    memcpy(copy, text.ptr, text.len);
  }
  return copy;
}

static json *new_text_node(struct arena *arena, int type, sv text) {
  char *copy = copy_text(arena, text);
  json *node = copy ? new_node(arena, type) : NULL;
  if (node) {
    node->valuestring = copy;
  }
  return node;
}

json *json_new_null(struct arena *arena) {
  return new_node(arena, cJSON_NULL);
}

json *json_new_boolean(struct arena *arena, bool value) {
  return new_node(arena, value ? cJSON_True : cJSON_False);
}

json *json_new_number(struct arena *arena, sv text) {
  json *node = number_valid(text) ? new_text_node(arena, cJSON_Number, text) : NULL;
  if (node) {
    cJSON_SetNumberHelper(node, strtod(node->valuestring, NULL));
  }
  return node;
}

json *json_new_integer(struct arena *arena, int64_t value) {
  char text[24];
  int length = snprintf(text, sizeof text, "%lld", (long long)value);
  return json_new_number(arena, (sv){text, (size_t)length});
}

json *json_new_real(struct arena *arena, double value) {
  char text[32];
  int length = 0;
  if (!isfinite(value)) {
    return NULL;
  }
  /* 15 digits are exact for most decimals that people write; 17 are exact for every double. */
  for (int digits = 15; digits <= 17; digits++) {
    length = snprintf(text, sizeof text, "%.*g", digits, value);
    if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value)) {
      break;
    }
  }
  return json_new_number(arena, (sv){text, (size_t)length});
}

json *json_new_string(struct arena *arena, sv text) {
  return new_text_node(arena, cJSON_String, text);
}

json *json_new_array(struct arena *arena) {
  return new_node(arena, cJSON_Array);
}

json *json_new_object(struct arena *arena) {
  return new_node(arena, cJSON_Object);
}

/* Puts `value` into the place of `old` in its parent. */
static void replace_child(json *parent, json *old, json *value) {
  bool last = parent->child->prev == old;
  value->next = old->next;
  value->prev = old->prev;
  if (parent->child == old) {
    parent->child = value;
  } else {
    old->prev->next = value;
  }
  if (last) {
    parent->child->prev = value;
  } else {
    value->next->prev = value;
  }
  old->next = old->prev = NULL;
}

bool json_set(struct arena *arena, json *object, sv name, json *value) {
  if (!cJSON_IsObject(object) || !value) {
    return false;
  }
  char *copy = copy_text(arena, name);
  if (!copy) {
    return false;
  }
  json *old = json_get(object, name);
  value->string = copy;
  if (!old) {
    return cJSON_AddItemToArray(object, value);
  }
  if (old != value) {
    replace_child(object, old, value);
  }
  return true;
}

bool json_add(struct arena *arena, json *object, sv name, json *value) {
  char *copy = cJSON_IsObject(object) && value ? copy_text(arena, name) : NULL;
  if (!copy) {
    return false;
  }
  value->string = copy;
  return cJSON_AddItemToArray(object, value);
}

bool json_scalar_text(const json *value, sv *text) {
  switch (json_type(value)) {
  case JSON_STRING:
    *text = json_string(value);
    return true;
  case JSON_NUMBER:
    *text = json_number_text(value);
    return true;
  case JSON_BOOLEAN:
    *text = json_is_true(value) ? SV("true") : SV("false");
    return true;
  case JSON_NULL:
  case JSON_ARRAY:
  case JSON_OBJECT:
    return false;
  }
  return false;
}

bool json_append(json *array, json *value) {
  if (!cJSON_IsArray(array) || !value) {
    return false;
  }
  value->string = NULL;
  return cJSON_AddItemToArray(array, value);
}

void json_overwrite(json *node, const json *value) {
  node->type = value->type;
  node->child = value->child;
  node->valuestring = value->valuestring;
  node->valueint = value->valueint;
  node->valuedouble = value->valuedouble;
}

json *json_detach(json *object, sv name) {
  json *member = json_get(object, name);
  return member ? cJSON_DetachItemViaPointer(object, member) : NULL;
}

void json_remove(json *object, sv name) {
  json_detach(object, name);
}
