/* JSON Pointer, RFC 6901. A pointer is walked token by token without copying: a token is compared with a name while its
 * escapes are read. */
#include "pointer.h"

#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"
#include "xml.h"

static bool fail(struct err *e, enum err_code code, size_t offset, const char *text) {
  err_set(e, code, "%s", text);
  return err_at(e, SV(""), 1, (unsigned)offset + 1);
}

bool pointer_check(sv pointer, struct err *e) {
  size_t tokens = 0;
  /* RFC 6901 3: *( "/" reference-token ) */
  if (pointer.len && pointer.ptr[0] != '/') {
    return fail(e, ERR_SYNTAX, 0, "a JSON Pointer starts with '/', or is empty for the whole value");
  }
  for (size_t i = 0; i < pointer.len; i++) {
    char next = i + 1 < pointer.len ? pointer.ptr[i + 1] : '\0';
    if (pointer.ptr[i] == '~' && next != '0' && next != '1') {
      return fail(e, ERR_SYNTAX, i, "in a JSON Pointer '~' is written as ~0 and '/' within a name as ~1");
    }
    if (pointer.ptr[i] == '/' && ++tokens > LIMIT_JSON_POINTER_TOKENS) {
      return fail(e, ERR_LIMIT, i, "the JSON Pointer has too many tokens");
    }
  }
  return true;
}

/* RFC 6901 4: first ~1 becomes '/', then ~0 becomes '~'; read from left to right that is one escape at a time. */
static bool token_is(sv token, sv name) {
  size_t at = 0;
  for (size_t i = 0; i < token.len; i++, at++) {
    char c = token.ptr[i];
    if (c == '~' && i + 1 < token.len) {
      c = token.ptr[++i] == '1' ? '/' : '~';
    }
    if (at == name.len || name.ptr[at] != c) {
      return false;
    }
  }
  return at == name.len;
}

static json *get_member(const json *object, sv token) {
  json *member = json_first(object);
  while (member && !token_is(token, json_name(member))) {
    member = member->next;
  }
  return member;
}

/* RFC 6901 4: an index has no leading zeros. */
static bool read_index(sv token, unsigned long long *index) {
  return (token.len == 1 || !sv_starts(token, SV("0"))) && sv_to_uint(token, SIZE_MAX, index);
}

/* RFC 6901 4: "-" is the element behind the last one, which is never there. */
static json *get_element(const json *array, sv token) {
  unsigned long long index = 0;
  return read_index(token, &index) ? json_at(array, (size_t)index) : NULL;
}

static json *get_child(const json *value, sv token) {
  switch (json_type(value)) {
  case JSON_OBJECT:
    return get_member(value, token);
  case JSON_ARRAY:
    return get_element(value, token);
  case JSON_NULL:
  case JSON_BOOLEAN:
  case JSON_NUMBER:
  case JSON_STRING:
    return NULL;
  }
  return NULL;
}

/* The tree is not const, only our view of it: the caller gets the same node. */
union node {
  const json *seen;
  json *given;
};

/* ---- XML's trees ---- */

static bool is_index(sv token) {
  unsigned long long index = 0;
  return read_index(token, &index);
}

/* What an element that only wraps a list holds: the list, or its only element; NULL for other elements. */
static json *wrapped_list(const json *element) {
  json *only = json_type(element) == JSON_OBJECT && json_count(element) == 1 ? json_first(element) : NULL;
  bool is_list = json_type(only) == JSON_ARRAY;
  return is_list || (only && xml_is_list_name(json_name(only))) ? only : NULL;
}

static json *get_repeated(json *element, sv token) {
  return json_type(element) == JSON_ARRAY ? get_element(element, token) : sv_eq(token, SV("0")) ? element : NULL;
}

static json *get_xml_child(json *value, sv token) {
  json *child = get_child(value, token);
  bool is_list = json_type(value) == JSON_ARRAY;
  if (child) {
    return child;
  }
  if (is_list) {
    child = !is_index(token) && json_count(value) == 1 ? get_child(json_first(value), token) : NULL;
    return child || !xml_is_list_name(token) ? child : value;
  }
  json *list = wrapped_list(value);
  return is_index(token) ? get_repeated(list ? list : value, token) : NULL;
}

/* ---- getting ---- */

static json *walk(const json *root, sv pointer, bool is_xml) {
  union node node = {root};
  while (node.seen && pointer.len) {
    pointer = sv_slice(pointer, 1, pointer.len);
    size_t end = sv_find(pointer, '/');
    sv token = sv_slice(pointer, 0, end);
    node.given = is_xml ? get_xml_child(node.given, token) : get_child(node.seen, token);
    pointer = sv_slice(pointer, end, pointer.len);
  }
  return node.given;
}

