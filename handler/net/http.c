/* HTTP messages as data: header lists and what a method promises.
 *
 * Every header goes through http_header_check, the one door against header injection (RFC 9110 5.5): no CR, LF or NUL
 * can get into a request. Lists are arrays that are searched in order; a request has a handful of headers, and
 * LIMIT_HEADERS_COUNT bounds what a document can ask for. Values are kept as given: trimming and joining them is the
 * business of who reads them. */
#include "http.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "http_token.h"
#include "limits.h"

static struct http_header *find(const struct http_headers *headers, sv name) {
  for (size_t i = 0; i < headers->count; i++) {
    if (sv_eq_nocase(headers->items[i].name, name)) {
      return &headers->items[i];
    }
  }
  return NULL;
}

bool http_header_get(const struct http_headers *headers, sv name, sv *value) {
  const struct http_header *header = find(headers, name);
  if (header) {
    *value = header->value;
  }
  return header != NULL;
}

bool http_header_check(sv name, sv value, struct err *e) {
  if (!http_is_token(name)) {
    return err_set(e, ERR_INVALID, "\"%.*s\" is not a header name: letters, digits and !#$%%&'*+-.^_`|~ only",
                   SV_ARG(name));
  }
  if (value.len > LIMIT_HEADER_BYTES) {
    return err_set(e, ERR_LIMIT, "the value of header %.*s is longer than %zu bytes", SV_ARG(name), LIMIT_HEADER_BYTES);
  }
  for (size_t i = 0; i < value.len; i++) {
    unsigned char c = (unsigned char)value.ptr[i];
    if ((c < 0x20 && c != '\t') || c == 0x7F) {
      return err_set(e, ERR_INVALID, "the value of header %.*s holds the control character 0x%02X at byte %zu",
                     SV_ARG(name), c, i);
    }
  }
  return true;
}

bool http_header_add(struct arena *arena, struct http_headers *headers, sv name, sv value, struct err *e) {
  if (!http_header_check(name, value, e)) {
    return false;
  }
  if (headers->count >= LIMIT_HEADERS_COUNT) {
    return err_set(e, ERR_LIMIT, "the request has more than %d headers", LIMIT_HEADERS_COUNT);
  }
  size_t size = sizeof *headers->items;
  struct http_header *items = arena_grow(arena, headers->items, headers->count * size, (headers->count + 1) * size);
  if (!items) {
    return err_memory(e);
  }
  items[headers->count] = (struct http_header){.name = name, .value = value};
  *headers = (struct http_headers){.items = items, .count = headers->count + 1};
  return true;
}

/* Removes headers of this name from `first` on, keeping the order of the others. */
static void remove_from(struct http_headers *headers, size_t first, sv name) {
  size_t kept = first;
  for (size_t i = first; i < headers->count; i++) {
    if (!sv_eq_nocase(headers->items[i].name, name)) {
      headers->items[kept++] = headers->items[i];
    }
  }
  headers->count = kept;
}

bool http_header_set(struct arena *arena, struct http_headers *headers, sv name, sv value, struct err *e) {
  struct http_header *header = find(headers, name);
  if (!header) {
    return http_header_add(arena, headers, name, value, e);
  }
  if (!http_header_check(name, value, e)) {
    return false;
  }
  header->value = value;
  remove_from(headers, (size_t)(header - headers->items) + 1, name);
  return true;
}

/* RFC 9110 9.2.1: GET, HEAD, OPTIONS and TRACE are safe. Methods are case-sensitive (9.1). */
bool http_method_is_safe(sv method) {
  return sv_eq(method, SV("GET")) || sv_eq(method, SV("HEAD")) || sv_eq(method, SV("OPTIONS")) ||
         sv_eq(method, SV("TRACE"));
}

/* RFC 9110 9.2.2: PUT, DELETE and the safe methods are idempotent. */
bool http_method_is_idempotent(sv method) {
  return http_method_is_safe(method) || sv_eq(method, SV("PUT")) || sv_eq(method, SV("DELETE"));
}