json *pointer_get(const json *root, sv pointer) {
  return walk(root, pointer, false);
}

json *pointer_get_xml(const json *root, sv pointer) {
  return walk(root, pointer, true);
}

/* ---- setting ---- */

/* The first token of a pointer, not decoded. */
static sv first_token(sv pointer) {
  sv rest = sv_slice(pointer, 1, pointer.len);
  return sv_slice(rest, 0, sv_find(rest, '/'));
}

/* What is made where a pointer goes on by `rest`: a container that its first token fits; null when it ends there. */
static json *new_place(struct arena *arena, sv rest) {
  sv next = first_token(rest);
  if (!rest.len) {
    return json_new_null(arena);
  }
  return sv_eq(next, SV("0")) || sv_eq(next, SV("-")) ? json_new_array(arena) : json_new_object(arena);
}

static bool no_place(const json *parent, sv raw, sv before, struct err *e) {
  if (json_type(parent) != JSON_ARRAY) {
    return err_set(e, ERR_INVALID, "the value at '%.*s' is of type %s, which has no '%.*s'",
                   SV_ARG(sv_slice(before, 0, 200)), json_type_name(parent), SV_ARG(sv_slice(raw, 0, 80)));
  }
  return err_set(e, ERR_INVALID, "the array at '%.*s' has %zu elements; '%.*s' is neither one of them nor the next one",
                 SV_ARG(sv_slice(before, 0, 200)), json_count(parent), SV_ARG(sv_slice(raw, 0, 80)));
}

/* RFC 6902 4.1: an index may be the number of elements, and "-" is the end of the array. */
static bool is_next_index(const json *array, sv raw) {
  unsigned long long index = 0;
  return sv_eq(raw, SV("-")) || (read_index(raw, &index) && index == json_count(array));
}

bool pointer_set(struct arena *arena, json *root, sv pointer, const json *value, struct err *e) {
  json *node = root;
  for (sv rest = pointer; rest.len;) {
    sv raw = first_token(rest);
    sv before = sv_slice(pointer, 0, pointer.len - rest.len);
    sv token = SV("");
    bool found = false;
    json *child = get_child(node, raw);
    bool is_array = json_type(node) == JSON_ARRAY;
    if (!pointer_next_token(arena, &rest, &token, &found, e)) {
      return false;
    }
    if (!child && (is_array ? !is_next_index(node, raw) : json_type(node) != JSON_OBJECT)) {
      return no_place(node, raw, before, e);
    }
    if (!child) {
      child = new_place(arena, rest);
      if (!(is_array ? json_append(node, child) : json_set(arena, node, token, child))) {
        return err_memory(e);
      }
    }
    node = child;
  }
  json_overwrite(node, value);
  return true;
}

void pointer_put_token(struct sb *out, sv token) {
  for (size_t i = 0; i < token.len; i++) {
    switch (token.ptr[i]) {
    case '~':
      sb_put(out, SV("~0"));
      break;
    case '/':
      sb_put(out, SV("~1"));
      break;
    default:
      sb_char(out, token.ptr[i]);
    }
  }
}

bool pointer_from_fragment(struct arena *arena, sv fragment, sv *out, struct err *e) {
  struct sb text = sb_new(arena, fragment.len);
  for (size_t i = 0; i < fragment.len; i++) {
    if (fragment.ptr[i] != '%') {
      sb_char(&text, fragment.ptr[i]);
      continue;
    }
    int high = i + 3 <= fragment.len ? hex_value(fragment.ptr[i + 1]) : -1;
    int low = i + 3 <= fragment.len ? hex_value(fragment.ptr[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return fail(e, ERR_SYNTAX, i, "in a fragment '%' is followed by two hexadecimal digits");
    }
    sb_char(&text, (char)(high * 16 + low));
    i += 2;
  }
  return sb_finish(&text, "a JSON Pointer", out, e);
}

bool pointer_next_token(struct arena *arena, sv *pointer, sv *token, bool *found, struct err *e) {
  *found = sv_starts(*pointer, SV("/"));
  if (!*found) {
    return true;
  }
  sv rest = sv_slice(*pointer, 1, pointer->len);
  sv raw = sv_slice(rest, 0, sv_find(rest, '/'));
  *pointer = sv_slice(rest, raw.len, rest.len);
  struct sb text = sb_new(arena, raw.len);
  for (size_t i = 0; i < raw.len; i++) {
    bool is_escape = raw.ptr[i] == '~' && i + 1 < raw.len;
    sb_char(&text, is_escape ? (raw.ptr[i + 1] == '1' ? '/' : '~') : raw.ptr[i]);
    i += is_escape ? 1 : 0;
  }
  return sb_finish(&text, "a token of a JSON Pointer", token, e);
}
